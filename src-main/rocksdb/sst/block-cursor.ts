import type { Comparator } from '../comparator.ts'
import { failAt, type Place } from '../place.ts'
import { checkRestarts, emptyBlockLayout, readBlockLayout, restartAt, restartBefore } from './block-layout.ts'
import { KeyBuffer } from './key-buffer.ts'
import { RestartInterval } from './restart-interval.ts'

const noBytes = new Uint8Array(0)

/**
 * Walks the entries of one block after another: data, metaindex, properties and range deletions. Nothing is allocated
 * for an entry: the key is built in one buffer, the value is a range of the block.
 * RocksDB: table/block_based/block.cc; docs/formats/rocksdb.md §5.5
 */
export class BlockCursor {
  readonly key = new KeyBuffer()
  block: Uint8Array = noBytes
  valueStart = 0
  valueEnd = 0
  #place: Place
  #layout = emptyBlockLayout
  #entryAt = 0
  #shared = 0
  #next = 0
  #at = 0
  #entriesEnd = 0
  #valuesEnd = 0
  #isSeparated = false
  #restartIndex = 0
  readonly #interval = new RestartInterval()

  constructor(place: Place) {
    this.#place = place
  }

  /** Stands before the first entry of another block. @throws DamageError when the block's parts do not fit */
  open(block: Uint8Array, place: Place): void {
    this.close()
    this.#place = place
    const layout = readBlockLayout(block, place)
    checkRestarts(block, layout, place)
    this.block = block
    this.#layout = layout
    this.#entriesEnd = layout.entriesEnd
    this.#isSeparated = layout.valuesStart >= 0
    this.#valuesEnd = layout.restartsStart
    this.#moveToRestart(0)
  }

  /** Forgets the block; next() and prev() find nothing. */
  close(): void {
    this.block = noBytes
    this.#layout = emptyBlockLayout
    this.#entriesEnd = 0
    this.#entryAt = 0
    this.#next = 0
  }

  /** False at the end of the block. @throws DamageError, after which the block is closed */
  next(): boolean {
    const at = this.#next
    const end = this.#entriesEnd
    if (at >= end) return false
    const block = this.block
    if (this.#isSeparated || at + 3 > end) return this.#nextSlowly(at)
    const shared = block[at] as number
    const nonShared = block[at + 1] as number
    const valueLength = block[at + 2] as number
    if ((shared | nonShared | valueLength) > 127) return this.#nextSlowly(at)
    const keyAt = at + 3
    const valueAt = keyAt + nonShared
    const valueEnd = valueAt + valueLength
    if (shared > this.key.length || valueEnd > end) this.#failEntry(at)
    if (!this.key.replaceTail(shared, block, keyAt, nonShared)) this.#failEntry(at)
    this.valueStart = valueAt
    this.valueEnd = valueEnd
    this.#entryAt = at
    this.#shared = shared
    this.#next = valueEnd
    return true
  }

  /** To the entry before; false at the first one. @throws DamageError, after which the block is closed */
  prev(): boolean {
    const at = this.#entryAt
    if (at === 0) return false
    const interval = this.#interval
    if (!interval.back(at, this.key, this.block)) return this.#moveBefore(at)
    this.valueStart = interval.first
    this.valueEnd = interval.second
    this.#entryAt = interval.entryAt
    this.#next = interval.entryEnd
    return true
  }

  /**
   * To the first entry whose key without its last `suffixBytes` is not less than `target`; false when there is none.
   * @throws DamageError
   */
  seek(target: Uint8Array, comparator: Comparator, suffixBytes: number): boolean {
    return this.#seek(target, comparator, suffixBytes, 0)
  }

  /**
   * To the last entry whose key without its last `suffixBytes` is not more than `target`; false when there is none.
   * @throws DamageError
   */
  seekForPrev(target: Uint8Array, comparator: Comparator, suffixBytes: number): boolean {
    if (this.#seek(target, comparator, suffixBytes, 1)) return this.prev()
    return this.seekToLast()
  }

  /** To the last entry; false when the block is empty. @throws DamageError */
  seekToLast(): boolean {
    return this.#moveBefore(this.#entriesEnd)
  }

  /** To the first entry that compares with `target` as `order` or more; comparisons are whole numbers. */
  #seek(target: Uint8Array, comparator: Comparator, suffixBytes: number, order: 0 | 1): boolean {
    let low = 0
    let high = this.#layout.restartCount - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      this.#moveToRestart(middle)
      if (!this.next()) return false
      const isLess = comparator.compare(this.key.bytes, this.#keyLength(suffixBytes), target) < order
      if (isLess) low = middle
      else high = middle - 1
    }
    this.#moveToRestart(low)
    while (this.next()) {
      if (comparator.compare(this.key.bytes, this.#keyLength(suffixBytes), target) >= order) return true
    }
    return false
  }

  /** To the entry that ends at `at`: the interval before it is walked once and kept for the steps that follow. */
  #moveBefore(at: number): boolean {
    if (at === 0) return false
    this.#moveToRestart(restartBefore(this.block, this.#layout, at))
    while (this.#next < at && this.next()) {
      const { length } = this.key
      const keyEnd = this.#isSeparated ? this.#next : this.valueStart
      const deltaAt = keyEnd - (length - this.#shared)
      const { valueStart, valueEnd } = this
      if (!this.#interval.push(this.#entryAt, this.#next, this.#shared, deltaAt, length, valueStart, valueEnd)) {
        this.close()
        failAt(this.#place, 'block has too many entries between restarts to be walked back')
      }
    }
    if (this.#next !== at) this.#failEntry(this.#entryAt)
    return true
  }

  #keyLength(suffixBytes: number): number {
    const length = this.key.length - suffixBytes
    return length >= 0 ? length : this.#failEntry(this.#next)
  }

  #moveToRestart(index: number): void {
    this.#restartIndex = index
    this.#next = this.#layout.restartCount === 0 ? 0 : restartAt(this.block, this.#layout, index)
    this.#entryAt = 0
    this.#interval.clear()
    this.key.length = 0
    this.valueEnd = this.#isSeparated ? this.#layout.valuesStart : 0
  }

  /** Long lengths and the separated layout, where only restart entries say where their value lies. */
  #nextSlowly(at: number): boolean {
    this.#at = at
    const shared = this.#varint32(at)
    const nonShared = this.#varint32(at)
    const valueLength = this.#varint32(at)
    let valueAt = this.#at + nonShared
    let entryEnd = valueAt + valueLength
    if (this.#isSeparated) {
      valueAt = this.#isRestart(at) ? this.#layout.valuesStart + this.#varint32(at) : this.valueEnd
      entryEnd = this.#at + nonShared
    }
    const valueEnd = valueAt + valueLength
    if (shared > this.key.length || entryEnd > this.#entriesEnd || valueEnd > this.#valuesEnd) this.#failEntry(at)
    if (!this.key.replaceTail(shared, this.block, this.#at, nonShared)) this.#failEntry(at)
    this.valueStart = valueAt
    this.valueEnd = valueEnd
    this.#entryAt = at
    this.#shared = shared
    this.#next = entryEnd
    return true
  }

  #varint32(entryAt: number): number {
    let value = 0
    for (let shift = 0; shift <= 28; shift += 7) {
      if (this.#at >= this.#entriesEnd) break
      const byte = this.block[this.#at] as number
      this.#at += 1
      value |= (byte & 0x7f) << shift
      if (byte < 128) return value >>> 0
    }
    return this.#failEntry(entryAt)
  }

  #isRestart(at: number): boolean {
    const { restartCount } = this.#layout
    if (this.#restartIndex >= restartCount) return false
    const restart = restartAt(this.block, this.#layout, this.#restartIndex)
    if (restart < at) this.#failEntry(at)
    if (restart > at) return false
    this.#restartIndex += 1
    return true
  }

  #failEntry(at: number): never {
    this.close()
    return failAt(this.#place, `entry at byte ${at} of the block does not fit`)
  }
}
