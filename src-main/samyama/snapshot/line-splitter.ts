const NEWLINE = 0x0a

/** Cuts a stream of chunks into lines. Of a line over the limit nothing is kept. */
export class LineSplitter {
  readonly #lineBytesMax: number
  #parts: Uint8Array[] = []
  #pendingBytes = 0

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax
  }

  /** The lines that end in this chunk, without their newlines; null for one over the limit. */
  *push(chunk: Uint8Array): Generator<Uint8Array | null> {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start)
      if (end < 0) break
      this.#add(chunk.subarray(start, end))
      yield this.#take()
      start = end + 1
    }
    // what stays outlives the chunk, which its owner may write over
    if (start < chunk.length) this.#add(chunk.slice(start))
  }

  /** The line without a newline at the end of the stream; undefined when there is none. */
  rest(): Uint8Array | null | undefined {
    return this.#pendingBytes === 0 ? undefined : this.#take()
  }

  #add(part: Uint8Array): void {
    this.#pendingBytes += part.length
    if (this.#pendingBytes > this.#lineBytesMax) this.#parts = []
    else this.#parts.push(part)
  }

  #take(): Uint8Array | null {
    const [first] = this.#parts
    const isTooLong = this.#pendingBytes > this.#lineBytesMax
    const line = this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts)
    this.#parts = []
    this.#pendingBytes = 0
    return isTooLong ? null : line
  }
}
