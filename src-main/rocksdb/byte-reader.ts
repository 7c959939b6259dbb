import { fixed32At } from './little-endian.ts'
import { failAt, type Place } from './place.ts'

const TWO_POWER_32 = 0x1_0000_0000

/**
 * A cursor over bytes that may be hostile: it never reads past their end, never allocates by a length it has not
 * checked, and every failure names file and offset. Integers are little-endian; varints follow RocksDB:
 * util/coding.h (overlong forms are accepted and masked to their width; docs/formats/rocksdb.md §0).
 * Numbers above Number.MAX_SAFE_INTEGER are damage.
 * @throws DamageError from every read
 */
export class ByteReader {
  position = 0
  #bytes: Uint8Array
  #file: string
  #structure: string
  #offsetBytes: number | null

  constructor(bytes: Uint8Array, place: Place) {
    this.#bytes = bytes
    this.#file = place.file
    this.#structure = place.structure
    this.#offsetBytes = place.offsetBytes
  }

  /** Starts again on other bytes of the same file: hot loops keep one reader. */
  reset(bytes: Uint8Array, offsetBytes: number | null): void {
    this.#bytes = bytes
    this.#offsetBytes = offsetBytes
    this.position = 0
  }

  get remaining(): number {
    return this.#bytes.length - this.position
  }

  u8(): number {
    const byte = this.#bytes[this.position]
    if (byte === undefined) this.#failShort(1)
    this.position += 1
    return byte
  }

  fixed16(): number {
    const at = this.#take(2)
    return this.#byte(at) | (this.#byte(at + 1) << 8)
  }

  fixed32(): number {
    return fixed32At(this.#bytes, this.#take(4))
  }

  fixed64(): number {
    const at = this.#take(8)
    const value = fixed32At(this.#bytes, at) + fixed32At(this.#bytes, at + 4) * TWO_POWER_32
    if (!Number.isSafeInteger(value)) this.#failUnsafe('64-bit number', at)
    return value
  }

  varint32(): number {
    const start = this.position
    let value = 0
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.#bytes[this.position]
      if (byte === undefined) this.#failVarint(start, 'runs past the end')
      this.position += 1
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    return this.#failVarint(start, 'is longer than 5 bytes')
  }

  varint64(): number {
    const start = this.position
    let value = 0
    let unit = 1
    for (let index = 0; index < 10; index += 1) {
      const byte = this.#bytes[this.position]
      if (byte === undefined) this.#failVarint(start, 'runs past the end')
      this.position += 1
      // the tenth byte holds the 64th bit alone; the engine shifts the others out
      value += (byte & (index === 9 ? 0x01 : 0x7f)) * unit
      unit *= 128
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) this.#failUnsafe('varint', start)
        return value
      }
    }
    return this.#failVarint(start, 'is longer than 10 bytes')
  }

  /** Zigzag: 0, -1, 1, -2 are stored as 0, 1, 2, 3. */
  signedVarint64(): number {
    const value = this.varint64()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** A view of the next bytes, not a copy. */
  slice(length: number): Uint8Array {
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  /** A varint32 length and a view of that many bytes. */
  lengthPrefixed(): Uint8Array {
    const start = this.position
    const length = this.varint32()
    if (length > this.remaining) {
      const found = `${length}`
      const expected = `at most ${this.remaining}`
      this.position = start
      this.fail('length goes past the end', expected, found)
    }
    return this.slice(length)
  }

  /** A reader of a view that came from this one. */
  within(part: Uint8Array): ByteReader {
    const shift = part.byteOffset - this.#bytes.byteOffset
    const offsetBytes = this.#offsetBytes === null ? null : this.#offsetBytes + shift
    return new ByteReader(part, { file: this.#file, structure: this.#structure, offsetBytes })
  }

  /** Reports damage at the present position. */
  fail(problem: string, expected?: string, found?: string): never {
    const offsetBytes = this.#offsetBytes === null ? null : this.#offsetBytes + this.position
    return failAt({ file: this.#file, structure: this.#structure, offsetBytes }, problem, expected, found)
  }

  #take(length: number): number {
    if (length > this.remaining) this.#failShort(length)
    const at = this.position
    this.position = at + length
    return at
  }

  #byte(at: number): number {
    return this.#bytes[at] ?? 0
  }

  #failShort(length: number): never {
    return this.fail('ends too early', `${length} bytes`, `${this.remaining} bytes`)
  }

  #failVarint(start: number, problem: string): never {
    this.position = start
    return this.fail(`varint ${problem}`)
  }

  #failUnsafe(what: string, start: number): never {
    this.position = start
    return this.fail(`${what} is too large`, `at most ${Number.MAX_SAFE_INTEGER}`)
  }
}
