import type { ByteSource } from '#base/byte-source.ts'
import { failAt, type Place } from '../place.ts'

/**
 * Views of a file's bytes. Reads that follow each other go through a buffer that doubles up to `readAheadBytesMax`,
 * so a scan makes few calls and a single look-up reads only what it needs. A view is valid until the next call.
 */
export class ReadWindow {
  readonly #source: ByteSource
  readonly #readAheadBytesMax: number
  #buffer = new Uint8Array(0)
  #start = 0
  #length = 0
  #nextOffset = -1
  #readAheadBytes = 0

  constructor(source: ByteSource, readAheadBytesMax: number) {
    this.#source = source
    this.#readAheadBytesMax = readAheadBytesMax
  }

  /** @throws DamageError when the file ends before the view does */
  view(offsetBytes: number, sizeBytes: number, place: Place): Uint8Array {
    if (offsetBytes < this.#start || offsetBytes + sizeBytes > this.#start + this.#length) {
      this.#fill(offsetBytes, sizeBytes, place)
    }
    this.#nextOffset = offsetBytes + sizeBytes
    const at = offsetBytes - this.#start
    return this.#buffer.subarray(at, at + sizeBytes)
  }

  #fill(offsetBytes: number, sizeBytes: number, place: Place): void {
    const follows =
      offsetBytes >= this.#nextOffset && offsetBytes < this.#nextOffset + sizeBytes && this.#nextOffset > 0
    this.#readAheadBytes = follows
      ? Math.min(this.#readAheadBytesMax, Math.max(sizeBytes, this.#readAheadBytes) * 2)
      : 0
    const available = Math.max(0, this.#source.sizeBytes - offsetBytes)
    const wanted = Math.min(available, Math.max(sizeBytes, this.#readAheadBytes))
    // checked before memory is taken: the size comes from the file
    if (wanted < sizeBytes) failAt(place, 'goes past the end of the file', `${sizeBytes} bytes`, `${available} bytes`)
    this.#length = 0
    if (this.#buffer.length < wanted || this.#buffer.length > this.#readAheadBytesMax + wanted) {
      this.#buffer = new Uint8Array(wanted)
    }
    const target = this.#buffer.length === wanted ? this.#buffer : this.#buffer.subarray(0, wanted)
    const count = this.#source.readInto(target, offsetBytes)
    if (count < sizeBytes) failAt(place, 'file ended early', `${sizeBytes} bytes`, `${count} bytes`)
    this.#start = offsetBytes
    this.#length = count
  }
}
