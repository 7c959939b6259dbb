import { type Comparator, comparatorNamed } from '../comparator.ts'
import type { RangeTombstone } from '../internal-iterator.ts'
import type { MemoryBudget } from '../memory-budget.ts'

const FIRST_CHUNK_BYTES = 4096
const CHUNK_BYTES_MAX = 1024 * 1024
const FIRST_CAPACITY = 64
/** what the columns below hold for one entry, and what sorting needs */
const ENTRY_BYTES = 4 * 4 + 8 * 3 + 1 + 20
/** as many key bytes as a double holds exactly */
const PREFIX_BYTES = 6
/** a tombstone is an object with two arrays */
const TOMBSTONE_BYTES = 300
const BYTEWISE_NAME = 'leveldb.BytewiseComparator'

/** Where a run stood, to take a half-read batch back. */
export type RunMark = { readonly size: number; readonly tombstones: number }

/**
 * The unflushed entries of one column family, as columns over large chunks: a million small entries are a few dozen
 * objects. Append all, then sort once, then read through WalRunIterator.
 */
export class WalRun {
  readonly rangeTombstones: RangeTombstone[] = []
  readonly #budget: MemoryBudget
  readonly #comparator: Comparator | null
  readonly #isBytewise: boolean
  readonly #chunks: Buffer[] = []
  #chunkUsedBytes = 0
  #size = 0
  #chunkOf = new Uint32Array(FIRST_CAPACITY)
  #keyStarts = new Uint32Array(FIRST_CAPACITY)
  #keyLengths = new Uint32Array(FIRST_CAPACITY)
  #valueLengths = new Uint32Array(FIRST_CAPACITY)
  #prefixes = new Float64Array(FIRST_CAPACITY)
  #secondPrefixes = new Float64Array(FIRST_CAPACITY)
  #sequences = new Float64Array(FIRST_CAPACITY)
  #types = new Uint8Array(FIRST_CAPACITY)
  #order: Uint32Array | null = null

  /** @param comparatorName null or a custom one: the order is bytewise */
  constructor(budget: MemoryBudget, comparatorName: string | null) {
    this.#budget = budget
    this.#comparator = comparatorNamed(comparatorName ?? BYTEWISE_NAME)
    budget.take(FIRST_CAPACITY * ENTRY_BYTES)
    this.#isBytewise = this.#comparator === null || this.#comparator.name === BYTEWISE_NAME
  }

  get size(): number {
    return this.#size
  }

  /** Copies key and value. @throws AppError LIMIT_EXCEEDED */
  append(type: number, sequence: number, key: Uint8Array, value: Uint8Array): void {
    const lengthBytes = key.length + value.length
    if (this.#size === this.#types.length) this.#grow()
    const chunk = this.#chunkFor(lengthBytes)
    const entry = this.#size
    this.#chunkOf[entry] = this.#chunks.length - 1
    this.#keyStarts[entry] = this.#chunkUsedBytes
    this.#keyLengths[entry] = key.length
    this.#valueLengths[entry] = value.length
    this.#prefixes[entry] = prefixOf(key, 0)
    this.#secondPrefixes[entry] = prefixOf(key, PREFIX_BYTES)
    this.#sequences[entry] = sequence
    this.#types[entry] = type
    chunk.set(key, this.#chunkUsedBytes)
    chunk.set(value, this.#chunkUsedBytes + key.length)
    this.#chunkUsedBytes += lengthBytes
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
      for (let entry = 0; entry < order.length; entry += 1) order[entry] = entry
      this.#order = order.sort((left, right) => this.#compareEntries(left, right))
    }
    return this.#order
  }

  keyOf(entry: number): Uint8Array {
    const start = this.#keyStarts[entry] ?? 0
    return this.#chunk(entry).subarray(start, start + (this.#keyLengths[entry] ?? 0))
  }

  valueOf(entry: number): Uint8Array {
    const start = (this.#keyStarts[entry] ?? 0) + (this.#keyLengths[entry] ?? 0)
    return this.#chunk(entry).subarray(start, start + (this.#valueLengths[entry] ?? 0))
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

  #compareEntries(left: number, right: number): number {
    return (
      this.#compareKeys(left, right) ||
      this.sequenceOf(right) - this.sequenceOf(left) ||
      // equal sequences come from one batch: what was written later hides the other
      right - left
    )
  }

  #compareKeys(left: number, right: number): number {
    if (!this.#isBytewise) return this.compareKey(left, this.keyOf(right))
    const difference =
      (this.#prefixes[left] ?? 0) - (this.#prefixes[right] ?? 0) ||
      (this.#secondPrefixes[left] ?? 0) - (this.#secondPrefixes[right] ?? 0)
    if (difference !== 0) return difference
    const leftStart = this.#keyStarts[left] ?? 0
    const rightStart = this.#keyStarts[right] ?? 0
    return this.#chunk(left).compare(
      this.#chunk(right),
      rightStart,
      rightStart + (this.#keyLengths[right] ?? 0),
      leftStart,
      leftStart + (this.#keyLengths[left] ?? 0),
    )
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
    this.#prefixes = grown(this.#prefixes, new Float64Array(capacity))
    this.#secondPrefixes = grown(this.#secondPrefixes, new Float64Array(capacity))
    this.#sequences = grown(this.#sequences, new Float64Array(capacity))
    this.#types = grown(this.#types, new Uint8Array(capacity))
  }
}

function grown<Column extends Uint8Array | Uint32Array | Float64Array>(column: Column, larger: Column): Column {
  larger.set(column)
  return larger
}

/** Six key bytes as a number: two of them order most keys without touching their bytes. */
function prefixOf(key: Uint8Array, start: number): number {
  let prefix = 0
  for (let index = start; index < start + PREFIX_BYTES; index += 1) prefix = prefix * 256 + (key[index] ?? 0)
  return prefix
}
