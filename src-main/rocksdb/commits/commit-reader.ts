import { limits } from '#base/limits.ts'
import { valueType } from '../value-type.ts'
import { BatchCursor, LOG_DATA, markerType } from '../wal/batch-cursor.ts'
import type { Commit, CommitVisitor, FamilyCounts } from './commit.ts'
import {
  arrivalTimeAt,
  arrivalUncertaintyAt,
  COMMIT_MARKER_KEY,
  commitTimeAt,
  isArrivalMark,
  isMarkerKey,
  startsWithMarkerKey,
} from './commit-marker.ts'
import { PreparedTransactions } from './prepared-transactions.ts'

const NAME_BYTES = COMMIT_MARKER_KEY.length
const NOWHERE = { file: '', structure: 'write batch', offsetBytes: null }

/**
 * Turns the records of logs into commits: a record is one commit, or as many as it has markers
 * (docs/formats/commit-time.md). What was prepared counts at its commit; a record that only prepares or rolls back is
 * no commit. With the write-prepared policy the numbers of commits that were merged into one record are not exact.
 */
export class CommitReader {
  readonly prepared = new PreparedTransactions()
  /** true once a batch of a transaction database was seen */
  hasTransactions = false
  /** commits of transactions whose prepared part was not there */
  unknownPreparedCount = 0
  readonly #visitor: CommitVisitor
  readonly #commit: Commit
  readonly #countsById = new Map<number, FamilyCounts>()
  #lastCounts: FamilyCounts | null = null
  #cursor = new BatchCursor(NOWHERE)
  /** proves a batch before anything of it is told */
  #prover = new BatchCursor(NOWHERE)
  #payload: Uint8Array = new Uint8Array(0)
  #payloadOffsetBytes: number | null = null
  #isProved = false
  /** of the next operation */
  #sequence = 0
  /** sub-batches that ended: with the write-prepared policy each uses up one number, whatever it holds */
  #boundaries = 0
  #endsWithBoundary = false
  /** where the present commit starts in the payload */
  #startAt = 0
  #preparedBytes = 0
  #hasContent = false
  #isTransactionPart = false

  constructor(visitor: CommitVisitor) {
    this.#visitor = visitor
    this.#commit = {
      firstSequence: 0,
      lastSequence: 0,
      committedAtUs: null,
      timeKind: 'unknown',
      uncertaintyUs: null,
      logNumber: 0,
      file: '',
      offsetBytes: 0,
      recordEndBytes: 0,
      isLastOfRecord: false,
      sizeBytes: 0,
      families: [],
    }
  }

  beginLog(logNumber: number | null, file: string): void {
    this.#commit.logNumber = logNumber
    this.#commit.file = file
    this.#cursor = new BatchCursor({ ...NOWHERE, file })
    this.#prover = new BatchCursor({ ...NOWHERE, file })
  }

  /**
   * Takes a record and returns the sequence it starts with.
   * @param payloadOffsetBytes null when it has no one place
   * @throws DamageError
   */
  open(payload: Uint8Array, payloadOffsetBytes: number | null): number {
    this.#cursor.reset(payload, payloadOffsetBytes)
    this.#payload = payload
    this.#payloadOffsetBytes = payloadOffsetBytes
    return this.#cursor.startSequence
  }

  /**
   * Tells the commits of the record and returns the sequence the next one should start with.
   * @throws DamageError before anything was told; AppError LIMIT_EXCEEDED
   */
  read(offsetBytes: number, recordEndBytes: number): number {
    const cursor = this.#cursor
    this.#isProved = false
    this.#sequence = cursor.startSequence
    this.#boundaries = 0
    this.#endsWithBoundary = false
    this.#isTransactionPart = false
    this.#commit.offsetBytes = offsetBytes
    this.#commit.recordEndBytes = recordEndBytes
    this.#startCommit(0)
    if (this.#visitor.operation !== undefined) this.#prove()
    while (cursor.next()) {
      if (cursor.isOperation) this.#operation()
      else if (cursor.type === LOG_DATA) this.#logData()
      else this.#marker()
    }
    this.prepared.dropOpen()
    const nextSequence = this.#endsWithBoundary ? cursor.startSequence + this.#boundaries : this.#sequence
    if (this.#hasContent || !this.#isTransactionPart) this.#endCommit(true, this.#payload.length, nextSequence)
    return nextSequence
  }

  #operation(): void {
    const cursor = this.#cursor
    const payload = this.#payload
    if (this.prepared.isOpen) {
      const key = payload.subarray(cursor.keyAt, cursor.keyEnd)
      const value = payload.subarray(cursor.valueAt, cursor.valueEnd)
      this.prepared.add(cursor.type, cursor.columnFamilyId, key, value)
      return
    }
    const { type, columnFamilyId, keyAt, keyEnd, valueAt, valueEnd } = cursor
    this.#apply(type, columnFamilyId, this.#sequence, payload, keyAt, keyEnd, valueAt, valueEnd)
    this.#sequence += 1
    this.#endsWithBoundary = false
  }

  #logData(): void {
    const { keyAt, keyEnd } = this.#cursor
    const payload = this.#payload
    if (isArrivalMark(payload, keyAt, keyEnd)) {
      this.#arrival(keyAt)
      return
    }
    if (!startsWithMarkerKey(payload, keyAt, keyEnd)) return
    const valueAt = keyAt + NAME_BYTES
    const timeUs = commitTimeAt(payload, valueAt, keyEnd)
    if (timeUs === null) return
    if (this.prepared.isOpen) {
      this.prepared.add(LOG_DATA, 0, COMMIT_MARKER_KEY, payload.subarray(valueAt, keyEnd))
    } else this.#beginCommit(timeUs)
  }

  /** It begins no commit, and gives way to a marker. */
  #arrival(dataAt: number): void {
    const commit = this.#commit
    if (commit.timeKind !== 'unknown' || this.prepared.isOpen) return
    commit.committedAtUs = arrivalTimeAt(this.#payload, dataAt)
    commit.timeKind = 'arrival'
    commit.uncertaintyUs = arrivalUncertaintyAt(this.#payload, dataAt)
  }

  #marker(): void {
    this.#prove()
    this.hasTransactions = true
    this.#endsWithBoundary = false
    const cursor = this.#cursor
    const id = this.#payload.subarray(cursor.keyAt, cursor.keyEnd)
    switch (cursor.type) {
      case markerType.beginPrepare:
      case markerType.beginPersistedPrepare:
      case markerType.beginUnprepare:
        this.#isTransactionPart = true
        this.prepared.begin(cursor.type, cursor.startSequence + this.#boundaries)
        return
      case markerType.endPrepare:
        if (this.prepared.end(id)) this.#boundary()
        return
      case markerType.commit:
      case markerType.commitWithTimestamp:
        this.#commitPrepared(id)
        return
      case markerType.rollback: {
        this.#isTransactionPart = true
        const transaction = this.prepared.decide(id)
        if (transaction !== null && transaction.sequence !== null) this.#boundary()
        return
      }
      default:
        // one at the start means nothing; one at the end is the habit of the write-prepared policy
        if (this.#sequence > cursor.startSequence) this.#boundary()
    }
  }

  #commitPrepared(id: Uint8Array): void {
    this.#hasContent = true
    const transaction = this.prepared.decide(id)
    if (transaction === null) {
      this.unknownPreparedCount += 1
      return
    }
    const isPersisted = transaction.sequence !== null
    for (const { type, columnFamilyId, bytes, keyBytes } of transaction.operations) {
      if (type === LOG_DATA) {
        this.#beginCommit(commitTimeAt(bytes, keyBytes, bytes.length) ?? 0)
        continue
      }
      const sequence = transaction.sequence ?? this.#sequence
      this.#apply(type, columnFamilyId, sequence, bytes, 0, keyBytes, keyBytes, bytes.length)
      if (!isPersisted) this.#sequence += 1
    }
    this.#preparedBytes += transaction.sizeBytes
    if (isPersisted) this.#boundary()
  }

  #boundary(): void {
    this.#boundaries += 1
    this.#endsWithBoundary = true
  }

  #apply(
    type: number,
    columnFamilyId: number,
    sequence: number,
    bytes: Uint8Array,
    keyAt: number,
    keyEnd: number,
    valueAt: number,
    valueEnd: number,
  ): void {
    if (type === valueType.value && isMarkerKey(bytes, keyAt, keyEnd)) {
      const timeUs = commitTimeAt(bytes, valueAt, valueEnd)
      if (timeUs !== null) {
        this.#beginCommit(timeUs)
        return
      }
    }
    this.#hasContent = true
    this.#count(type, columnFamilyId, keyEnd - keyAt + valueEnd - valueAt)
    if (this.#visitor.operation === undefined) return
    const key = bytes.subarray(keyAt, keyEnd)
    this.#visitor.operation(type, columnFamilyId, sequence, key, bytes.subarray(valueAt, valueEnd))
  }

  #count(type: number, columnFamilyId: number, bytes: number): void {
    let counts = this.#lastCounts
    if (counts === null || counts.columnFamilyId !== columnFamilyId) counts = this.#countsOf(columnFamilyId)
    counts.bytes += bytes
    switch (type) {
      case valueType.deletion:
      case valueType.singleDeletion:
        counts.deletes += 1
        return
      case valueType.rangeDeletion:
        counts.rangeDeletes += 1
        return
      case valueType.merge:
        counts.merges += 1
        return
      default:
        counts.puts += 1
    }
  }

  /** The family's counts in the present commit. */
  #countsOf(columnFamilyId: number): FamilyCounts {
    let counts = this.#countsById.get(columnFamilyId)
    if (counts === undefined) {
      if (this.#countsById.size === limits.walkedFamiliesMax) {
        this.#cursor.fail('more column families than are counted', `at most ${limits.walkedFamiliesMax}`)
      }
      counts = { columnFamilyId, puts: 0, deletes: 0, rangeDeletes: 0, merges: 0, bytes: 0 }
      this.#countsById.set(columnFamilyId, counts)
    }
    const isNew = counts.puts + counts.deletes + counts.rangeDeletes + counts.merges === 0
    if (isNew) this.#commit.families.push(counts)
    this.#lastCounts = counts
    return counts
  }

  /** A marker: what stands before the first one of a record belongs to the first commit. */
  #beginCommit(timeUs: number): void {
    if (this.#commit.timeKind === 'commit') {
      this.#prove()
      this.#endCommit(false, this.#cursor.recordAt, this.#sequence)
      this.#startCommit(this.#cursor.recordAt)
    }
    this.#commit.committedAtUs = timeUs
    this.#commit.timeKind = 'commit'
    this.#commit.uncertaintyUs = null
    this.#hasContent = true
  }

  #startCommit(startAt: number): void {
    const commit = this.#commit
    commit.firstSequence = this.#sequence
    commit.committedAtUs = null
    commit.timeKind = 'unknown'
    commit.uncertaintyUs = null
    // not by setting the length: that would throw the array's memory away each time
    for (let counts = commit.families.pop(); counts !== undefined; counts = commit.families.pop()) {
      counts.puts = 0
      counts.deletes = 0
      counts.rangeDeletes = 0
      counts.merges = 0
      counts.bytes = 0
    }
    this.#lastCounts = null
    this.#startAt = startAt
    this.#preparedBytes = 0
    this.#hasContent = false
  }

  #endCommit(isLastOfRecord: boolean, endAt: number, nextSequence: number): void {
    const commit = this.#commit
    commit.lastSequence = Math.max(nextSequence, commit.firstSequence) - 1
    commit.isLastOfRecord = isLastOfRecord
    commit.sizeBytes = endAt - this.#startAt + this.#preparedBytes
    this.#visitor.commit(commit)
  }

  /** Reads the whole batch once, so that nothing is told of a bad one. */
  #prove(): void {
    if (this.#isProved) return
    this.#prover.reset(this.#payload, this.#payloadOffsetBytes)
    this.#prover.prove()
    this.#isProved = true
  }
}
