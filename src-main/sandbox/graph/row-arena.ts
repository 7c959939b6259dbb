const CHUNK_BYTES = 1024 * 1024
/** no row is as long, and a position stays an exact number up to four million chunks */
const POSITIONS_PER_CHUNK = 2 ** 31

/**
 * Bytes of rows, packed into large chunks: a million arrays of their own would take more memory than they hold. What was
 * stored never changes, so a view of it may be kept.
 */
export class RowArena {
  /** of everything stored, rows that nobody needs any more included */
  storedBytes = 0
  readonly #chunks: Uint8Array[] = []
  #usedBytes = CHUNK_BYTES

  /** Copies a row; the number it returns is where it lies. */
  store(row: Uint8Array): number {
    const chunk = this.#chunkFor(row.byteLength)
    const position = (this.#chunks.length - 1) * POSITIONS_PER_CHUNK + this.#usedBytes
    chunk.set(row, this.#usedBytes)
    this.#usedBytes += row.byteLength
    this.storedBytes += row.byteLength
    return position
  }

  /** The row itself, not a copy. */
  at(position: number, sizeBytes: number): Uint8Array {
    const chunk = this.#chunks[Math.floor(position / POSITIONS_PER_CHUNK)] as Uint8Array
    const offsetBytes = position % POSITIONS_PER_CHUNK
    return chunk.subarray(offsetBytes, offsetBytes + sizeBytes)
  }

  #chunkFor(sizeBytes: number): Uint8Array {
    const last = this.#chunks.at(-1)
    if (last !== undefined && this.#usedBytes + sizeBytes <= last.byteLength) return last
    const chunk = new Uint8Array(Math.max(CHUNK_BYTES, sizeBytes))
    this.#chunks.push(chunk)
    this.#usedBytes = 0
    return chunk
  }
}
