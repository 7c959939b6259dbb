import type { Comparator } from '../comparator.ts'
import { failAt, type Place } from '../place.ts'
import { type BlockHandle, blockEnd } from './block-handle.ts'
import type { BlockReading, BlockSource } from './block-reader.ts'
import { readBlock } from './block-reader.ts'
import { IndexBlockCursor, type IndexEncoding } from './index-block-cursor.ts'
import { ReadWindow } from './read-window.ts'

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
 * blocks lie behind each other in the file, so a scan never reads more than the file has.
 * docs/formats/rocksdb.md §5.6
 */
export class IndexCursor {
  readonly #file: BlockSource
  readonly #top: IndexBlockCursor
  readonly #leaf: IndexBlockCursor | null
  readonly #reading: BlockReading
  readonly #place: Place
  readonly #onPartition: (partition: BlockHandle) => void
  #floorBytes = 0
  #partitionFloorBytes = 0

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
    if (this.#leaf === null) return this.#top.next() && this.#isAscending(this.#top)
    while (!this.#leaf.next()) {
      if (!this.#top.next()) return false
      this.#openPartition(this.#leaf)
    }
    return this.#isAscending(this.#leaf)
  }

  /** To the first block that can hold a user key not less than `target`; false when there is none. */
  seek(target: Uint8Array, comparator: Comparator): boolean {
    this.#forget()
    if (!this.#top.seek(target, comparator)) return false
    if (this.#leaf === null) return this.#isAscending(this.#top)
    this.#openPartition(this.#leaf)
    if (this.#leaf.seek(target, comparator)) return this.#isAscending(this.#leaf)
    return this.next()
  }

  /** To the last block; false when there is none. */
  seekToLast(): boolean {
    this.#forget()
    if (!this.#top.seekToLast()) return false
    if (this.#leaf === null) return true
    this.#openPartition(this.#leaf)
    return this.#leaf.seekToLast()
  }

  #forget(): void {
    this.#leaf?.close()
    this.#floorBytes = 0
    this.#partitionFloorBytes = 0
  }

  #openPartition(leaf: IndexBlockCursor): void {
    leaf.close()
    const handle = { offsetBytes: this.#top.offsetBytes, sizeBytes: this.#top.sizeBytes }
    if (handle.offsetBytes < this.#partitionFloorBytes) this.#failOrder(handle, this.#partitionFloorBytes)
    this.#partitionFloorBytes = blockEnd(handle)
    this.#onPartition(handle)
    const structure = `${this.#place.structure} partition`
    const block = readBlock(this.#file, this.#reading, handle, structure)
    leaf.open(block, { ...this.#place, structure, offsetBytes: handle.offsetBytes })
  }

  #isAscending(handle: BlockHandle): true {
    if (handle.offsetBytes < this.#floorBytes) this.#failOrder(handle, this.#floorBytes)
    this.#floorBytes = blockEnd(handle)
    return true
  }

  #failOrder(handle: BlockHandle, floorBytes: number): never {
    const { offsetBytes } = handle
    // nothing that such an index says can be trusted
    this.#leaf?.close()
    this.#top.close()
    return failAt(this.#place, 'blocks are not ascending', `at least ${floorBytes}`, `${offsetBytes}`)
  }
}
