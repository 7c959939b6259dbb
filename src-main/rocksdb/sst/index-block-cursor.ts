import { limits } from '#base/limits.ts'
import { ByteReader } from '../byte-reader.ts'
import type { Comparator } from '../comparator.ts'
import { failAt, type Place } from '../place.ts'
import { blockTrailerBytes } from './block-handle.ts'
import { emptyBlockLayout, readBlockLayout, restartAt, restartBefore } from './block-layout.ts'
import { KeyBuffer } from './key-buffer.ts'
import { RestartInterval } from './restart-interval.ts'

const noBytes = new Uint8Array(0)

/** How the properties of a table say its index is written. docs/formats/rocksdb.md §5.6 */
export type IndexEncoding = {
  /** 8 when keys are internal keys, 0 when they are bare user keys */
  readonly keySuffixBytes: 0 | 8
  /** entries that share a key prefix store the handle as a difference, and no entry has a value length */
  readonly isDelta: boolean
  /** the first internal key of the block follows the handle */
  readonly hasFirstKey: boolean
}

/**
 * Walks the entries of an index block: separator key and block handle. Every handle it stands on ends at or before
 * `limitBytes` of the file. RocksDB: table/block_based/block.cc IndexBlockIter, table/format.cc IndexValue
 */
export class IndexBlockCursor {
  readonly key = new KeyBuffer()
  offsetBytes = 0
  sizeBytes = 0
  readonly #encoding: IndexEncoding
  readonly #limitBytes: number
  readonly #reader: ByteReader
  #block: Uint8Array = noBytes
  #layout = emptyBlockLayout
  #entryAt = 0
  #shared = 0
  #deltaAt = 0
  readonly #interval = new RestartInterval()

  constructor(encoding: IndexEncoding, limitBytes: number, place: Place) {
    this.#encoding = encoding
    this.#limitBytes = limitBytes
    this.#reader = new ByteReader(noBytes, { file: place.file, structure: place.structure, offsetBytes: null })
  }

  get heldBytes(): number {
    return this.#block.length
  }

  /** Stands before the first entry of another block. @throws DamageError */
  open(block: Uint8Array, place: Place): void {
    this.close()
    const layout = readBlockLayout(block, place)
    // an index has a restart for every block of its table: each is looked at where it is used
    if (layout.valuesStart >= 0) failAt(place, 'index block has the layout of a data block')
    this.#layout = layout
    this.#block = block
    this.#reader.reset(block.subarray(0, layout.entriesEnd), place.offsetBytes)
    this.#moveToRestart(0)
  }

  /** Forgets the block; next() and prev() find nothing. */
  close(): void {
    this.#block = noBytes
    this.#layout = emptyBlockLayout
    this.#entryAt = 0
    this.#reader.reset(noBytes, null)
    this.key.length = 0
  }

  /** Stands before the first entry of its block. */
  rewind(): void {
    this.#moveToRestart(0)
  }

  /** False at the end of the block. @throws DamageError, after which the block is closed */
  next(): boolean {
    if (this.#reader.remaining === 0) return false
    try {
      this.#readEntry()
    } catch (error) {
      this.close()
      throw error
    }
    return true
  }

  /** To the entry before; false at the first one. @throws DamageError, after which the block is closed */
  prev(): boolean {
    const at = this.#entryAt
    if (at === 0) return false
    const interval = this.#interval
    if (!interval.back(at, this.key, this.#block)) return this.#moveBefore(at)
    this.offsetBytes = interval.first
    this.sizeBytes = interval.second
    this.#entryAt = interval.entryAt
    this.#reader.position = interval.entryEnd
    return true
  }

  /**
   * To the first entry whose user key is not less than `target`, or with `order` 1 is more than it; false when there
   * is none. @throws DamageError
   */
  seek(target: Uint8Array, comparator: Comparator, order: 0 | 1): boolean {
    let low = 0
    let high = this.#layout.restartCount - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      this.#moveToRestart(middle)
      if (!this.next()) return false
      if (this.#compare(target, comparator) < order) low = middle
      else high = middle - 1
    }
    this.#moveToRestart(low)
    while (this.next()) {
      if (this.#compare(target, comparator) >= order) return true
    }
    return false
  }

  /** To the last entry; false when the block is empty. @throws DamageError */
  seekToLast(): boolean {
    return this.#moveBefore(this.#layout.entriesEnd)
  }

  /** To the entry that ends at `at`: the interval before it is walked once and kept for the steps that follow. */
  #moveBefore(at: number): boolean {
    if (at === 0) return false
    this.#moveToRestart(restartBefore(this.#block, this.#layout, at))
    const reader = this.#reader
    try {
      while (reader.position < at) {
        this.#readEntry()
        const { offsetBytes, sizeBytes } = this
        if (
          !this.#interval.push(
            this.#entryAt,
            reader.position,
            this.#shared,
            this.#deltaAt,
            this.key.length,
            offsetBytes,
            sizeBytes,
          )
        )
          reader.fail('block has too many entries between restarts to be walked back')
      }
      if (reader.position !== at) reader.fail('entry does not end where the next one starts')
    } catch (error) {
      this.close()
      throw error
    }
    return true
  }

  #compare(target: Uint8Array, comparator: Comparator): number {
    return comparator.compare(this.key.bytes, this.key.length - this.#encoding.keySuffixBytes, target)
  }

  #moveToRestart(index: number): void {
    const { restartCount, entriesEnd } = this.#layout
    const restart = restartCount === 0 ? 0 : restartAt(this.#block, this.#layout, index)
    if (restart > 0 && restart >= entriesEnd) this.#failRestart(restart)
    this.#reader.position = restart
    this.#entryAt = 0
    this.#interval.clear()
    this.key.length = 0
  }

  #failRestart(restart: number): never {
    this.#reader.position = 0
    try {
      this.#reader.fail('restart is outside the entries', `less than ${this.#layout.entriesEnd}`, `${restart}`)
    } finally {
      this.close()
    }
  }

  #readEntry(): void {
    const reader = this.#reader
    const entryAt = reader.position
    const shared = reader.varint32()
    const nonShared = reader.varint32()
    const valueLength = this.#encoding.isDelta ? null : reader.varint32()
    if (shared > this.key.length) {
      reader.fail('key shares more than the key before has', `at most ${this.key.length}`, `${shared}`)
    }
    if (nonShared > reader.remaining) {
      reader.fail('key goes past the block', `at most ${reader.remaining} bytes`, `${nonShared} bytes`)
    }
    const keyAt = reader.position
    if (!this.key.replaceTail(shared, this.#block, keyAt, nonShared)) reader.fail('key is too long')
    if (this.key.length < this.#encoding.keySuffixBytes) reader.fail('internal key is too short')
    reader.position = keyAt + nonShared
    const valueAt = reader.position
    this.#readHandle(this.#encoding.isDelta && shared !== 0)
    if (this.#encoding.hasFirstKey) reader.lengthPrefixed()
    if (valueLength !== null && reader.position !== valueAt + valueLength) {
      reader.fail('index value has the wrong length', `${valueLength}`, `${reader.position - valueAt}`)
    }
    this.#entryAt = entryAt
    this.#shared = shared
    this.#deltaAt = keyAt
  }

  #readHandle(isDifference: boolean): void {
    const reader = this.#reader
    const offsetBytes = isDifference ? this.offsetBytes + this.sizeBytes + blockTrailerBytes : reader.varint64()
    const sizeBytes = isDifference ? this.sizeBytes + reader.signedVarint64() : reader.varint64()
    if (sizeBytes < 0 || sizeBytes > limits.blockBytesMax) {
      reader.fail('block size is impossible', `0 to ${limits.blockBytesMax}`, `${sizeBytes}`)
    }
    // both numbers are safe integers, so a sum that is not exact is still far above the limit
    const endBytes = offsetBytes + sizeBytes + blockTrailerBytes
    if (endBytes > this.#limitBytes) {
      reader.fail('handle goes past its part of the file', `at most ${this.#limitBytes}`, `${endBytes}`)
    }
    this.offsetBytes = offsetBytes
    this.sizeBytes = sizeBytes
  }
}
