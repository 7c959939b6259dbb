import { assert } from '#base/assert.ts'

const firstBytes = 256

/**
 * Bytes that come in pieces, up to a size known before. Memory follows what has come, not what was announced; every
 * byte is moved a bounded number of times however small the pieces are.
 */
export class GrowingBytes {
  readonly #sizeMax: number
  #buffer: Uint8Array
  #used = 0

  /** @param sizeMax never takes more bytes than this */
  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax
    this.#buffer = new Uint8Array(Math.min(sizeMax, firstBytes))
  }

  get length(): number {
    return this.#used
  }

  /** The first byte. @returns undefined when none has come */
  get first(): number | undefined {
    return this.#used === 0 ? undefined : this.#buffer[0]
  }

  append(piece: Uint8Array): void {
    const needed = this.#used + piece.length
    assert(needed <= this.#sizeMax, 'bytes stay within the size they were announced with')
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(this.#sizeMax, Math.max(needed, this.#buffer.length * 2)))
      larger.set(this.#buffer.subarray(0, this.#used))
      this.#buffer = larger
    }
    this.#buffer.set(piece, this.#used)
    this.#used = needed
  }

  /** What has come, in memory of its own. */
  take(): Uint8Array {
    const taken = this.#buffer.subarray(0, this.#used)
    return taken.length === this.#buffer.length ? taken : taken.slice()
  }
}
