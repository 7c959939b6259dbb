import { AppError } from '#base/app-error.ts'
import { assert } from '#base/assert.ts'
import type { ArchiverPort, ArchiverView } from '../agent/archiver-port.ts'
import type { Log } from '../agent/log.ts'
import type { ArchiverState } from '../backup/archiver/archiver.ts'
import { databaseIdOf } from '../backup/archiver/database-facts.ts'
import type { Fork } from '../backup/archiver/find-fork.ts'
import type { ClosedIncrement } from '../backup/archiver/increment.ts'
import { BackupDirectory } from '../repository/backup-directory.ts'
import type { Timeline } from '../repository/own/format/timelines.ts'
import { lockPath, readLockFile } from '../repository/own/lock/lock-files.ts'
import { addTimeline, nameDatabase, readTimelines } from '../repository/own/timelines.ts'
import type { RepositoryWriter } from '../repository/own/writer.ts'
import { processTimeUs } from '../workers/archiver-messages.ts'
import { ArchiverHandle } from './archiver-handle.ts'

const IDLE_VIEW: ArchiverView = { archivedSequence: null, lastCommitAtUs: null, caughtUpAgeUs: null, failure: null }
const FORK_RETRY_MS = 1000
const RESTART_MS_MIN = 1000
const RESTART_MS_MAX = 30_000

export type ArchiveLineOptions = {
  readonly databaseDirectory: string
  readonly walDirectory: string | null
  readonly writer: RepositoryWriter
  readonly workerEntry: URL
  readonly pollMs: number
  /** who holds the lock of the repository; absent: whom its lock file names now */
  readonly instanceId?: string
  readonly log: Log
}

/**
 * The archiver, and the timeline that it writes on. When the database turns out to have gone another way than the archive
 * (it was restored, or is another one), a new timeline begins where they part.
 */
export class ArchiveLine implements ArchiverPort {
  readonly #options: ArchiveLineOptions
  readonly #instanceId: string | null
  #timeline: Timeline
  #archiver: ArchiverHandle | null = null
  /** not null: the database went another way, and the new timeline could not be begun so far */
  #fork: { readonly at: Fork; readonly failure: Error } | null = null
  #retry: NodeJS.Timeout | null = null
  #bornAtUs = 0
  #restartMs = RESTART_MS_MIN
  /** of archivers that were replaced */
  readonly #ending = new Set<Promise<void>>()

  private constructor(options: ArchiveLineOptions) {
    this.#options = options
    this.#instanceId = options.instanceId ?? holderOf(options.writer)
    this.#timeline = chooseTimeline(options.writer, databaseIdOf(options.databaseDirectory))
  }

  /** Starts to archive, and resolves when the archive is in order. @throws AppError */
  static async start(options: ArchiveLineOptions): Promise<ArchiveLine> {
    const line = new ArchiveLine(options)
    line.#begin()
    try {
      await line.step()
    } catch (cause) {
      await line.stop().catch(() => {})
      throw cause
    }
    return line
  }

  get timeline(): string {
    return this.#timeline.id
  }

  view(): ArchiverView {
    const view = this.#archiver?.view() ?? IDLE_VIEW
    return this.#fork === null ? view : { ...view, failure: this.#fork.failure }
  }

  step(): Promise<ArchiverState> {
    return this.#onTimeline((archiver) => archiver.step())
  }

  reached(sequence: number): Promise<void> {
    return this.#onTimeline((archiver) => archiver.reached(sequence))
  }

  async closeIncrement(afterSequence: number, timeline?: string): Promise<ClosedIncrement> {
    const archiver = this.#current()
    if (timeline !== undefined && timeline !== this.timeline) throw otherTimeline(timeline)
    const closed = await archiver.closeIncrement(afterSequence)
    if (archiver !== this.#archiver) throw otherTimeline(timeline ?? '')
    return closed
  }

  /**
   * Begins again behind `stop`, on what lies in the directory of the database now; resolves when the archive is in order.
   * @throws AppError
   */
  async restart(): Promise<void> {
    assert(this.#archiver === null, 'the archiver was stopped')
    const { writer, databaseDirectory } = this.#options
    this.#fork = null
    this.#timeline = chooseTimeline(writer, databaseIdOf(databaseDirectory))
    this.#begin()
    await this.step()
  }

  async stop(): Promise<void> {
    const archiver = this.#archiver
    this.#archiver = null
    if (this.#retry !== null) clearTimeout(this.#retry)
    await archiver?.stop()
    await Promise.all(this.#ending)
  }

  /** What an archiver says counts when no new timeline began meanwhile; otherwise the new one is asked. */
  async #onTimeline<Answer>(ask: (archiver: ArchiverHandle) => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const archiver = this.#current()
      const timeline = this.#timeline
      try {
        const answer = await ask(archiver)
        if (this.#timeline === timeline && this.#fork === null) return answer
      } catch (cause) {
        if (this.#timeline === timeline && this.#fork === null) throw cause
      }
    }
  }

  #current(): ArchiverHandle {
    if (this.#archiver === null) {
      throw new AppError('STOPPED', { message: 'the archiver has stopped', nextStep: 'Start the program again.' })
    }
    if (this.#fork !== null) throw this.#fork.failure
    return this.#archiver
  }

  #begin(): void {
    const { databaseDirectory, walDirectory, writer, workerEntry, pollMs, log } = this.#options
    const { id: timeline, databaseId, parent, forkSequence } = this.#timeline
    const startAfterSequence = parent === null ? null : forkSequence
    const of = { timeline, databaseId, instanceId: this.#instanceId, startAfterSequence }
    const archiver = new ArchiverHandle({
      workerEntry,
      order: { databaseDirectory, walDirectory, repositoryPath: writer.root, pollMs, ...of },
      onState: (state) => {
        if (archiver === this.#archiver) this.#look(state)
      },
      onStuck: (failure) => log.error({ err: failure, timeline }, 'the archive stands still, and is tried again'),
      onDied: () => {
        if (archiver === this.#archiver) this.#beginLater()
      },
    })
    this.#archiver = archiver
    this.#bornAtUs = processTimeUs()
  }

  /** What kills a thread at once must not keep the machine busy. */
  #beginLater(): void {
    if (processTimeUs() - this.#bornAtUs > RESTART_MS_MAX * 1000) this.#restartMs = RESTART_MS_MIN
    const afterMs = this.#restartMs
    this.#restartMs = Math.min(2 * afterMs, RESTART_MS_MAX)
    this.#options.log.warn({ timeline: this.timeline, afterMs }, 'the archiver has ended, and is started again')
    this.#later(afterMs, () => this.#begin())
  }

  #look({ gaps, damages, forked }: ArchiverState): void {
    const { log } = this.#options
    const { timeline } = this
    if (gaps.length > 0) log.warn({ timeline, gaps }, 'the archive has gaps: a full backup heals them')
    if (damages.length > 0) log.warn({ timeline, damages }, 'the archiver met damage')
    if (forked !== null && this.#fork === null) this.#follow(forked)
  }

  /** Begins a timeline where the database went another way; what is full or gone now is tried again. */
  #follow(at: Fork): void {
    const { writer, databaseDirectory, log } = this.#options
    const { lastCommonSequence } = at
    const from = this.timeline
    try {
      const parent = lastCommonSequence === null ? null : from
      // where other files were put, another database may lie
      const databaseId = databaseIdOf(databaseDirectory)
      this.#timeline = addTimeline(writer, { databaseId, parent, forkSequence: lastCommonSequence })
    } catch (cause) {
      const failure = asError(cause)
      if (this.#fork === null)
        log.error({ err: failure, from }, 'a new timeline could not be begun, and is tried again')
      this.#fork = { at, failure }
      this.#later(FORK_RETRY_MS, () => this.#follow(at))
      return
    }
    this.#fork = null
    const { id: timeline } = this.#timeline
    log.warn({ from, timeline, lastCommonSequence }, 'the database went another way: a new timeline')
    const old = this.#archiver
    this.#begin()
    if (old !== null) this.#endOld(old, from)
  }

  #endOld(old: ArchiverHandle, timeline: string): void {
    const { log } = this.#options
    const ending = old
      .stop()
      .catch((failure) => log.error({ err: failure, timeline }, 'the archiver of the old timeline ended badly'))
      .finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }

  #later(afterMs: number, work: () => void): void {
    this.#retry = setTimeout(() => {
      this.#retry = null
      if (this.#archiver !== null) work()
    }, afterMs)
  }
}

/** The current timeline; a new one for another database than it is of. */
function chooseTimeline(writer: RepositoryWriter, databaseId: string | null): Timeline {
  const timelines = readTimelines(new BackupDirectory(writer.root))
  const current = timelines?.timelines.find(({ id }) => id === timelines.current)
  if (current === undefined) throw noTimelines(writer.root)
  if (databaseId === null || current.databaseId === databaseId) return current
  if (current.databaseId !== null) return addTimeline(writer, { databaseId, parent: null, forkSequence: null })
  nameDatabase(writer, databaseId)
  return { ...current, databaseId }
}

/** Who holds the lock that the writer is of; null for a repository without one. */
function holderOf(writer: RepositoryWriter): string | null {
  writer.assertHeld()
  return readLockFile(lockPath(writer.root))?.key ?? null
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause))
}

function otherTimeline(timeline: string): AppError {
  return new AppError('CHAIN_BROKEN', {
    message: 'the database went another way, and a new timeline has begun',
    subject: `timeline ${timeline}`,
    unharmed: 'What was archived before can be restored.',
    nextStep: 'Make a full backup.',
  })
}

function noTimelines(root: string): AppError {
  return new AppError('REPOSITORY_UNUSABLE', {
    message: 'the repository does not say which timelines it has',
    subject: root,
    unharmed: 'Nothing was changed.',
    nextStep: 'Copy timelines.json back, or begin a new repository.',
  })
}
