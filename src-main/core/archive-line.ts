import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import type { ArchiverPort, ArchiverView } from '../agent/archiver-port.ts'
import type { Log } from '../agent/log.ts'
import type { ArchiverState } from '../backup/archiver/archiver.ts'
import type { Fork } from '../backup/archiver/find-fork.ts'
import type { ClosedIncrement } from '../backup/archiver/increment.ts'
import { BackupDirectory } from '../repository/backup-directory.ts'
import { addTimeline, nameDatabase, readTimelines } from '../repository/own/timelines.ts'
import type { RepositoryWriter } from '../repository/own/writer.ts'
import { ArchiverHandle } from './archiver-handle.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const IDLE_VIEW: ArchiverView = { archivedSequence: null, lastCommitAtUs: null, caughtUpAgeUs: null, failure: null }

export type ArchiveLineOptions = {
  readonly databaseDirectory: string
  readonly walDirectory: string | null
  readonly writer: RepositoryWriter
  readonly workerEntry: URL
  readonly pollMs: number
  readonly log: Log
}

/**
 * The archiver, and the timeline that it writes on. When the database turns out to have gone another way than the archive
 * (it was restored, or is another one), a new timeline begins where they part.
 */
export class ArchiveLine implements ArchiverPort {
  readonly #options: ArchiveLineOptions
  readonly #databaseId: string | null
  #timeline: string
  #archiver: ArchiverHandle | null = null
  #forking: Promise<void> | null = null

  private constructor(options: ArchiveLineOptions) {
    this.#options = options
    this.#databaseId = databaseIdOf(options.databaseDirectory)
    this.#timeline = chooseTimeline(options.writer, this.#databaseId)
  }

  /** Starts to archive, and resolves when the archive is in order. @throws AppError */
  static async start(options: ArchiveLineOptions): Promise<ArchiveLine> {
    const line = new ArchiveLine(options)
    line.#begin(null)
    try {
      await line.step()
      // on a new timeline the archive begins anew
      if (line.#forking !== null) await line.#forking.then(() => line.step())
    } catch (cause) {
      await line.stop().catch(() => {})
      throw cause
    }
    return line
  }

  get timeline(): string {
    return this.#timeline
  }

  view(): ArchiverView {
    return this.#archiver?.view() ?? IDLE_VIEW
  }

  step(): Promise<ArchiverState> {
    return this.#current().step()
  }

  async reached(sequence: number): Promise<void> {
    await this.#forking
    await this.#current().reached(sequence)
  }

  async closeIncrement(afterSequence: number): Promise<ClosedIncrement> {
    await this.#forking
    return this.#current().closeIncrement(afterSequence)
  }

  async stop(): Promise<void> {
    await this.#forking
    const archiver = this.#archiver
    this.#archiver = null
    await archiver?.stop()
  }

  #current(): ArchiverHandle {
    if (this.#archiver !== null) return this.#archiver
    throw new AppError('STOPPED', { message: 'the archiver has stopped', nextStep: 'Start the program again.' })
  }

  #begin(startAfterSequence: number | null): void {
    const { databaseDirectory, walDirectory, writer, workerEntry, pollMs, log } = this.#options
    const timeline = this.#timeline
    this.#archiver = new ArchiverHandle({
      workerEntry,
      order: { databaseDirectory, walDirectory, repositoryPath: writer.root, timeline, startAfterSequence, pollMs },
      onState: (state) => this.#look(state),
      onStuck: (failure) => log.error({ err: failure, timeline }, 'the archive stands still, and is tried again'),
    })
  }

  #look({ gaps, damages, forked }: ArchiverState): void {
    const { log } = this.#options
    if (gaps.length > 0) log.warn({ timeline: this.#timeline, gaps }, 'the archive has gaps: a full backup heals them')
    if (damages.length > 0) log.warn({ timeline: this.#timeline, damages }, 'the archiver met damage')
    if (forked === null || this.#forking !== null) return
    this.#forking = this.#fork(forked).finally(() => {
      this.#forking = null
    })
  }

  async #fork({ lastCommonSequence }: Fork): Promise<void> {
    const { writer, log } = this.#options
    const old = this.#archiver
    const parent = lastCommonSequence === null ? null : this.#timeline
    const { id } = addTimeline(writer, { databaseId: this.#databaseId, parent, forkSequence: lastCommonSequence })
    log.warn(
      { from: this.#timeline, timeline: id, lastCommonSequence },
      'the database went another way: a new timeline',
    )
    this.#timeline = id
    this.#begin(lastCommonSequence)
    await old?.stop()
  }
}

/** The current timeline; a new one for another database than it is of. */
function chooseTimeline(writer: RepositoryWriter, databaseId: string | null): string {
  const timelines = readTimelines(new BackupDirectory(writer.root))
  const current = timelines?.timelines.find(({ id }) => id === timelines.current)
  if (current === undefined) throw noTimelines(writer.root)
  if (databaseId === null || current.databaseId === databaseId) return current.id
  if (current.databaseId !== null) return addTimeline(writer, { databaseId, parent: null, forkSequence: null }).id
  nameDatabase(writer, databaseId)
  return current.id
}

/** Null where the database tells none (docs/formats/rocksdb.md §1, IDENTITY). */
function databaseIdOf(databaseDirectory: string): string | null {
  try {
    const text = readFileSync(join(databaseDirectory, 'IDENTITY'), 'latin1').slice(0, 36)
    return UUID.test(text) ? text : null
  } catch {
    return null
  }
}

function noTimelines(root: string): AppError {
  return new AppError('REPOSITORY_UNUSABLE', {
    message: 'the repository does not say which timelines it has',
    subject: root,
    unharmed: 'Nothing was changed.',
    nextStep: 'Copy timelines.json back, or begin a new repository.',
  })
}
