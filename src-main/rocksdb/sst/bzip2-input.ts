/** How the bzip2 decoder gives up; it never leaves the codec. */
export class Bzip2Error extends Error {
  override readonly name = 'Bzip2Error'
}

/** Bits of a bzip2 stream, most significant first; reading past the end is an error. */
export class Bzip2Input {
  readonly #bytes: Uint8Array
  #position: number
  #held = 0
  #heldBits = 0

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes
    this.#position = start
  }

  /** The next `count` bits (at most 24) as an unsigned number. */
  bits(count: number): number {
    while (this.#heldBits < count) {
      const byte = this.#bytes[this.#position]
      if (byte === undefined) throw new Bzip2Error('stream is cut')
      this.#position += 1
      this.#held = ((this.#held & 0xff_ffff) << 8) | byte
      this.#heldBits += 8
    }
    this.#heldBits -= count
    return (this.#held >>> this.#heldBits) & ((1 << count) - 1)
  }

  word(): number {
    return this.bits(16) * 0x1_0000 + this.bits(16)
  }

  /** True when nothing but the padding of the last byte is left. */
  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length && this.#heldBits < 8
  }
}
