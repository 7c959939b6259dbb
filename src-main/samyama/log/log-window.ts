import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'

const WINDOW_BYTES = 1024 * 1024

/** A part of a log in memory: a mebibyte, or one record when that is larger. */
export class LogWindow {
  readonly #source: ByteSource
  #buffer: Uint8Array
  #startBytes = 0
  #filledBytes = 0

  constructor(source: ByteSource) {
    this.#source = source
    this.#buffer = new Uint8Array(Math.min(WINDOW_BYTES, source.sizeBytes))
  }

  /**
   * The bytes from `offsetBytes`, fewer only at the end of the file. The view is overwritten by a later call.
   * @throws AppError IO_FAILED, SOURCE_CHANGED when the file has become shorter
   */
  bytes(offsetBytes: number, sizeBytes: number): Uint8Array {
    const wantedBytes = Math.min(sizeBytes, this.#source.sizeBytes - offsetBytes)
    const isHere = offsetBytes >= this.#startBytes && offsetBytes + wantedBytes <= this.#startBytes + this.#filledBytes
    if (!isHere) this.#fill(offsetBytes, wantedBytes)
    const start = offsetBytes - this.#startBytes
    return this.#buffer.subarray(start, start + wantedBytes)
  }

  #fill(offsetBytes: number, wantedBytes: number): void {
    if (wantedBytes > this.#buffer.length) this.#buffer = new Uint8Array(wantedBytes)
    const fillBytes = Math.min(this.#buffer.length, this.#source.sizeBytes - offsetBytes)
    const readBytes = this.#source.readInto(this.#buffer.subarray(0, fillBytes), offsetBytes)
    if (readBytes < fillBytes) {
      throw new AppError('SOURCE_CHANGED', {
        message: 'the file became shorter while it was read',
        subject: this.#source.name,
        nextStep: 'Make sure that nothing writes to it, then try again.',
      })
    }
    this.#startBytes = offsetBytes
    this.#filledBytes = readBytes
  }
}
