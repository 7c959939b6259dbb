import type { Comparator } from '../comparator.ts'
import { failAt, type Place } from '../place.ts'
import { type BlockHandle, blockEnd } from './block-handle.ts'
import type { BlockReading, BlockSource } from './block-reader.ts'
import { readBlock } from './block-reader.ts'
import { IndexBlockCursor, type IndexEncoding } from './index-block-cursor.ts'
import { ReadWindow } from './read-window.ts'
import { WalkOrder } from './walk-order.ts'

/** What is needed to walk an index; the same for the index of the data and for the index of a partitioned filter. */
export type IndexShape = {
  readonly handle: BlockHandle
  readonly encoding: IndexEncoding
  /** true: the entries of the top block point at partitions, which point at the blocks */
  readonly isTwoLevel: boolean
  /** no block of this index ends after this byte of the file */
  readonly limitBytes: number
  readonly structure: string
}

/**
 * Walks the handles of an index of one or two levels; the depth is fixed, nothing recurses. While it moves forward,
 * blocks lie behind each other in the file, while it moves back, before each other: a scan never reads more than the
 * file has.
 * docs/formats/rocksdb.md §5.6
 */
export class IndexCursor {
  readonly #file: BlockSource
  readonly #top: IndexBlockCursor
  readonly #leaf: IndexBlockCursor | null
  readonly #reading: BlockReading
  readonly #place: Place
  readonly #onPartition: (partition: BlockHandle) => void
  readonly #blocks = new WalkOrder()
  readonly #partitions = new WalkOrder()

  /**
   * Reads the top block.
   * @param onPartition called for every partition before it is read
   * @throws DamageError, AppError IO_FAILED
   */
  constructor(file: BlockSource, shape: IndexShape, onPartition: (partition: BlockHandle) => void = () => {}) {
    this.#onPartition = onPartition
    this.#file = file
    this.#place = { file: file.source.name, structure: shape.structure, offsetBytes: shape.handle.offsetBytes }
    this.#top = new IndexBlockCursor(
      shape.isTwoLevel ? { ...shape.encoding, hasFirstKey: false } : shape.encoding,
      shape.isTwoLevel ? shape.handle.offsetBytes : shape.limitBytes,
      this.#place,
    )
    this.#leaf = shape.isTwoLevel ? new IndexBlockCursor(shape.encoding, shape.limitBytes, this.#place) : null
    this.#reading = { window: new ReadWindow(file.source, 0), scratch: null, dictionary: null }
    // the top block stays for the life of the cursor, so its window serves it alone
    const topReading = { window: new ReadWindow(file.source, 0), scratch: null, dictionary: null }
    this.#top.open(readBlock(file, topReading, shape.handle, shape.structure), this.#place)
  }

  /** The handle it stands on, as a cursor with the fields offsetBytes and sizeBytes. */
  get handle(): BlockHandle {
    return this.#leaf ?? this.#top
  }

  /** Bytes of the index blocks in memory. */
  get heldBytes(): number {
    return this.#top.heldBytes + (this.#leaf?.heldBytes ?? 0)
  }

  /** Stands before the first block. */
  rewind(): void {
    this.#forget()
    this.#top.rewind()
  }

  /**
   * Forward to the next block; false at the end. After damage in a partition it goes on with the next one, after any
   * other damage it is at the end.
   * @throws DamageError, AppError IO_FAILED
   */
  next(): boolean {
    const leaf = this.#leaf
    if (leaf === null) return this.#top.next() && this.#standBehind(this.#blocks, this.#top)
    while (!leaf.next()) {
      if (!this.#top.next()) return false
      this.#blocks.leaveForward()
      this.#standBehind(this.#partitions, this.#top)
      this.#openPartition(leaf)
    }
    return this.#standBehind(this.#blocks, leaf)
  }

  /** Back to the block before; false at the first one. Damage is passed by as in next(). */
  prev(): boolean {
    const leaf = this.#leaf
    if (leaf === null) return this.#top.prev() && this.#standBefore(this.#blocks, this.#top)
    let isFound = leaf.prev()
    while (!isFound) {
      if (!this.#top.prev()) return false
      this.#blocks.leaveBackward()
      this.#standBefore(this.#partitions, this.#top)
      this.#openPartition(leaf)
      isFound = leaf.seekToLast()
    }
    return this.#standBefore(this.#blocks, leaf)
  }

  /** To the first block that can hold a user key not less than `target`; false when there is none. */
  seek(target: Uint8Array, comparator: Comparator): boolean {
    return this.#seek(target, comparator, 0)
  }

  /**
   * To the first block that can hold a user key more than `target`, or to the last block: entries up to `target` end
   * there or in a block before. False when there are no blocks.
   */
  seekForPrev(target: Uint8Array, comparator: Comparator): boolean {
    return this.#seek(target, comparator, 1) || this.seekToLast()
  }

  /** To the last block; false when there is none. */
  seekToLast(): boolean {
    this.#forget()
    if (!this.#top.seekToLast()) return false
    const leaf = this.#leaf
    if (leaf === null) return this.#standBefore(this.#blocks, this.#top)
    this.#standBefore(this.#partitions, this.#top)
    this.#openPartition(leaf)
    return leaf.seekToLast() ? this.#standBefore(this.#blocks, leaf) : this.prev()
  }

  #seek(target: Uint8Array, comparator: Comparator, order: 0 | 1): boolean {
    this.#forget()
    if (!this.#top.seek(target, comparator, order)) return false
    const leaf = this.#leaf
    if (leaf === null) return this.#standBehind(this.#blocks, this.#top)
    this.#standBehind(this.#partitions, this.#top)
    this.#openPartition(leaf)
    return leaf.seek(target, comparator, order) ? this.#standBehind(this.#blocks, leaf) : this.next()
  }

  #forget(): void {
    this.#leaf?.close()
    this.#blocks.forget()
    this.#partitions.forget()
  }

  #openPartition(leaf: IndexBlockCursor): void {
    leaf.close()
    const handle = { offsetBytes: this.#top.offsetBytes, sizeBytes: this.#top.sizeBytes }
    this.#onPartition(handle)
    const structure = `${this.#place.structure} partition`
    const block = readBlock(this.#file, this.#reading, handle, structure)
    leaf.open(block, { ...this.#place, structure, offsetBytes: handle.offsetBytes })
  }

  #standBehind(order: WalkOrder, handle: BlockHandle): true {
    const { offsetBytes } = handle
    if (offsetBytes < order.floorBytes) this.#failOrder(`at least ${order.floorBytes}`, offsetBytes)
    order.standOn(handle)
    return true
  }

  #standBefore(order: WalkOrder, handle: BlockHandle): true {
    const endBytes = blockEnd(handle)
    if (endBytes > order.ceilingBytes) this.#failOrder(`end at most ${order.ceilingBytes}`, endBytes)
    order.standOn(handle)
    return true
  }

  #failOrder(expected: string, found: number): never {
    // nothing that such an index says can be trusted
    this.#leaf?.close()
    this.#top.close()
    return failAt(this.#place, 'blocks are not ascending', expected, `${found}`)
  }
}
