/** Bytes that arrive in pieces and are read from the front. Growing doubles, so that many small pieces stay cheap. */
export class GrowingBytes {
  #bytes = Buffer.alloc(4096)
  #length = 0
  /** no line end begins before this place: a line that arrives byte by byte is scanned once */
  #scannedTo = 0

  get length(): number {
    return this.#length
  }

  append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.byteLength
    if (needed > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(grown, 0, 0, this.#length)
      this.#bytes = grown
    }
    this.#bytes.set(chunk, this.#length)
    this.#length = needed
  }

  at(index: number): number {
    return this.#bytes[index] ?? 0
  }

  /** A copy, which stays true when more bytes arrive. */
  slice(from: number, to: number): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(from, to))
  }

  /** Where the next CRLF at or after `from` begins, or -1. */
  indexOfLineEnd(from: number): number {
    let at = Math.max(from, Math.min(this.#scannedTo, this.#length))
    for (;;) {
      const found = this.#bytes.subarray(0, this.#length).indexOf(13, at)
      if (found === -1 || found + 1 >= this.#length) {
        this.#scannedTo = Math.max(from, this.#length - 1)
        return -1
      }
      if (this.#bytes[found + 1] === 10) {
        this.#scannedTo = 0
        return found
      }
      at = found + 1
    }
  }

  dropFront(count: number): void {
    if (count === 0) return
    this.#bytes.copyWithin(0, count, this.#length)
    this.#length -= count
    this.#scannedTo = 0
  }
}
