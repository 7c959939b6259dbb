import { AppError } from '#base/app-error.ts'
import { assert } from '#base/assert.ts'
import { type Clock, systemClock } from '#base/clock.ts'
import { limits } from '#base/limits.ts'
import { COMMIT_MARKER_KEY, commitTimeOf, encodeCommitMarker } from '../../rocksdb/commits/commit-marker.ts'
import type { RowChange } from '../graph/change-journal.ts'
import type { Graph } from '../graph/graph.ts'
import { MemoryGraph } from '../graph/memory-graph.ts'
import { type ClockStepReport, CommitClock } from './commit-clock.ts'
import { type Acknowledge, CommitQueue, type WrittenCommit } from './commit-queue.ts'
import { type Database, openDatabase } from './database.ts'
import type { FamilyBatch } from './family-batch.ts'
import { checkGraphName, DEFAULT_GRAPH } from './graph-name.ts'
import { loadGraphs } from './load-graphs.ts'
import { LogSync, type SyncFile, syncFileToDisk } from './log-sync.ts'
import { RowKeys } from './row-keys.ts'

const DEFAULT_WAL_TTL_SECONDS = 24 * 3600
const DEFAULT_WRITE_BUFFER_BYTES = 64 * 1024 * 1024

export type GraphStoreOptions = {
  readonly clock?: Clock
  /** what a confirmed commit survives: the end of this process, or also that of the machine */
  readonly durability?: 'process' | 'disk'
  /** how long a log that is not needed any more stays in archive/; 0: not at all, when the next is 0 too */
  readonly walTtlSeconds?: number
  /** how large archive/ may become; 0: no limit */
  readonly walSizeLimitMegabytes?: number
  readonly writeBufferBytes?: number
  /** the length of the logs at which they are flushed, so that a restart is quick */
  readonly flushAfterBytes?: number
  /** of the rows that one query may change; beyond it the query fails */
  readonly commitBytesMax?: number
  readonly acknowledge?: Acknowledge
  readonly onClockStep?: ClockStepReport
  readonly syncFile?: SyncFile
}

export type TransactionOptions = {
  /** for histories that are made up: Unix microseconds, later than the last commit */
  readonly committedAtUs?: number
}

/** What a query returned, and the commit that it made; null when it changed nothing. */
export type Committed<Result> = { readonly result: Result; readonly commit: WrittenCommit | null }

/**
 * Graphs in memory over a RocksDB database as Samyama lays it out (docs/formats/samyama.md §1). A query runs at once and as a
 * whole; its changes are one commit, one write batch that begins with a commit time (docs/formats/commit-time.md). The
 * next query may run before the batch is written: batches are written in order.
 */
export class GraphStore {
  readonly #database: Database
  readonly #graphs: Map<string, MemoryGraph>
  readonly #clock: Clock
  readonly #commitClock: CommitClock
  readonly #queue: CommitQueue
  readonly #logSync: LogSync | null
  readonly #commitBytesMax: number
  #isClosed = false

  private constructor(
    database: Database,
    parts: { graphs: Map<string, MemoryGraph>; lastSequence: number; lastCommitAtUs: number },
    options: GraphStoreOptions,
  ) {
    this.#database = database
    this.#graphs = parts.graphs
    this.#clock = options.clock ?? systemClock
    this.#commitClock = new CommitClock(this.#clock, parts.lastCommitAtUs, options.onClockStep ?? (() => {}))
    const logSync =
      options.durability === 'disk' ? new LogSync(database.path, options.syncFile ?? syncFileToDisk) : null
    this.#logSync = logSync
    this.#commitBytesMax = options.commitBytesMax ?? limits.logicalRecordBytesMax
    this.#queue = new CommitQueue(database, {
      lastSequence: parts.lastSequence,
      syncLogs: logSync === null ? null : () => logSync.sync(),
      acknowledge: options.acknowledge ?? (() => {}),
      flushAfterBytes: options.flushAfterBytes ?? DEFAULT_WRITE_BUFFER_BYTES,
    })
  }

  /**
   * Opens the database in a directory, or creates it, and reads its graphs into memory.
   * @throws AppError DATABASE_UNUSABLE, DAMAGED
   */
  static async open(path: string, options: GraphStoreOptions = {}): Promise<GraphStore> {
    const database = await openDatabase(path, {
      walTtlSeconds: options.walTtlSeconds ?? DEFAULT_WAL_TTL_SECONDS,
      walSizeLimitMegabytes: options.walSizeLimitMegabytes ?? 0,
      writeBufferBytes: options.writeBufferBytes ?? DEFAULT_WRITE_BUFFER_BYTES,
    })
    try {
      const lastSequence = await database.lastSequence()
      const marker = await database.get(COMMIT_MARKER_KEY)
      const lastCommitAtUs = marker === null ? 0 : (commitTimeOf(COMMIT_MARKER_KEY, marker) ?? 0)
      return new GraphStore(database, { graphs: await loadGraphs(database), lastSequence, lastCommitAtUs }, options)
    } catch (error) {
      await database.close()
      throw error
    }
  }

  /** The directory of the database. */
  get path(): string {
    return this.#database.path
  }

  /** Of the last commit that RocksDB has. */
  get lastSequence(): number {
    return this.#queue.lastSequence
  }

  /** Of the last commit, also of one that is still being written; 0 without any. Unix microseconds. */
  get lastCommitAtUs(): number {
    return this.#commitClock.lastUs
  }

  /** Why nothing is written any more; null: all is well. */
  get failure(): AppError | null {
    return this.#queue.failure
  }

  /** The graphs that hold something, and the default one; sorted. */
  graphNames(): string[] {
    const names = new Set([DEFAULT_GRAPH])
    for (const [name, graph] of this.#graphs) if (graph.nodeCount(null) > 0) names.add(name)
    return [...names].sort()
  }

  /**
   * Runs a query that must not change anything; a graph that is not there is empty.
   * @throws AppError BAD_REQUEST, or what the query throws
   */
  read<Result>(graphName: string, query: (graph: Graph) => Result): Result {
    this.#check(graphName)
    const graph = this.#graphs.get(graphName) ?? new MemoryGraph()
    const refusal = new AppError('BAD_REQUEST', {
      message: 'the query changes the graph, which was opened for reading',
      subject: graphName,
      unharmed: 'Nothing was changed.',
    })
    return this.#run(graph, { refusal, nowMs: 0 }, query, () => null).result
  }

  /**
   * Runs a query; when it throws, nothing has happened. It runs before this returns; the promise resolves when RocksDB
   * has its commit, durable as the options say, and when it was acknowledged.
   * @throws AppError BAD_REQUEST, READ_ONLY, or what the query or the acknowledgement throws
   */
  async transaction<Result>(
    graphName: string,
    query: (graph: Graph) => Result,
    options: TransactionOptions = {},
  ): Promise<Committed<Result>> {
    this.#check(graphName)
    const graph = this.#graphs.get(graphName) ?? new MemoryGraph()
    const nowMs = Math.floor((options.committedAtUs ?? this.#nowUs()) / 1000)
    const { result, writing } = this.#run(graph, { refusal: this.failure, nowMs }, query, () => {
      const changes = [...graph.changes()]
      this.#graphs.set(graphName, graph)
      return this.#commit(options, changes.length, (batch) => addChanges(batch, graphName, changes))
    })
    return { result, commit: await writing }
  }

  /** Deletes a whole graph in one commit. @throws AppError BAD_REQUEST when it holds nothing; READ_ONLY */
  async deleteGraph(graphName: string): Promise<WrittenCommit> {
    this.#check(graphName)
    if (this.failure !== null) throw this.failure
    const graph = this.#graphs.get(graphName)
    if (graph === undefined || graph.nodeCount(null) === 0) {
      throw new AppError('BAD_REQUEST', {
        message: 'no such graph',
        subject: graphName,
        unharmed: 'Nothing was changed.',
      })
    }
    const writing = this.#commit({}, 2, (batch) => {
      for (const [family, type] of [['edges', 'edge'] as const, ['nodes', 'node'] as const]) {
        const { start, end } = new RowKeys(graphName, type, 1).range()
        batch.deleteRange(family, start, end)
      }
    })
    const empty = new MemoryGraph()
    // ids are not used again: what pointed to the old graph must not find something else
    empty.continueBehind(graph.lastIds)
    this.#graphs.set(graphName, empty)
    return writing
  }

  /**
   * Writes all commits so far to tables; the logs that hold them are not needed any more and go to archive/.
   * @throws AppError READ_ONLY
   */
  flush(): Promise<void> {
    return this.#queue.flush()
  }

  /** Resolves when all commits so far were acknowledged or have failed. */
  settled(): Promise<void> {
    return this.#queue.settled()
  }

  /** Waits for what is being written, then closes the database. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.settled()
    this.#logSync?.close()
    await this.#database.close()
  }

  /** Rows get a time that does not go back either. */
  #nowUs(): number {
    return Math.max(this.#clock.nowUs(), this.#commitClock.lastUs)
  }

  #check(graphName: string): void {
    if (this.#isClosed) {
      throw new AppError('STOPPED', {
        message: 'the database is closed',
        subject: this.path,
        unharmed: 'Nothing was changed.',
      })
    }
    checkGraphName(graphName)
  }

  /** @param commit called when the query changed something; must not fail behind the point where it is sure to be written */
  #run<Result, Writing>(
    graph: MemoryGraph,
    { nowMs, refusal }: { readonly nowMs: number; readonly refusal: AppError | null },
    query: (graph: Graph) => Result,
    commit: () => Writing,
  ): { readonly result: Result; readonly writing: Writing | null } {
    graph.begin(nowMs, refusal)
    try {
      const result = query(graph)
      assert(!(result instanceof Promise), 'a query is synchronous')
      const writing = graph.hasChanges ? commit() : null
      graph.commit()
      return { result, writing }
    } catch (error) {
      graph.rollback()
      throw error
    }
  }

  #tooLarge(): AppError {
    return new AppError('LIMIT_EXCEEDED', {
      message: `the query changes more than ${this.#commitBytesMax} bytes of rows at once`,
      subject: this.path,
      unharmed: 'Nothing was changed.',
      nextStep: 'Do it in several queries.',
    })
  }

  #commit(
    { committedAtUs }: TransactionOptions,
    operationCount: number,
    addTo: (batch: FamilyBatch) => void,
  ): Promise<WrittenCommit> {
    const timeUs = committedAtUs === undefined ? this.#commitClock.next() : this.#commitClock.advanceTo(committedAtUs)
    const batch = this.#database.batch(operationCount + 1)
    try {
      const marker = encodeCommitMarker(timeUs)
      batch.put('default', marker.key, marker.value)
      addTo(batch)
      if (batch.recordBytes > this.#commitBytesMax) throw this.#tooLarge()
    } catch (error) {
      void batch.discard()
      throw error
    }
    return this.#queue.write(batch, timeUs)
  }
}

function addChanges(batch: FamilyBatch, graphName: string, changes: readonly RowChange[]): void {
  const nodeKeys = new RowKeys(graphName, 'node', changes.length)
  const edgeKeys = new RowKeys(graphName, 'edge', changes.length)
  for (const { type, id, row } of changes) {
    const family = type === 'node' ? 'nodes' : 'edges'
    const key = (type === 'node' ? nodeKeys : edgeKeys).of(id)
    if (row === null) batch.delete(family, key)
    else batch.put(family, key, row)
  }
}
