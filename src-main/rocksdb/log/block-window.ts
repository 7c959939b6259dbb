import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { BLOCK_BYTES } from './record-type.ts'

const WINDOW_BYTES = 32 * BLOCK_BYTES

/** The blocks of a log, read a mebibyte at a time: the memory of a walk does not depend on the file. */
export class BlockWindow {
  readonly #source: ByteSource
  readonly #buffer: Uint8Array
  #startBytes = 0
  #filledBytes = 0

  constructor(source: ByteSource) {
    this.#source = source
    this.#buffer = new Uint8Array(Math.min(WINDOW_BYTES, Math.max(source.sizeBytes, 1)))
  }

  /**
   * The block at `offsetBytes`, shorter only at the end of the file. The view is overwritten by a later call.
   * @throws AppError SOURCE_CHANGED when the file has become shorter
   */
  block(offsetBytes: number): Uint8Array {
    const wantedBytes = Math.min(BLOCK_BYTES, this.#source.sizeBytes - offsetBytes)
    const isHere = offsetBytes >= this.#startBytes && offsetBytes + wantedBytes <= this.#startBytes + this.#filledBytes
    if (!isHere) this.#fill(offsetBytes)
    const start = offsetBytes - this.#startBytes
    return this.#buffer.subarray(start, start + wantedBytes)
  }

  #fill(offsetBytes: number): void {
    const wantedBytes = Math.min(this.#buffer.length, this.#source.sizeBytes - offsetBytes)
    const readBytes = this.#source.readInto(this.#buffer.subarray(0, wantedBytes), offsetBytes)
    if (readBytes < wantedBytes) {
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
