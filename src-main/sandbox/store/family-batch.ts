import type RocksDB from 'rocksdb-native'
import type { WriteBatch } from 'rocksdb-native'
import { assert } from '#base/assert.ts'

/** The column families of a graph database (docs/formats/samyama.md §1.2) that are written to. */
export type FamilyName = 'default' | 'nodes' | 'edges'

/** what an operation's lengths, tag and family take in the log's record, at most */
const OPERATION_BYTES_MAX = 16

/** A session for each family, whose family never changes. */
export type FamilySessions = Readonly<Record<FamilyName, RocksDB>>

/**
 * One atomic write over several column families. The package gives a batch to a session of one family and asks the session
 * for its family whenever an operation is added; its native side takes the family of each operation. So a session of this
 * batch's own is switched to the family of the next operation. That this still holds is checked for every operation: a
 * row in the wrong family would be lost.
 */
export class FamilyBatch {
  #sizeBytes = 0
  readonly #families: FamilySessions
  readonly #session: RocksDB
  readonly #batch: WriteBatch
  #count = 0

  /** @param capacity operations expected; more make it grow */
  constructor(root: RocksDB, families: FamilySessions, capacity: number) {
    this.#families = families
    this.#session = root.session()
    this.#batch = this.#session.write({ capacity, autoDestroy: true })
  }

  /** Each uses up one sequence number. */
  get operationCount(): number {
    return this.#count
  }

  /** The length of its record in the log, at most. */
  get recordBytes(): number {
    return this.#sizeBytes
  }

  /** Keys and values must stay as they are until the write is done. */
  put(family: FamilyName, key: Uint8Array, value: Uint8Array): void {
    this.#switchTo(family)
    this.#batch.tryPut(key, value)
    this.#added(family, key.byteLength + value.byteLength)
  }

  delete(family: FamilyName, key: Uint8Array): void {
    this.#switchTo(family)
    this.#batch.tryDelete(key)
    this.#added(family, key.byteLength)
  }

  /** @param end exclusive */
  deleteRange(family: FamilyName, start: Uint8Array, end: Uint8Array): void {
    this.#switchTo(family)
    this.#batch.tryDeleteRange(start, end)
    this.#added(family, start.byteLength + end.byteLength)
  }

  /** Writes it all, once. */
  async write(): Promise<void> {
    try {
      await this.#batch.flush()
    } finally {
      await this.#session.close()
    }
  }

  /** Gives up what was added. */
  async discard(): Promise<void> {
    this.#batch.destroy()
    await this.#session.close()
  }

  #switchTo(family: FamilyName): void {
    this.#session._columnFamily = this.#families[family].defaultColumnFamily
  }

  #added(family: FamilyName, sizeBytes: number): void {
    this.#count += 1
    this.#sizeBytes += sizeBytes + OPERATION_BYTES_MAX
    const { _operations: operations } = this.#batch
    const handle = this.#families[family].defaultColumnFamily._handle
    const isAsKnown = handle !== undefined && operations.length === this.#count
    assert(
      isAsKnown && operations[this.#count - 1]?.columnFamily === handle,
      'an operation is for the family asked for',
    )
  }
}
