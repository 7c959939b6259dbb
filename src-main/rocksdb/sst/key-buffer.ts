import { limits } from '#base/limits.ts'

const FIRST_CAPACITY_BYTES = 256
const LOOP_COPY_BYTES = 24

/**
 * The key under a cursor: entries share a prefix with the key before, so one buffer grows and its head stays.
 * Fields are plain because the decoding loops read them for every entry.
 */
export class KeyBuffer {
  bytes = new Uint8Array(FIRST_CAPACITY_BYTES)
  length = 0

  /** Keeps the first `shared` bytes and appends source[from, from + count). False when the key would be too long. */
  replaceTail(shared: number, source: Uint8Array, from: number, count: number): boolean {
    const length = shared + count
    if (length > this.bytes.length && !this.#grow(length)) return false
    this.overwrite(shared, source, from, count)
    this.length = length
    return true
  }

  /** Writes source[from, from + count) over bytes that a longer key had before. */
  overwrite(at: number, source: Uint8Array, from: number, count: number): void {
    const bytes = this.bytes
    if (count <= LOOP_COPY_BYTES) {
      for (let index = 0; index < count; index += 1) bytes[at + index] = source[from + index] as number
    } else {
      bytes.set(source.subarray(from, from + count), at)
    }
  }

  #grow(length: number): boolean {
    if (length > limits.keyBytesMax) return false
    const grown = new Uint8Array(Math.max(length, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
    return true
  }
}
