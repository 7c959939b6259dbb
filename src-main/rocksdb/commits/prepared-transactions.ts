import { toHex } from '#base/bytes.ts'
import { limits } from '#base/limits.ts'
import { MemoryBudget } from '../memory-budget.ts'
import { markerType } from '../wal/batch-cursor.ts'

/** what an operation or a transaction that waits takes besides its bytes */
const PREPARED_BYTES = 200

export type PreparedOperation = {
  /** a valueType, or LOG_DATA for a marker in that form, which uses up no number */
  readonly type: number
  readonly columnFamilyId: number
  /** the key, then the value */
  readonly bytes: Uint8Array
  readonly keyBytes: number
}

/** A transaction that was prepared and neither committed nor rolled back so far. */
export type PreparedTransaction = {
  readonly operations: PreparedOperation[]
  /** write-prepared policy: the sequence all its operations have; null with the write-committed policy */
  readonly sequence: number | null
  sizeBytes: number
  budgetBytes: number
}

/**
 * What was prepared waits here for its decision (RocksDB: db/write_batch.cc, MemTableInserter;
 * docs/formats/rocksdb.md §3.1).
 */
export class PreparedTransactions {
  readonly #byId = new Map<string, PreparedTransaction>()
  readonly #budget = new MemoryBudget(limits.preparedBytesMax, {
    what: 'the prepared transactions in the write-ahead logs',
    nextStep: 'Commit or roll back what is prepared, then make a backup.',
  })
  #open: PreparedTransaction | null = null

  get count(): number {
    return this.#byId.size
  }

  /** True between the begin and the end of a prepared section. */
  get isOpen(): boolean {
    return this.#open !== null
  }

  /** Forgets a section that its batch did not end. */
  dropOpen(): void {
    if (this.#open !== null) this.#budget.take(-this.#open.budgetBytes)
    this.#open = null
  }

  begin(type: number, sequence: number): void {
    this.dropOpen()
    const isPersisted = type !== markerType.beginPrepare
    this.#open = { operations: [], sequence: isPersisted ? sequence : null, sizeBytes: 0, budgetBytes: 0 }
  }

  /** Keeps an operation of the open section: a copy of its key and value. @throws AppError LIMIT_EXCEEDED */
  add(type: number, columnFamilyId: number, key: Uint8Array, value: Uint8Array): void {
    const section = this.#open
    if (section === null) return
    this.#take(section, key.length + value.length + PREPARED_BYTES)
    const bytes = new Uint8Array(key.length + value.length)
    bytes.set(key)
    bytes.set(value, key.length)
    section.operations.push({ type, columnFamilyId, bytes, keyBytes: key.length })
    section.sizeBytes += bytes.length
  }

  /** Ends the section; true when it used up a sequence number. */
  end(transactionId: Uint8Array): boolean {
    const section = this.#open
    this.#open = null
    if (section === null) return false
    const id = toHex(transactionId)
    const earlier = this.#byId.get(id)
    // the write-unprepared policy writes one transaction in several sections
    if (earlier !== undefined && section.sequence !== null) {
      for (const operation of section.operations) earlier.operations.push(operation)
      earlier.sizeBytes += section.sizeBytes
      earlier.budgetBytes += section.budgetBytes
    } else {
      if (earlier !== undefined) this.#budget.take(-earlier.budgetBytes)
      this.#take(section, 2 * id.length + PREPARED_BYTES)
      this.#byId.set(id, section)
    }
    return section.sequence !== null
  }

  /** Gives out the transaction, which is decided by that; null for one that began before the first log. */
  decide(transactionId: Uint8Array): PreparedTransaction | null {
    const id = toHex(transactionId)
    const transaction = this.#byId.get(id)
    if (transaction === undefined) return null
    this.#byId.delete(id)
    this.#budget.take(-transaction.budgetBytes)
    return transaction
  }

  #take(section: PreparedTransaction, bytes: number): void {
    this.#budget.take(bytes)
    section.budgetBytes += bytes
  }
}
