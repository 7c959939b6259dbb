import { type Comparator, comparatorNamed } from '../comparator.ts'
import type { RangeTombstone } from '../internal-iterator.ts'
import type { MemoryBudget } from '../memory-budget.ts'
import type { LogValues } from './log-values.ts'
import type { RecordPlace } from './record-place.ts'
import { sortingBytesPerEntry, sortKeys } from './sort-keys.ts'

const FIRST_CHUNK_BYTES = 4096
const CHUNK_BYTES_MAX = 1024 * 1024
const FIRST_CAPACITY = 64
/** what the columns below hold for one entry, and what sorting needs */
const ENTRY_BYTES = 4 * 4 + 2 * 8 + 3 * 2 + 1 + sortingBytesPerEntry
/** a value this short is kept: to read it from the log would take as much */
const SHORT_VALUE_BYTES = 32
/** a tombstone is an object with two arrays */
const TOMBSTONE_BYTES = 300
/** keys this short are copied faster without a call */
const LOOP_COPY_BYTES = 32
const BYTEWISE_NAME = 'leveldb.BytewiseComparator'

/** Where a run stood, to take a half-read batch back. */
export type RunMark = { readonly size: number; readonly tombstones: number }

/**
 * The unflushed entries of one column family, as columns over large chunks: a million small entries are a few dozen
 * objects. Keys are held; of large logs the values stay where they are. Append all, then sort once, then read through WalRunIterator.
 */
export class WalRun {
  readonly rangeTombstones: RangeTombstone[] = []
  readonly #budget: MemoryBudget
  readonly #values: LogValues
  readonly #comparator: Comparator | null
  readonly #isBytewise: boolean
  readonly #chunks: Buffer[] = []
  #chunkUsedBytes = 0
  #size = 0
  #chunkOf = new Uint32Array(FIRST_CAPACITY)
  #keyStarts = new Uint32Array(FIRST_CAPACITY)
  #keyLengths = new Uint32Array(FIRST_CAPACITY)
  #valueLengths = new Uint32Array(FIRST_CAPACITY)
  #sequences = new Float64Array(FIRST_CAPACITY)
  #types = new Uint8Array(FIRST_CAPACITY)
  #logFiles = new Uint16Array(FIRST_CAPACITY)
  /** of a value in a log: start and size of its record, and where it starts in there; 0: it follows its key */
  #recordStarts = new Float64Array(FIRST_CAPACITY)
  #recordSizes = new Uint16Array(FIRST_CAPACITY)
  #valueOffsets = new Uint16Array(FIRST_CAPACITY)
  #order: Uint32Array | null = null
  /** later entries have larger sequences, as in all but a few transaction databases */
  #isAscending = true

  /** @param comparatorName null or a custom one: the order is bytewise */
  constructor(budget: MemoryBudget, values: LogValues, comparatorName: string | null) {
    this.#budget = budget
    this.#values = values
    this.#comparator = comparatorNamed(comparatorName ?? BYTEWISE_NAME)
    budget.take(FIRST_CAPACITY * ENTRY_BYTES)
    this.#isBytewise = this.#comparator === null || this.#comparator.name === BYTEWISE_NAME
  }

  get size(): number {
    return this.#size
  }

  /**
   * Copies the key in bytes[keyAt, keyEnd), and the value in bytes[valueAt, valueEnd) unless it can be found in its log
   * again.
   * @param record the record whose payload `bytes` is; null for a copy
   * @throws AppError LIMIT_EXCEEDED
   */
  append(
    type: number,
    sequence: number,
    bytes: Uint8Array,
    keyAt: number,
    keyEnd: number,
    valueAt: number,
    valueEnd: number,
    record: RecordPlace | null,
  ): void {
    const keyBytes = keyEnd - keyAt
    const valueBytes = valueEnd - valueAt
    const isLeft = record !== null && record.headerBytes >= 0 && valueBytes > SHORT_VALUE_BYTES
    const isKept = !isLeft || this.#values.keeps(valueBytes)
    const keptBytes = isKept ? keyBytes + valueBytes : keyBytes
    if (this.#size === this.#types.length) this.#grow()
    const chunk = this.#chunkFor(keptBytes)
    const entry = this.#size
    const start = this.#chunkUsedBytes
    this.#chunkOf[entry] = this.#chunks.length - 1
    this.#keyStarts[entry] = start
    this.#keyLengths[entry] = keyBytes
    this.#valueLengths[entry] = valueBytes
    if (entry > 0 && sequence < (this.#sequences[entry - 1] as number)) this.#isAscending = false
    this.#sequences[entry] = sequence
    this.#types[entry] = type
    this.#logFiles[entry] = record?.fileIndex ?? 0
    copyInto(chunk, start, bytes, keyAt, keyEnd)
    if (isKept) {
      this.#valueOffsets[entry] = 0
      copyInto(chunk, start + keyBytes, bytes, valueAt, valueEnd)
    } else {
      this.#recordStarts[entry] = record.offsetBytes
      this.#recordSizes[entry] = record.sizeBytes
      this.#valueOffsets[entry] = record.headerBytes + valueAt
    }
    this.#chunkUsedBytes += keptBytes
    this.#size += 1
    this.#order = null
  }

  /** Copies both keys. @throws AppError LIMIT_EXCEEDED */
  appendTombstone(sequence: number, begin: Uint8Array, end: Uint8Array): void {
    this.#budget.take(begin.length + end.length + TOMBSTONE_BYTES)
    this.rangeTombstones.push({ begin: new Uint8Array(begin), end: new Uint8Array(end), sequence })
  }

  /** Gives the entry another sequence: some batches tell only at their end which one all of it has. */
  setSequence(entry: number, sequence: number): void {
    this.#sequences[entry] = sequence
    this.#isAscending = false
    this.#order = null
  }

  mark(): RunMark {
    return { size: this.#size, tombstones: this.rangeTombstones.length }
  }

  rollback(mark: RunMark): void {
    this.#size = mark.size
    this.rangeTombstones.length = mark.tombstones
    this.#order = null
  }

  /** Entry numbers in key order; of one key the newest first. */
  sorted(): Uint32Array {
    if (this.#order === null) {
      const order = new Uint32Array(this.#size)
      // equal sequences come from one batch: what was written later hides the other
      for (let index = 0; index < order.length; index += 1) order[index] = order.length - 1 - index
      if (!this.#isAscending) order.sort((left, right) => this.sequenceOf(right) - this.sequenceOf(left))
      if (this.#isBytewise) sortKeys(this.#keys, order)
      else order.sort((left, right) => this.compareKey(left, this.keyOf(right)))
      this.#order = order
    }
    return this.#order
  }

  keyOf(entry: number): Uint8Array {
    const start = this.#keyStarts[entry] ?? 0
    return this.#chunk(entry).subarray(start, start + (this.#keyLengths[entry] ?? 0))
  }

  /** A view that the next call for a value in a log may overwrite. @throws DamageError, AppError */
  valueOf(entry: number): Uint8Array {
    const length = this.#valueLengths[entry] ?? 0
    const valueAt = this.#valueOffsets[entry] ?? 0
    if (valueAt === 0) {
      const start = (this.#keyStarts[entry] ?? 0) + (this.#keyLengths[entry] ?? 0)
      return this.#chunk(entry).subarray(start, start + length)
    }
    const [file, start, sizeBytes] = [this.#logFiles[entry], this.#recordStarts[entry], this.#recordSizes[entry]]
    return this.#values.readRecord(file ?? 0, start ?? 0, sizeBytes ?? 0).subarray(valueAt, valueAt + length)
  }

  /** The log that the entry comes from. */
  fileOf(entry: number): string {
    return this.#values.nameOf(this.#logFiles[entry] ?? 0)
  }

  sequenceOf(entry: number): number {
    return this.#sequences[entry] ?? 0
  }

  typeOf(entry: number): number {
    return this.#types[entry] ?? 0
  }

  /** Negative when the entry's key is before `userKey`. */
  compareKey(entry: number, userKey: Uint8Array): number {
    const key = this.keyOf(entry)
    return this.#comparator === null ? Buffer.compare(key, userKey) : this.#comparator.compare(key, key.length, userKey)
  }

  get #keys() {
    return { chunks: this.#chunks, chunkOf: this.#chunkOf, starts: this.#keyStarts, lengths: this.#keyLengths }
  }

  #chunk(entry: number): Buffer {
    return this.#chunks[this.#chunkOf[entry] ?? 0] ?? Buffer.alloc(0)
  }

  #chunkFor(lengthBytes: number): Buffer {
    const last = this.#chunks.at(-1)
    if (last !== undefined && this.#chunkUsedBytes + lengthBytes <= last.length) return last
    const usualBytes = last === undefined ? FIRST_CHUNK_BYTES : Math.min(2 * last.length, CHUNK_BYTES_MAX)
    const sizeBytes = Math.max(usualBytes, lengthBytes)
    this.#budget.take(sizeBytes)
    const chunk = Buffer.allocUnsafe(sizeBytes)
    this.#chunks.push(chunk)
    this.#chunkUsedBytes = 0
    return chunk
  }

  #grow(): void {
    const capacity = this.#types.length * 2
    this.#budget.take((capacity - this.#types.length) * ENTRY_BYTES)
    this.#chunkOf = grown(this.#chunkOf, new Uint32Array(capacity))
    this.#keyStarts = grown(this.#keyStarts, new Uint32Array(capacity))
    this.#keyLengths = grown(this.#keyLengths, new Uint32Array(capacity))
    this.#valueLengths = grown(this.#valueLengths, new Uint32Array(capacity))
    this.#sequences = grown(this.#sequences, new Float64Array(capacity))
    this.#types = grown(this.#types, new Uint8Array(capacity))
    this.#logFiles = grown(this.#logFiles, new Uint16Array(capacity))
    this.#recordStarts = grown(this.#recordStarts, new Float64Array(capacity))
    this.#recordSizes = grown(this.#recordSizes, new Uint16Array(capacity))
    this.#valueOffsets = grown(this.#valueOffsets, new Uint16Array(capacity))
  }
}

function grown<Column extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  column: Column,
  larger: Column,
): Column {
  larger.set(column)
  return larger
}

function copyInto(chunk: Uint8Array, to: number, bytes: Uint8Array, from: number, end: number): void {
  if (end - from > LOOP_COPY_BYTES) {
    chunk.set(bytes.subarray(from, end), to)
    return
  }
  let at = to
  for (let index = from; index < end; index += 1) {
    chunk[at] = bytes[index] as number
    at += 1
  }
}
