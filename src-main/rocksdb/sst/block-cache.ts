/** What an entry costs beside its bytes: keys and map slots. */
const ENTRY_OVERHEAD_BYTES = 128

/**
 * Decoded, verified blocks of any number of tables, least recently used out first, bounded in bytes. Blocks are
 * shared: nobody writes into them.
 */
export class BlockCache {
  readonly #capacityBytes: number
  readonly #blocks = new Map<string, Uint8Array>()
  #usedBytes = 0

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  get(file: string, offsetBytes: number): Uint8Array | undefined {
    const key = `${offsetBytes}:${file}`
    const block = this.#blocks.get(key)
    if (block === undefined) return undefined
    // a map keeps insertion order, so moving to the end marks the newest use
    this.#blocks.delete(key)
    this.#blocks.set(key, block)
    return block
  }

  /** Keeps `block` if it fits at all; the cache becomes an owner of its memory. */
  put(file: string, offsetBytes: number, block: Uint8Array): void {
    const sizeBytes = block.byteLength + ENTRY_OVERHEAD_BYTES
    if (sizeBytes > this.#capacityBytes) return
    const key = `${offsetBytes}:${file}`
    this.#drop(key)
    for (const oldest of this.#blocks.keys()) {
      if (this.#usedBytes + sizeBytes <= this.#capacityBytes) break
      this.#drop(oldest)
    }
    this.#blocks.set(key, block)
    this.#usedBytes += sizeBytes
  }

  #drop(key: string): void {
    const block = this.#blocks.get(key)
    if (block === undefined) return
    this.#blocks.delete(key)
    this.#usedBytes -= block.byteLength + ENTRY_OVERHEAD_BYTES
  }
}
