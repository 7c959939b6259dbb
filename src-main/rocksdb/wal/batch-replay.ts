import { toHex } from '#base/bytes.ts'
import type { MemoryBudget } from '../memory-budget.ts'
import type { Place } from '../place.ts'
import { valueType } from '../value-type.ts'
import { RecordPlace } from './record-place.ts'
import type { RunMark, WalRun } from './wal-run.ts'
import { decodeWriteBatch, markerType, type WriteBatchVisitor } from './write-batch.ts'

/** what an operation or a transaction that waits takes besides its bytes */
const PREPARED_BYTES = 300

type PreparedOperation = {
  readonly type: number
  readonly columnFamilyId: number
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** A transaction that was prepared and neither committed nor rolled back so far. */
type Prepared = {
  readonly operations: PreparedOperation[]
  /** write-prepared policy: the sequence all its operations have; null with the write-committed policy */
  readonly sequence: number | null
}

/** Gives the run of a family that still needs operations of this log, else null: they are dropped. */
export type RunFinder = (columnFamilyId: number, logNumber: number) => WalRun | null

/**
 * Applies batches to runs the way the engine's recovery does (RocksDB: db/write_batch.cc, MemTableInserter;
 * docs/formats/rocksdb.md §3.1): prepared operations wait for their commit, and a batch is all or nothing.
 */
export class BatchReplay implements WriteBatchVisitor {
  readonly #budget: MemoryBudget
  readonly #findRun: RunFinder
  readonly #prepared = new Map<string, Prepared>()
  readonly #marks = new Map<WalRun, RunMark>()
  /** true once a batch of a transaction database was seen: there sequences may have gaps */
  hasTransactions = false
  #hasMarker = false
  #logNumber = 0
  #record = new RecordPlace()
  #sequence = 0
  #open: Prepared | null = null
  /** entries of the present batch, and how many sub-batches ended before each */
  readonly #entryRuns: WalRun[] = []
  readonly #entries: number[] = []
  readonly #entryBoundaries: number[] = []
  #boundaries = 0
  #endsWithBoundary = false
  #startSequence = 0
  #upToSequence = Number.MAX_SAFE_INTEGER

  constructor(budget: MemoryBudget, findRun: RunFinder) {
    this.#budget = budget
    this.#findRun = findRun
  }

  /** Transactions that wait for a decision: their operations are not visible. */
  get preparedCount(): number {
    return this.#prepared.size
  }

  /**
   * Applies one batch and returns the sequence the next one should start with.
   * @param record where the payload lies, for values that stay there
   * @throws DamageError after taking the batch back; AppError LIMIT_EXCEEDED
   */
  apply(payload: Uint8Array, place: Place, startSequence: number, logNumber: number, record: RecordPlace): number {
    this.#begin(startSequence, logNumber)
    this.#record = record
    try {
      decodeWriteBatch(payload, place, this)
    } catch (error) {
      this.takeBack()
      throw error
    }
    return this.#endsWithBoundary ? this.#restamp() : this.#sequence
  }

  /** Applies the operations of a batch up to a sequence, which ends a commit inside it. @throws AppError LIMIT_EXCEEDED */
  applyUpTo(upToSequence: number, ...batch: Parameters<BatchReplay['apply']>): void {
    this.#upToSequence = upToSequence
    this.apply(...batch)
    this.#upToSequence = Number.MAX_SAFE_INTEGER
  }

  /** Undoes what the last batch put into the runs. */
  takeBack(): void {
    for (const [run, mark] of this.#marks) run.rollback(mark)
  }

  operation(type: number, columnFamilyId: number, _sequence: number, key: Uint8Array, value: Uint8Array): void {
    this.#endsWithBoundary = false
    if (this.#open !== null) {
      this.#budget.take(key.length + value.length + PREPARED_BYTES)
      this.#open.operations.push({ type, columnFamilyId, key: new Uint8Array(key), value: new Uint8Array(value) })
      return
    }
    const run = this.#insert(type, columnFamilyId, this.#sequence, key, value, true)
    // only a batch that starts with a marker can end in one that changes its sequences
    if (this.#hasMarker && run !== null && type !== valueType.rangeDeletion) {
      this.#entryRuns.push(run)
      this.#entries.push(run.size - 1)
      this.#entryBoundaries.push(this.#boundaries)
    }
    this.#sequence += 1
  }

  marker(type: number, transactionId: Uint8Array): void {
    const id = toHex(transactionId)
    this.#endsWithBoundary = false
    this.#hasMarker = true
    this.hasTransactions = true
    switch (type) {
      case markerType.beginPrepare:
        this.#open = { operations: [], sequence: null }
        return
      case markerType.beginPersistedPrepare:
      case markerType.beginUnprepare:
        this.#open = { operations: [], sequence: this.#startSequence + this.#boundaries }
        return
      case markerType.endPrepare:
        this.#endPrepare(id)
        return
      case markerType.commit:
      case markerType.commitWithTimestamp:
        this.#commit(id)
        return
      case markerType.rollback:
        if (this.#isPersisted(id)) this.#boundary()
        this.#prepared.delete(id)
        return
      default:
        // one at the start means nothing; one at the end is the habit of the write-prepared policy
        if (this.#sequence > this.#startSequence) this.#boundary()
    }
  }

  #begin(startSequence: number, logNumber: number): void {
    this.#startSequence = startSequence
    this.#sequence = startSequence
    this.#logNumber = logNumber
    this.#open = null
    // a batch of one put needs nothing of the rest
    if (this.#marks.size > 0) this.#marks.clear()
    if (this.#hasMarker) this.#forgetEntries()
    this.#hasMarker = false
    this.#boundaries = 0
    this.#endsWithBoundary = false
  }

  #forgetEntries(): void {
    this.#entryRuns.length = 0
    this.#entries.length = 0
    this.#entryBoundaries.length = 0
  }

  #endPrepare(id: string): void {
    const section = this.#open
    this.#open = null
    if (section === null) return
    const earlier = this.#prepared.get(id)
    // the write-unprepared policy writes one transaction in several sections
    if (earlier !== undefined && section.sequence !== null) {
      for (const operation of section.operations) earlier.operations.push(operation)
    } else {
      this.#budget.take(2 * id.length + PREPARED_BYTES)
      this.#prepared.set(id, section)
    }
    if (section.sequence !== null) this.#boundary()
  }

  #commit(id: string): void {
    const transaction = this.#prepared.get(id)
    if (transaction === undefined) return
    this.#prepared.delete(id)
    for (const { type, columnFamilyId, key, value } of transaction.operations) {
      this.#insert(type, columnFamilyId, transaction.sequence ?? this.#sequence, key, value, false)
      if (transaction.sequence === null) this.#sequence += 1
    }
    if (transaction.sequence !== null) this.#boundary()
  }

  #isPersisted(id: string): boolean {
    const transaction = this.#prepared.get(id)
    return transaction !== undefined && transaction.sequence !== null
  }

  #boundary(): void {
    this.#boundaries += 1
    this.#endsWithBoundary = true
  }

  /** The run that took the operation; null when its family does not need it. */
  #insert(
    type: number,
    columnFamilyId: number,
    sequence: number,
    key: Uint8Array,
    value: Uint8Array,
    isInRecord: boolean,
  ): WalRun | null {
    const run = sequence > this.#upToSequence ? null : this.#findRun(columnFamilyId, this.#logNumber)
    if (run === null) return null
    if (!this.#marks.has(run)) this.#marks.set(run, run.mark())
    if (type === valueType.rangeDeletion) run.appendTombstone(sequence, key, value)
    else run.append(type, sequence, key, value, this.#record, isInRecord)
    return run
  }

  /** Sub-batches consume one sequence each, which all their operations share. */
  #restamp(): number {
    for (let index = 0; index < this.#entries.length; index += 1) {
      const sequence = this.#startSequence + (this.#entryBoundaries[index] ?? 0)
      this.#entryRuns[index]?.setSequence(this.#entries[index] ?? 0, sequence)
    }
    return this.#startSequence + this.#boundaries
  }
}
