import { toHex } from '#base/bytes.ts'
import type { MemoryBudget } from '../memory-budget.ts'
import { valueType } from '../value-type.ts'
import { BatchCursor, LOG_DATA, markerType } from './batch-cursor.ts'
import type { RecordPlace } from './record-place.ts'
import type { RunMark, WalRun } from './wal-run.ts'

/** what an operation or a transaction that waits takes besides its bytes */
const PREPARED_BYTES = 300

type PreparedOperation = {
  readonly type: number
  readonly columnFamilyId: number
  /** key, then value */
  readonly bytes: Uint8Array
  readonly keyBytes: number
}

/** A transaction that was prepared and neither committed nor rolled back so far. */
type Prepared = {
  readonly operations: PreparedOperation[]
  /** write-prepared policy: the sequence all its operations have; null with the write-committed policy */
  readonly sequence: number | null
}

/** Whether an operation on the key in bytes[keyAt, keyEnd) is wanted: for views of a part of the keys. */
export type KeyFilter = (columnFamilyId: number, bytes: Uint8Array, keyAt: number, keyEnd: number) => boolean

/** Gives the run of a family that still needs operations of this log, else null: they are dropped. */
export type RunFinder = (columnFamilyId: number, logNumber: number) => WalRun | null

/**
 * Applies batches to runs the way the engine's recovery does (RocksDB: db/write_batch.cc, MemTableInserter;
 * docs/formats/rocksdb.md §3.1): prepared operations wait for their commit, and a batch is all or nothing.
 */
export class BatchReplay {
  readonly #budget: MemoryBudget
  readonly #findRun: RunFinder
  readonly #accepts: KeyFilter | null
  readonly #prepared = new Map<string, Prepared>()
  readonly #marks = new Map<WalRun, RunMark>()
  /** true once a batch of a transaction database was seen: there sequences may have gaps */
  hasTransactions = false
  #cursor = new BatchCursor({ file: '', structure: 'write batch', offsetBytes: null })
  #payload: Uint8Array = new Uint8Array(0)
  #record: RecordPlace
  #hasMarker = false
  #logNumber = 0
  #sequence = 0
  #open: Prepared | null = null
  /** entries of the present batch, and how many sub-batches ended before each */
  readonly #entryRuns: WalRun[] = []
  readonly #entries: number[] = []
  readonly #entryBoundaries: number[] = []
  #boundaries = 0
  #endsWithBoundary = false
  #upToSequence = Number.MAX_SAFE_INTEGER

  /** @param record where the present record lies: its owner keeps it up to date */
  constructor(budget: MemoryBudget, record: RecordPlace, findRun: RunFinder, accepts: KeyFilter | null = null) {
    this.#budget = budget
    this.#record = record
    this.#findRun = findRun
    this.#accepts = accepts
  }

  /** Transactions that wait for a decision: their operations are not visible. */
  get preparedCount(): number {
    return this.#prepared.size
  }

  beginLog(logNumber: number, file: string): void {
    this.#logNumber = logNumber
    this.#cursor = new BatchCursor({ file, structure: 'write batch', offsetBytes: null })
  }

  /** Takes a batch and returns the sequence it starts with. @throws DamageError */
  open(payload: Uint8Array, payloadOffsetBytes: number | null): number {
    this.#cursor.reset(payload, payloadOffsetBytes)
    this.#payload = payload
    return this.#cursor.startSequence
  }

  /**
   * Applies the batch that was opened, and returns the sequence the next one should start with.
   * @param upToSequence operations behind it are left out
   * @throws DamageError after taking the batch back; AppError LIMIT_EXCEEDED
   */
  apply(upToSequence = Number.MAX_SAFE_INTEGER): number {
    this.#begin(upToSequence)
    const cursor = this.#cursor
    try {
      while (cursor.next()) {
        if (cursor.isOperation) this.#operation()
        else if (cursor.type !== LOG_DATA) this.#marker()
      }
    } catch (error) {
      this.takeBack()
      throw error
    }
    return this.#endsWithBoundary ? this.#restamp() : this.#sequence
  }

  /** Undoes what the last batch put into the runs. */
  takeBack(): void {
    for (const [run, mark] of this.#marks) run.rollback(mark)
  }

  #operation(): void {
    const { type, columnFamilyId, keyAt, keyEnd, valueAt, valueEnd } = this.#cursor
    this.#endsWithBoundary = false
    if (this.#open !== null) {
      this.#prepare(this.#open, type, columnFamilyId)
      return
    }
    const run = this.#runFor(columnFamilyId, this.#sequence)
    if (run !== null) {
      const payload = this.#payload
      if (type === valueType.rangeDeletion) {
        run.appendTombstone(this.#sequence, payload.subarray(keyAt, keyEnd), payload.subarray(valueAt, valueEnd))
      } else if (this.#accepts === null || this.#accepts(columnFamilyId, payload, keyAt, keyEnd)) {
        run.append(type, this.#sequence, payload, keyAt, keyEnd, valueAt, valueEnd, this.#record)
        // only a batch that starts with a marker can end in one that changes its sequences
        if (this.#hasMarker) this.#noteEntry(run)
      }
    }
    this.#sequence += 1
  }

  #noteEntry(run: WalRun): void {
    this.#entryRuns.push(run)
    this.#entries.push(run.size - 1)
    this.#entryBoundaries.push(this.#boundaries)
  }

  #prepare(transaction: Prepared, type: number, columnFamilyId: number): void {
    const { keyAt, keyEnd, valueAt, valueEnd } = this.#cursor
    const keyBytes = keyEnd - keyAt
    const bytes = new Uint8Array(keyBytes + valueEnd - valueAt)
    this.#budget.take(bytes.length + PREPARED_BYTES)
    bytes.set(this.#payload.subarray(keyAt, keyEnd))
    bytes.set(this.#payload.subarray(valueAt, valueEnd), keyBytes)
    transaction.operations.push({ type, columnFamilyId, bytes, keyBytes })
  }

  #marker(): void {
    const { type, keyAt, keyEnd, startSequence } = this.#cursor
    const id = toHex(this.#payload.subarray(keyAt, keyEnd))
    this.#endsWithBoundary = false
    this.#hasMarker = true
    this.hasTransactions = true
    switch (type) {
      case markerType.beginPrepare:
        this.#open = { operations: [], sequence: null }
        return
      case markerType.beginPersistedPrepare:
      case markerType.beginUnprepare:
        this.#open = { operations: [], sequence: startSequence + this.#boundaries }
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
        if (this.#sequence > startSequence) this.#boundary()
    }
  }

  #begin(upToSequence: number): void {
    const { startSequence } = this.#cursor
    this.#upToSequence = upToSequence
    this.#sequence = startSequence
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
    for (const { type, columnFamilyId, bytes, keyBytes } of transaction.operations) {
      const sequence = transaction.sequence ?? this.#sequence
      const run = this.#runFor(columnFamilyId, sequence)
      if (run !== null && type === valueType.rangeDeletion) {
        run.appendTombstone(sequence, bytes.subarray(0, keyBytes), bytes.subarray(keyBytes))
      } else if (this.#accepts === null || this.#accepts(columnFamilyId, bytes, 0, keyBytes)) {
        run?.append(type, sequence, bytes, 0, keyBytes, keyBytes, bytes.length, null)
      }
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

  /** The run that takes the operation; null when its family does not need it. */
  #runFor(columnFamilyId: number, sequence: number): WalRun | null {
    const run = sequence > this.#upToSequence ? null : this.#findRun(columnFamilyId, this.#logNumber)
    if (run !== null && !this.#marks.has(run)) this.#marks.set(run, run.mark())
    return run
  }

  /** Sub-batches consume one sequence each, which all their operations share. */
  #restamp(): number {
    const { startSequence } = this.#cursor
    for (let index = 0; index < this.#entries.length; index += 1) {
      const sequence = startSequence + (this.#entryBoundaries[index] ?? 0)
      this.#entryRuns[index]?.setSequence(this.#entries[index] ?? 0, sequence)
    }
    return startSequence + this.#boundaries
  }
}
