import { DamageError } from '#base/damage.ts'

const TWO_POWER_32 = 0x1_0000_0000

/** Where the bytes of a reader come from, for the damage it reports. */
export type ReaderPlace = {
  readonly file: string
  /** the part of the format, in its own words: "data block", "version edit" */
  readonly structure: string
  /** file offset of the first byte; null when the bytes have no place in the file (decompressed ones) */
  readonly baseOffsetBytes: number | null
}

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
  #baseOffsetBytes: number | null

  constructor(bytes: Uint8Array, where: ReaderPlace) {
    this.#bytes = bytes
    this.#file = where.file
    this.#structure = where.structure
    this.#baseOffsetBytes = where.baseOffsetBytes
  }

  /** Starts again on other bytes of the same file: hot loops keep one reader. */
  reset(bytes: Uint8Array, baseOffsetBytes: number | null): void {
    this.#bytes = bytes
    this.#baseOffsetBytes = baseOffsetBytes
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
    return this.#word(this.#take(4))
  }

  fixed64(): number {
    const at = this.#take(8)
    const value = this.#word(at) + this.#word(at + 4) * TWO_POWER_32
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
    const baseOffsetBytes = this.#baseOffsetBytes === null ? null : this.#baseOffsetBytes + shift
    return new ByteReader(part, { file: this.#file, structure: this.#structure, baseOffsetBytes })
  }

  /** Reports damage at the present position. */
  fail(problem: string, expected?: string, found?: string): never {
    throw new DamageError({
      file: this.#file,
      offsetBytes: this.#baseOffsetBytes === null ? null : this.#baseOffsetBytes + this.position,
      structure: this.#structure,
      problem,
      expected: expected ?? null,
      found: found ?? null,
    })
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

  #word(at: number): number {
    return (this.#byte(at) | (this.#byte(at + 1) << 8) | (this.#byte(at + 2) << 16) | (this.#byte(at + 3) << 24)) >>> 0
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
