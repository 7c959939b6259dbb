import { zstdDecompressSync } from 'node:zlib'
import { limits } from '#base/limits.ts'

const FIRST_CAPACITY_BYTES = 64 * 1024

/**
 * Puts the fragments of one logical record together. Memory follows the bytes that were really there, so millions
 * of empty fragments cost nothing. Problems are returned as texts: the walk knows the place.
 */
export class RecordAssembly {
  readonly #maxBytes: number
  #buffer = new Uint8Array(FIRST_CAPACITY_BYTES)
  #sizeBytes = 0
  #startOffsetBytes: number | null = null

  constructor(maxBytes: number = limits.logicalRecordBytesMax) {
    this.#maxBytes = maxBytes
  }

  /** File offset of the first fragment while a record is open. */
  get startOffsetBytes(): number | null {
    return this.#startOffsetBytes
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  start(offsetBytes: number): void {
    this.#startOffsetBytes = offsetBytes
    this.#sizeBytes = 0
  }

  drop(): void {
    this.#startOffsetBytes = null
    this.#sizeBytes = 0
  }

  /** False when the record would grow past the limit. */
  append(fragment: Uint8Array): boolean {
    const sizeBytes = this.#sizeBytes + fragment.length
    if (sizeBytes > this.#maxBytes) return false
    if (sizeBytes > this.#buffer.length) this.#grow(sizeBytes)
    this.#buffer.set(fragment, this.#sizeBytes)
    this.#sizeBytes = sizeBytes
    return true
  }

  /** Ends the record: a view that lives until the next start. */
  finish(): Uint8Array {
    this.#startOffsetBytes = null
    return this.#buffer.subarray(0, this.#sizeBytes)
  }

  #grow(sizeBytes: number): void {
    const larger = new Uint8Array(Math.min(this.#maxBytes, Math.max(sizeBytes, this.#buffer.length * 2)))
    larger.set(this.#buffer.subarray(0, this.#sizeBytes))
    this.#buffer = larger
  }
}

/** The bytes of a compressed logical record (docs/formats/rocksdb.md §2.3), or what is wrong with it. */
export function decompressRecord(stored: Uint8Array, maxBytes: number): Uint8Array | string {
  if (stored.length === 0) return stored
  try {
    return zstdDecompressSync(stored, { maxOutputLength: maxBytes })
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    if (isTooLarge) return `unpacks to more than ${maxBytes} bytes`
    return `cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`
  }
}
