import { AppError } from '#base/app-error.ts'
import type { Database } from './database.ts'
import type { FamilyBatch } from './family-batch.ts'
import { SharedRun } from './shared-run.ts'

/** A commit that RocksDB has. */
export type WrittenCommit = {
  readonly firstSequence: number
  readonly lastSequence: number
  /** Unix microseconds */
  readonly committedAtUs: number
}

/**
 * Called in the order of the commits, when a commit is as durable here as it is meant to be; the query is answered when it
 * resolves. When it rejects, so does the query, although the database has the commit.
 */
export type Acknowledge = (commit: WrittenCommit) => Promise<void> | void

export type CommitQueueOptions = {
  /** the last sequence that the database used up */
  readonly lastSequence: number
  /** forces what was written so far to the disk; null: the operating system does it when it likes */
  readonly syncLogs: (() => Promise<void>) | null
  readonly acknowledge: Acknowledge
  /** a flush when the logs that a restart would have to read are as long */
  readonly flushAfterBytes: number
}

/**
 * Writes commits behind the queries, in order and one at a time: two writes at once could overtake each other, and RocksDB
 * would merge them into one record of the log, of which no instant could be chosen between its commits. When a write
 * fails, all behind it fail too: what they build on is not there.
 */
export class CommitQueue {
  readonly #database: Database
  readonly #options: CommitQueueOptions
  readonly #sync: SharedRun | null
  #lastSequence: number
  #takenSequence: number
  #unflushedBytes = 0
  #failure: AppError | null = null
  #written: Promise<unknown> = Promise.resolve()
  #settled: Promise<unknown> = Promise.resolve()
  #flushed: Promise<unknown> = Promise.resolve()

  constructor(database: Database, options: CommitQueueOptions) {
    this.#database = database
    this.#options = options
    this.#lastSequence = options.lastSequence
    this.#takenSequence = options.lastSequence
    this.#sync = options.syncLogs === null ? null : new SharedRun(options.syncLogs)
  }

  /** Of the last commit that RocksDB has. */
  get lastSequence(): number {
    return this.#lastSequence
  }

  /** Why nothing can be written any more; null: it can. */
  get failure(): AppError | null {
    return this.#failure
  }

  /** @throws AppError READ_ONLY; whatever the acknowledgement rejects with */
  async write(batch: FamilyBatch, committedAtUs: number): Promise<WrittenCommit> {
    const firstSequence = this.#takenSequence + 1
    this.#takenSequence += batch.operationCount
    const commit = { firstSequence, lastSequence: this.#takenSequence, committedAtUs }
    const written = this.#written.then(() => this.#writeNow(batch, commit))
    this.#written = written.catch(() => {})
    const acknowledged = written.then(() => this.#acknowledge(commit))
    this.#settled = Promise.allSettled([this.#settled, acknowledged])
    await acknowledged
    return commit
  }

  /** Writes all commits so far to tables. @throws AppError READ_ONLY */
  async flush(): Promise<void> {
    await this.#written
    await this.#flushNow()
  }

  /** Resolves when all commits so far were acknowledged or have failed. */
  async settled(): Promise<void> {
    await this.#settled
    await this.#flushed
  }

  async #writeNow(batch: FamilyBatch, commit: WrittenCommit): Promise<void> {
    if (this.#failure !== null) {
      await batch.discard()
      throw this.#failure
    }
    try {
      await batch.write()
    } catch (cause) {
      throw this.#fail('a commit could not be written', cause)
    }
    this.#lastSequence = commit.lastSequence
    this.#unflushedBytes += batch.recordBytes
    if (this.#unflushedBytes >= this.#options.flushAfterBytes) {
      // the failure is kept, and told to the next query
      this.#flushed = Promise.allSettled([this.#flushed, this.#flushNow()])
    }
  }

  async #acknowledge(commit: WrittenCommit): Promise<void> {
    try {
      await this.#sync?.run()
    } catch (cause) {
      // after a failed sync nobody knows what the disk holds
      throw this.#fail('the log could not be forced to the disk', cause)
    }
    await this.#options.acknowledge(commit)
  }

  async #flushNow(): Promise<void> {
    this.#unflushedBytes = 0
    try {
      await this.#database.flush()
    } catch (cause) {
      throw this.#fail('a flush failed', cause)
    }
  }

  #fail(what: string, cause: unknown): AppError {
    this.#failure ??= new AppError(
      'READ_ONLY',
      {
        message: `the database takes no more changes: ${what} (${reasonOf(cause)})`,
        subject: this.#database.path,
        unharmed:
          'Every commit that was confirmed is kept. Queries that only read go on, and may show unconfirmed changes.',
        nextStep: 'Make sure that the disk has space and works, then start the server again.',
      },
      { cause },
    )
    return this.#failure
  }
}

/** The library wraps what RocksDB said. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error ? cause.cause.message : cause.message
}
