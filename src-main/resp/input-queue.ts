/** pieces below this are gathered: each Buffer costs more than such a piece holds */
const gatheredBytesMax = 2048
const gatherBytes = 16 * 1024

/** Input that was received and not yet decoded, read from the front. Its memory is bounded by its bytes. */
export class InputQueue {
  #pieces: Uint8Array[] = []
  /** the piece that is read, and the place in it */
  #index = 0
  #offset = 0
  #bytes = 0
  /** room behind the last piece, when that is one of ours */
  #room: Uint8Array = new Uint8Array(0)

  get length(): number {
    return this.#bytes
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return
    this.#bytes += piece.length
    if (piece.length >= gatheredBytesMax || this.#pieces.length === this.#index) {
      this.#room = new Uint8Array(0)
      this.#pieces.push(piece)
      return
    }
    this.#gather(piece)
  }

  /** The unread part of the first piece, empty when there is none. */
  front(): Uint8Array {
    const piece = this.#pieces[this.#index]
    if (piece === undefined) return new Uint8Array(0)
    return this.#offset === 0 ? piece : piece.subarray(this.#offset)
  }

  /** The first byte. @returns undefined when nothing is left */
  peek(): number | undefined {
    return this.#pieces[this.#index]?.[this.#offset]
  }

  /** Goes on by `count` bytes of the first piece. */
  skip(count: number): void {
    this.#bytes -= count
    this.#offset += count
    if (this.#offset < (this.#pieces[this.#index]?.length ?? 0)) return
    this.#offset = 0
    this.#index += 1
    if (this.#index === this.#pieces.length) this.clear()
    else if (this.#index >= 64 && this.#index * 2 >= this.#pieces.length) {
      this.#pieces = this.#pieces.slice(this.#index)
      this.#index = 0
    }
  }

  clear(): void {
    this.#pieces = []
    this.#index = 0
    this.#offset = 0
    this.#bytes = 0
    this.#room = new Uint8Array(0)
  }

  #gather(piece: Uint8Array): void {
    if (this.#room.length < piece.length) {
      this.#room = new Uint8Array(gatherBytes)
      this.#pieces.push(this.#room.subarray(0, 0))
    }
    const last = this.#pieces.length - 1
    const before = this.#pieces[last] ?? this.#room
    this.#room.set(piece)
    this.#pieces[last] = new Uint8Array(before.buffer, before.byteOffset, before.length + piece.length)
    this.#room = this.#room.subarray(piece.length)
  }
}
