import type RocksDB from 'rocksdb-native'
import type { StoredEntry } from 'rocksdb-native'
import { AppError } from '#base/app-error.ts'
import { assert } from '#base/assert.ts'
import { FamilyBatch, type FamilySessions } from './family-batch.ts'

const ITERATOR_ROWS = 1024
/** the sequence of a snapshot that was just taken, without any older one: the last one of the database */
const SEQUENCE_PROPERTY = 'rocksdb.oldest-snapshot-sequence'

export type DatabaseOptions = {
  /** above 0, logs that are not needed any more are kept in archive/ (docs/formats/rocksdb.md §8.5) */
  readonly walTtlSeconds: number
  readonly walSizeLimitMegabytes: number
  /** of each column family, in memory, before it is flushed by itself */
  readonly writeBufferBytes: number
}

/** A RocksDB database with the column families of a graph. */
export class Database {
  readonly path: string
  readonly #root: RocksDB
  readonly #families: FamilySessions
  readonly #indices: RocksDB

  constructor(path: string, root: RocksDB) {
    this.path = path
    this.#root = root
    this.#families = { default: root, nodes: root.columnFamily('nodes'), edges: root.columnFamily('edges') }
    this.#indices = root.columnFamily('indices')
  }

  batch(capacity: number): FamilyBatch {
    return new FamilyBatch(this.#root, this.#families, capacity)
  }

  /** A value of the family `default`. */
  get(key: Uint8Array): Promise<Uint8Array | null> {
    return this.#root.get(key)
  }

  /** All rows of a family in key order. */
  rows(family: 'nodes' | 'edges'): AsyncIterable<StoredEntry> {
    return this.#families[family].iterator({}, { capacity: ITERATOR_ROWS })
  }

  /** The last sequence number used up. Only while nothing is written. */
  async lastSequence(): Promise<number> {
    const snapshot = this.#root.snapshot()
    try {
      const sequence = Number(await this.#root.getProperty(SEQUENCE_PROPERTY))
      assert(Number.isSafeInteger(sequence), 'RocksDB tells the sequence of a snapshot')
      return sequence
    } finally {
      await snapshot.close()
    }
  }

  /** Writes what lies in memory to tables; the log in use is not needed from here on. */
  async flush(): Promise<void> {
    for (const family of [...Object.values(this.#families), this.#indices]) await family.flush()
  }

  close(): Promise<void> {
    return this.#root.close({ force: true })
  }
}

/**
 * Opens the database at `path`; creates it when the directory is not there or empty.
 * @throws AppError DATABASE_UNUSABLE when another process has it open, when it is damaged, or when the library is missing
 */
export async function openDatabase(path: string, options: DatabaseOptions): Promise<Database> {
  const { writeBufferBytes, walTtlSeconds, walSizeLimitMegabytes } = options
  const native = await loadLibrary(path)
  const familyOptions = { writeBufferSize: writeBufferBytes }
  const names = ['nodes', 'edges', 'indices']
  try {
    const root = new native(path, {
      ...familyOptions,
      columnFamilies: names.map((name) => new native.ColumnFamily(name, familyOptions)),
      walTtlSeconds,
      walSizeLimitMegabytes,
      // nothing is written without a log, so a flush would only make closing slow
      avoidFlushDuringShutdown: true,
    })
    const database = new Database(path, root)
    await root.ready()
    return database
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const nextStep = 'Stop the process that has it open, or restore a backup to another directory.'
    throw unusable(`RocksDB cannot open the database (${reason})`, path, nextStep, cause)
  }
}

async function loadLibrary(path: string): Promise<typeof RocksDB> {
  try {
    return (await import('rocksdb-native')).default
  } catch (cause) {
    const nextStep = 'Install the libraries that it needs; on Debian and Ubuntu that is libatomic1.'
    throw unusable('the RocksDB library cannot be loaded on this machine', path, nextStep, cause)
  }
}

function unusable(message: string, subject: string, nextStep: string, cause: unknown): AppError {
  return new AppError('DATABASE_UNUSABLE', { message, subject, unharmed: 'Nothing was written.', nextStep }, { cause })
}
