import type { ByteSource } from '#base/byte-source.ts'
import { failAt, type Place } from '../place.ts'

/**
 * Views of a file's bytes. Reads that follow each other, forward or back, go through a buffer that doubles up to
 * `readAheadBytesMax`, so a scan makes few calls and a single look-up reads only what it needs. A view is valid until
 * the next call.
 */
export class ReadWindow {
  readonly #source: ByteSource
  readonly #readAheadBytesMax: number
  #buffer: Uint8Array
  #start = 0
  #length = 0
  /** where the last view lay; nowhere before the first one */
  #lastOffset = -1
  #lastEnd = -1
  #readAheadBytes = 0

  /** @param buffer memory to start with, which nobody else uses while this reads */
  constructor(source: ByteSource, readAheadBytesMax: number, buffer = new Uint8Array(0)) {
    this.#source = source
    this.#readAheadBytesMax = readAheadBytesMax
    this.#buffer = buffer
  }

  /** What locate() gives places in. */
  get bytes(): Uint8Array {
    return this.#buffer
  }

  /** @throws DamageError when the file ends before the view does */
  view(offsetBytes: number, sizeBytes: number, place: Place): Uint8Array {
    if (!this.#holds(offsetBytes, sizeBytes)) this.#fill(offsetBytes, sizeBytes, place)
    const at = this.#stepTo(offsetBytes, sizeBytes)
    return this.#buffer.subarray(at, at + sizeBytes)
  }

  /** Where a range that is in memory already starts in `bytes`, which saves the view; -1 when it must be read. */
  locate(offsetBytes: number, sizeBytes: number): number {
    return this.#holds(offsetBytes, sizeBytes) ? this.#stepTo(offsetBytes, sizeBytes) : -1
  }

  #holds(offsetBytes: number, sizeBytes: number): boolean {
    return offsetBytes >= this.#start && offsetBytes + sizeBytes <= this.#start + this.#length
  }

  #stepTo(offsetBytes: number, sizeBytes: number): number {
    this.#lastOffset = offsetBytes
    this.#lastEnd = offsetBytes + sizeBytes
    return offsetBytes - this.#start
  }

  #fill(offsetBytes: number, sizeBytes: number, place: Place): void {
    const available = Math.max(0, this.#source.sizeBytes - offsetBytes)
    // checked before memory is taken: the size comes from the file
    if (available < sizeBytes)
      failAt(place, 'goes past the end of the file', `${sizeBytes} bytes`, `${available} bytes`)
    const endBytes = offsetBytes + sizeBytes
    const follows = this.#lastEnd > 0 && offsetBytes >= this.#lastEnd && offsetBytes < this.#lastEnd + sizeBytes
    const precedes = endBytes <= this.#lastOffset && endBytes > this.#lastOffset - sizeBytes
    this.#readAheadBytes =
      follows || precedes ? Math.min(this.#readAheadBytesMax, Math.max(sizeBytes, this.#readAheadBytes) * 2) : 0
    const windowBytes = Math.max(sizeBytes, this.#readAheadBytes)
    const start = precedes ? Math.max(0, endBytes - windowBytes) : offsetBytes
    const wanted = precedes ? endBytes - start : Math.min(available, windowBytes)
    this.#length = 0
    if (this.#buffer.length < wanted || this.#buffer.length > this.#readAheadBytesMax + wanted) {
      this.#buffer = new Uint8Array(wanted)
    }
    const target = this.#buffer.length === wanted ? this.#buffer : this.#buffer.subarray(0, wanted)
    const count = this.#source.readInto(target, start)
    const found = count - (offsetBytes - start)
    if (found < sizeBytes) failAt(place, 'file ended early', `${sizeBytes} bytes`, `${Math.max(0, found)} bytes`)
    this.#start = start
    this.#length = count
  }
}
