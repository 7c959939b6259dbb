import { assert } from '#base/assert.ts'

const INITIAL_BYTES = 256

/** Writes bincode 1.3, one call after the other; the counterpart of BincodeReader. A number too wide is a bug. */
export class BincodeWriter {
  #bytes = new Uint8Array(INITIAL_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #sizeBytes = 0

  u8(value: number): this {
    const start = this.#reserve(1)
    this.#view.setUint8(start, value)
    return this
  }

  u32(value: number): this {
    assert(value === value >>> 0, 'a u32 fits 32 bits')
    const start = this.#reserve(4)
    this.#view.setUint32(start, value, true)
    return this
  }

  i32(value: number): this {
    assert(value === (value | 0), 'an i32 fits 32 bits')
    const start = this.#reserve(4)
    this.#view.setInt32(start, value, true)
    return this
  }

  u64(value: bigint): this {
    assert(value === BigInt.asUintN(64, value), 'a u64 fits 64 bits')
    const start = this.#reserve(8)
    this.#view.setBigUint64(start, value, true)
    return this
  }

  i64(value: bigint): this {
    assert(value === BigInt.asIntN(64, value), 'an i64 fits 64 bits')
    const start = this.#reserve(8)
    this.#view.setBigInt64(start, value, true)
    return this
  }

  f32(value: number): this {
    const start = this.#reserve(4)
    this.#view.setFloat32(start, value, true)
    return this
  }

  f64(value: number): this {
    const start = this.#reserve(8)
    this.#view.setFloat64(start, value, true)
    return this
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0)
  }

  count(value: number): this {
    return this.u64(BigInt(value))
  }

  /** A Vec<u8>: its length, then the bytes. */
  bytes(value: Uint8Array): this {
    this.count(value.byteLength)
    const start = this.#reserve(value.byteLength)
    this.#bytes.set(value, start)
    return this
  }

  string(value: string): this {
    assert(value.isWellFormed(), 'a stored string is valid Unicode')
    return this.bytes(new TextEncoder().encode(value))
  }

  optionalString(value: string | null): this {
    return value === null ? this.bool(false) : this.bool(true).string(value)
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#sizeBytes)
  }

  #reserve(sizeBytes: number): number {
    const start = this.#sizeBytes
    this.#sizeBytes += sizeBytes
    if (this.#sizeBytes > this.#bytes.byteLength) {
      const larger = new Uint8Array(Math.max(this.#sizeBytes, this.#bytes.byteLength * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
      this.#view = new DataView(larger.buffer)
    }
    return start
  }
}
