import { assert } from '#base/assert.ts'
import type { Comparator } from '../comparator.ts'
import type { InternalIterator } from '../internal-iterator.ts'
import { internalKeyFooterBytes, sequenceAt } from '../internal-key.ts'
import { failAt, type Place } from '../place.ts'
import { isPointType } from '../value-type.ts'
import { BlockCursor } from './block-cursor.ts'
import { type BlockReading, type BlockSource, readBlock } from './block-reader.ts'
import { BlockScratch } from './compression.ts'
import { IndexCursor, type IndexShape } from './index-cursor.ts'
import { ReadWindow } from './read-window.ts'

const READ_AHEAD_BYTES_MAX = 256 * 1024
/** windows, key buffers and an open file */
const OVERHEAD_BYTES = 64 * 1024
const STRUCTURE = 'data block'
const noBytes = new Uint8Array(0)

/** What an iterator takes from its table. */
export type TableShape = {
  readonly index: IndexShape
  readonly comparator: Comparator | null
  readonly dictionary: Uint8Array | null
  readonly globalSequence: number | null
}

/**
 * A cursor over the point entries of a table. After a move threw DamageError the cursor stands on no entry; next() goes
 * on behind the block that could not be read, prev() before it.
 */
export class TableIterator implements InternalIterator {
  valid = false
  /** bytes of the blocks it stands on */
  heldBytes = 0
  /** bytes of all data blocks read so far, as they are in memory */
  readBytes = 0
  sequence = 0
  type = 0
  readonly #file: BlockSource
  readonly #index: IndexCursor
  readonly #cursor: BlockCursor
  readonly #reading: BlockReading
  readonly #comparator: Comparator | null
  readonly #globalSequence: number | null
  readonly #keyBytesMin: number
  #place: Place
  #mayGoOn = false
  // of the view that userKey gave last: comparing these is much cheaper than asking the view
  #userKey = noBytes
  #userKeyBytes = noBytes
  #userKeyLength = 0

  /** Reads the index block. @throws DamageError, AppError IO_FAILED */
  constructor(file: BlockSource, shape: TableShape) {
    this.#file = file
    this.#index = new IndexCursor(file, shape.index)
    this.#place = { file: file.source.name, structure: STRUCTURE, offsetBytes: null }
    this.#cursor = new BlockCursor(this.#place)
    this.#reading = {
      window: new ReadWindow(file.source, READ_AHEAD_BYTES_MAX),
      scratch: new BlockScratch(),
      dictionary: shape.dictionary,
    }
    this.#comparator = shape.comparator
    this.#globalSequence = shape.globalSequence
    this.#keyBytesMin = internalKeyFooterBytes + (shape.comparator?.timestampBytes ?? 0)
  }

  get userKey(): Uint8Array {
    const { bytes, length } = this.#cursor.key
    const userKeyLength = length - internalKeyFooterBytes
    // keys of one length are the common case: the view of the last one still fits
    if (this.#userKeyLength !== userKeyLength || this.#userKeyBytes !== bytes) {
      this.#userKey = bytes.subarray(0, userKeyLength)
      this.#userKeyBytes = bytes
      this.#userKeyLength = userKeyLength
    }
    return this.#userKey
  }

  get value(): Uint8Array {
    return this.#cursor.block.subarray(this.#cursor.valueStart, this.#cursor.valueEnd)
  }

  seekToFirst(): void {
    this.#begin()
    this.#index.rewind()
    this.#settle(this.#nextEntry())
  }

  /**
   * To the newest entry of the first user key that is not less than `userKey`. The order of a custom comparator is
   * not known: there it finds an equal key by scanning, or stands on nothing.
   */
  seek(userKey: Uint8Array): void {
    const comparator = this.#comparator
    if (comparator === null) {
      this.#scanFor(userKey)
      return
    }
    this.#begin()
    if (!this.#index.seek(userKey, comparator)) {
      this.#settle(false)
      return
    }
    this.#openBlock()
    this.#settle(this.#cursor.seek(userKey, comparator, internalKeyFooterBytes) || this.#nextEntry())
  }

  /**
   * To the oldest entry of the last user key that is not more than `userKey`. With a custom comparator it finds an
   * equal key by scanning, or stands on nothing.
   */
  seekForPrev(userKey: Uint8Array): void {
    const comparator = this.#comparator
    if (comparator === null) {
      this.seekToLast()
      while (this.valid && Buffer.compare(this.userKey, userKey) !== 0) this.prev()
      return
    }
    this.#begin()
    if (!this.#index.seekForPrev(userKey, comparator)) {
      this.#settle(false)
      return
    }
    this.#openBlock()
    this.#settle(this.#cursor.seekForPrev(userKey, comparator, internalKeyFooterBytes) || this.#previousEntry())
  }

  /** To the last entry in the file. */
  seekToLast(): void {
    this.#begin()
    if (!this.#index.seekToLast()) {
      this.#settle(false)
      return
    }
    this.#openBlock()
    this.#settle(this.#cursor.seekToLast() || this.#previousEntry())
  }

  next(): void {
    assert(this.valid || this.#mayGoOn, 'next() needs an entry to move from')
    this.valid = false
    this.#mayGoOn = true
    this.#settle(this.#cursor.next() || this.#nextEntry())
  }

  /** To the entry before in the order of internal keys: of one user key to the newer version. */
  prev(): void {
    assert(this.valid || this.#mayGoOn, 'prev() needs an entry to move from')
    this.valid = false
    this.#mayGoOn = true
    this.#settle(this.#cursor.prev() || this.#previousEntry())
  }

  #begin(): void {
    this.valid = false
    this.#mayGoOn = true
    this.#cursor.close()
  }

  #nextEntry(): boolean {
    // after damage in the index a move the other way must not find this block again
    this.#cursor.close()
    while (this.#index.next()) {
      this.#openBlock()
      if (this.#cursor.next()) return true
    }
    return false
  }

  #previousEntry(): boolean {
    this.#cursor.close()
    while (this.#index.prev()) {
      this.#openBlock()
      if (this.#cursor.seekToLast()) return true
    }
    return false
  }

  #openBlock(): void {
    const { handle } = this.#index
    this.#cursor.close()
    this.#place = { file: this.#place.file, structure: STRUCTURE, offsetBytes: handle.offsetBytes }
    const block = readBlock(this.#file, this.#reading, handle, STRUCTURE)
    this.heldBytes = OVERHEAD_BYTES + this.#index.heldBytes + block.length
    this.readBytes += block.length
    this.#cursor.open(block, this.#place)
  }

  #settle(found: boolean): void {
    if (!found) {
      this.#mayGoOn = false
      return
    }
    const { bytes, length } = this.#cursor.key
    const footerAt = length - internalKeyFooterBytes
    if (length < this.#keyBytesMin) this.#failKey('internal key is too short', `${length} bytes`)
    this.type = bytes[footerAt] as number
    if (!isPointType(this.type)) this.#failKey('value type is unknown', `${this.type}`)
    this.sequence = this.#globalSequence ?? sequenceAt(bytes, footerAt)
    if (this.sequence > Number.MAX_SAFE_INTEGER) this.#failKey('sequence is too large', `${this.sequence}`)
    this.valid = true
  }

  #scanFor(userKey: Uint8Array): void {
    this.seekToFirst()
    while (this.valid && Buffer.compare(this.userKey, userKey) !== 0) this.next()
  }

  #failKey(problem: string, found: string): never {
    this.#cursor.close()
    return failAt(this.#place, problem, null, found)
  }
}
