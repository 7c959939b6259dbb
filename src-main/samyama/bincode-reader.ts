import { asBuffer } from '#base/bytes.ts'
import { DamageError } from '#base/damage.ts'

// A byte-order mark is part of a stored string: taking it away would change the value.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads bincode 1.3 as its default free functions write it (docs/formats/samyama.md §1.4): fixed-width
 * little-endian integers, u64 lengths, no tags. A length is checked against what is left before anything is
 * allocated. Every method throws DamageError; offsets count from the start of the value.
 */
export class BincodeReader {
  readonly name: string
  readonly #bytes: Buffer
  readonly #view: DataView
  readonly #baseBytes: number
  #offsetBytes = 0
  #itemOffsetBytes = 0

  /**
   * @param name what damages call the value, for example "nodes"
   * @param baseBytes where these bytes start inside the value, when they are nested in it
   */
  constructor(name: string, bytes: Uint8Array, baseBytes = 0) {
    this.name = name
    this.#bytes = asBuffer(bytes)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#baseBytes = baseBytes
  }

  get remainingBytes(): number {
    return this.#bytes.byteLength - this.#offsetBytes
  }

  u32(structure: string): number {
    return this.#view.getUint32(this.#take(4, structure), true)
  }

  i32(structure: string): number {
    return this.#view.getInt32(this.#take(4, structure), true)
  }

  u64(structure: string): bigint {
    return this.#view.getBigUint64(this.#take(8, structure), true)
  }

  i64(structure: string): bigint {
    return this.#view.getBigInt64(this.#take(8, structure), true)
  }

  f32(structure: string): number {
    return this.#view.getFloat32(this.#take(4, structure), true)
  }

  f64(structure: string): number {
    return this.#view.getFloat64(this.#take(8, structure), true)
  }

  /** An i64 that the product keeps as a number. */
  safeI64(structure: string): number {
    const value = Number(this.i64(structure))
    if (!Number.isSafeInteger(value)) this.fail(structure, 'out of range', 'at most 2^53 - 1', String(value))
    return value
  }

  bool(structure: string): boolean {
    const byte = this.#bytes[this.#take(1, structure)]
    if (byte !== 0 && byte !== 1) this.fail(structure, 'not a boolean', '0 or 1', String(byte))
    return byte === 1
  }

  /** The number of items that follow, each of which takes at least `itemBytesMin` bytes. */
  count(itemBytesMin: number, structure: string): number {
    const start = this.#take(8, structure)
    const count = this.#view.getUint32(start, true) + this.#view.getUint32(start + 4, true) * 2 ** 32
    if (count * itemBytesMin > this.remainingBytes) {
      const found = `${this.#view.getBigUint64(start, true)} items`
      this.fail(structure, 'more items than the bytes left can hold', `${this.remainingBytes} bytes`, found)
    }
    return count
  }

  string(structure: string): string {
    const sizeBytes = this.count(1, structure)
    const start = this.#take(sizeBytes, structure)
    const end = start + sizeBytes
    // most stored text is ASCII and short, where the decoder's set-up costs more than its work
    if (isAscii(this.#bytes, start, end)) return this.#bytes.toString('latin1', start, end)
    try {
      return utf8.decode(this.#bytes.subarray(start, end))
    } catch {
      return this.fail(structure, 'not valid UTF-8', null, null)
    }
  }

  optionalString(structure: string): string | null {
    return this.bool(structure) ? this.string(structure) : null
  }

  /** A reader over the bytes of a Vec<u8>, which it shares; this reader goes on behind them. */
  nested(structure: string): BincodeReader {
    const sizeBytes = this.count(1, structure)
    const start = this.#take(sizeBytes, structure)
    return new BincodeReader(this.name, this.#bytes.subarray(start, start + sizeBytes), this.#baseBytes + start)
  }

  /** The engine ignores trailing bytes; here they mean that the value was read as something it is not. */
  expectEnd(structure: string): void {
    this.#itemOffsetBytes = this.#offsetBytes
    if (this.remainingBytes !== 0) this.fail(structure, 'bytes left over', '0', String(this.remainingBytes))
  }

  /** Gives up on the value, at the item read last. */
  fail(structure: string, problem: string, expected: string | null, found: string | null): never {
    const offsetBytes = this.#baseBytes + this.#itemOffsetBytes
    throw new DamageError({ file: this.name, offsetBytes, structure, problem, expected, found })
  }

  #take(sizeBytes: number, structure: string): number {
    this.#itemOffsetBytes = this.#offsetBytes
    if (sizeBytes > this.remainingBytes) {
      this.fail(structure, 'ends too early', `${sizeBytes} bytes`, `${this.remainingBytes} bytes`)
    }
    const start = this.#offsetBytes
    this.#offsetBytes += sizeBytes
    return start
  }
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    if ((bytes[index] ?? 0) >= 0x80) return false
  }
  return true
}
