import { basename } from 'node:path'
import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import { toErrorInfo } from '#base/error-info.ts'
import type { DirectoryListing, ErrorInfo, Job, Source, SourceEvent } from '#contract'
import type { SourceService } from '../api/services.ts'
import { exclusively, type WriteDatabase } from '../catalog/open.ts'
import {
  forgetSource,
  noteSource,
  setIndexJob,
  setSourceError,
  sourceById,
  sourceFingerprint,
  sourcesOpen,
} from '../catalog/sources.ts'
import { ChangeFeed } from '../jobs/change-feed.ts'
import type { JobManager } from '../jobs/manager.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'

const BROWSE_ENTRIES_MAX = 500

/** The opened sources: opened, looked at again, forgotten, watched. */
export class SourceRegistry implements SourceService {
  readonly #database: WriteDatabase
  readonly #pool: WorkerPool
  readonly #jobs: JobManager
  readonly #clock: Clock
  readonly #homeFolder: string
  readonly #catalogPath: string
  readonly #feed = new ChangeFeed<number, SourceEvent>()

  constructor(options: {
    database: WriteDatabase
    pool: WorkerPool
    jobs: JobManager
    clock: Clock
    homeFolder: string
    catalogPath: string
  }) {
    this.#database = options.database
    this.#pool = options.pool
    this.#jobs = options.jobs
    this.#clock = options.clock
    this.#homeFolder = options.homeFolder
    this.#catalogPath = options.catalogPath
  }

  list(): Source[] {
    return sourcesOpen(this.#database)
  }

  get(sourceId: number): Source {
    const source = sourceById(this.#database, sourceId)
    if (source !== null) return source
    throw new AppError('SOURCE_NOT_FOUND', {
      message: 'this source is not open',
      subject: `source ${sourceId}`,
      nextStep: 'Open its directory again.',
    })
  }

  async open(path: string): Promise<Source> {
    const { root, fingerprint } = await this.#pool.run('inspect-directory', { path })
    const sourceId = noteSource(this.#database, { path: root, name: basename(root), nowUs: this.#clock.nowUs() })
    return this.#indexIfChanged(sourceId, fingerprint)
  }

  async refresh(sourceId: number): Promise<Source> {
    const { path } = this.get(sourceId)
    try {
      const { fingerprint } = await this.#pool.run('inspect-directory', { path })
      return this.#indexIfChanged(sourceId, fingerprint)
    } catch (thrown) {
      setSourceError(this.#database, sourceId, goneOrUnreadable(toErrorInfo(thrown)))
      return this.#publish(sourceId)
    }
  }

  forget(sourceId: number): void {
    this.get(sourceId)
    forgetSource(this.#database, sourceId)
    this.#feed.publish(sourceId, { type: 'forgotten', sourceId })
    // not waited for: what it does not get to, the next one does
    this.#pool.run('drop-forgotten', { catalogPath: this.#catalogPath }).catch(() => {})
  }

  watch(signal: AbortSignal | undefined): AsyncGenerator<SourceEvent, void> {
    return this.#feed.watch(() => ({ type: 'snapshot', sources: this.list() }), signal)
  }

  browse(path: string | null): Promise<DirectoryListing> {
    return this.#pool.run('browse', { path: path ?? this.#homeFolder, limit: BROWSE_ENTRIES_MAX })
  }

  /** A job that concerns a source ended: its row may say something else now. */
  jobFinished(job: Job): void {
    if (job.sourceId === null || sourceById(this.#database, job.sourceId) === null) return
    if (job.kind === 'index' && job.error !== null) setSourceError(this.#database, job.sourceId, job.error)
    this.#publish(job.sourceId)
  }

  #indexIfChanged(sourceId: number, fingerprint: string): Source {
    // of two processes that see the change at once, one indexes it
    exclusively(this.#database, () => {
      const source = this.get(sourceId)
      const isUnchanged = source.error === null && sourceFingerprint(this.#database, sourceId) === fingerprint
      if (isUnchanged || this.#isBeingIndexed(source)) return
      setSourceError(this.#database, sourceId, null)
      const job = this.#jobs.start('index', sourceId, { sourceId, path: source.path })
      setIndexJob(this.#database, sourceId, job.jobId)
    })
    return this.#publish(sourceId)
  }

  #isBeingIndexed(source: Source): boolean {
    if (source.indexJobId === null) return false
    return ['queued', 'running', 'paused'].includes(this.#jobs.get(source.indexJobId).state)
  }

  #publish(sourceId: number): Source {
    const source = this.get(sourceId)
    this.#feed.publish(sourceId, { type: 'changed', source })
    return source
  }
}

/** A directory that was there before is more likely unmounted than mistyped. */
function goneOrUnreadable(error: ErrorInfo): ErrorInfo {
  if (error.code !== 'PATH_NOT_FOUND') return error
  return {
    ...error,
    unharmed: 'Nothing was changed; what was seen of it before is still listed.',
    nextStep:
      'If its disk is unmounted or its share is offline, bring it back and look again; else open it where it is now.',
  }
}
