import type { Comparator } from '../comparator.ts'
import { failAt, type Place } from '../place.ts'
import { emptyBlockLayout, readBlockLayout, restartAt } from './block-layout.ts'
import { KeyBuffer } from './key-buffer.ts'

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
  #next = 0
  #at = 0
  #entriesEnd = 0
  #valuesEnd = 0
  #isSeparated = false
  #restartIndex = 0

  constructor(place: Place) {
    this.#place = place
  }

  /** Stands before the first entry of another block. @throws DamageError when the block's parts do not fit */
  open(block: Uint8Array, place: Place): void {
    this.close()
    this.#place = place
    const layout = readBlockLayout(block, place)
    this.block = block
    this.#layout = layout
    this.#entriesEnd = layout.entriesEnd
    this.#isSeparated = layout.valuesStart >= 0
    this.#valuesEnd = layout.restartsStart
    this.#moveToRestart(0)
  }

  /** Forgets the block; next() finds nothing. */
  close(): void {
    this.block = noBytes
    this.#layout = emptyBlockLayout
    this.#entriesEnd = 0
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
    this.#next = valueEnd
    return true
  }

  /**
   * To the first entry whose key without its last `suffixBytes` is not less than `target`; false when there is none.
   * @throws DamageError
   */
  seek(target: Uint8Array, comparator: Comparator, suffixBytes: number): boolean {
    let low = 0
    let high = this.#layout.restartCount - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      this.#moveToRestart(middle)
      if (!this.next()) return false
      const isLess = comparator.compare(this.key.bytes, this.#keyLength(suffixBytes), target) < 0
      if (isLess) low = middle
      else high = middle - 1
    }
    this.#moveToRestart(low)
    while (this.next()) {
      if (comparator.compare(this.key.bytes, this.#keyLength(suffixBytes), target) >= 0) return true
    }
    return false
  }

  /** To the last entry; false when the block is empty. @throws DamageError */
  seekToLast(): boolean {
    this.#moveToRestart(Math.max(0, this.#layout.restartCount - 1))
    let found = false
    while (this.next()) found = true
    return found
  }

  #keyLength(suffixBytes: number): number {
    const length = this.key.length - suffixBytes
    return length >= 0 ? length : this.#failEntry(this.#next)
  }

  #moveToRestart(index: number): void {
    this.#restartIndex = index
    this.#next = this.#layout.restartCount === 0 ? 0 : restartAt(this.block, this.#layout, index)
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
