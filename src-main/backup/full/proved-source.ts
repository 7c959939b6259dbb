import type { ByteSource } from '#base/byte-source.ts'
import { combineCrc32c, crc32c } from '../../rocksdb/crc32c.ts'

type Window = { readonly startBytes: number; readonly sizeBytes: number; readonly crc32c: number }

/**
 * A file that is parsed while others may write to it: it remembers the checksums of what the parser saw, so that a copy
 * can be proved to be of the same bytes.
 */
export class ProvedSource implements ByteSource {
  readonly name: string
  readonly sizeBytes: number
  readonly #source: ByteSource
  readonly #windows: Window[] = []
  #nextBytes = 0

  constructor(source: ByteSource) {
    this.#source = source
    this.name = source.name
    this.sizeBytes = source.sizeBytes
  }

  readInto(target: Uint8Array, offsetBytes: number): number {
    const count = this.#source.readInto(target, offsetBytes)
    // parsers read from the start to the end; looks ahead are no part of that
    if (offsetBytes === this.#nextBytes && count > 0) {
      this.#windows.push({ startBytes: offsetBytes, sizeBytes: count, crc32c: crc32c(target.subarray(0, count)) })
      this.#nextBytes += count
    }
    return count
  }

  /** CRC-32C of the first bytes as they were seen; null when they were not, or are not the same any more. */
  crcOf(sizeBytes: number): number | null {
    let crc = 0
    for (const window of this.#windows) {
      const wantedBytes = Math.min(window.sizeBytes, sizeBytes - window.startBytes)
      if (wantedBytes <= 0) break
      const part = wantedBytes === window.sizeBytes ? window.crc32c : this.#partOf(window, wantedBytes)
      if (part === null) return null
      crc = combineCrc32c(crc, part, wantedBytes)
    }
    return sizeBytes <= this.#nextBytes ? crc : null
  }

  close(): void {
    this.#source.close()
  }

  #partOf(window: Window, wantedBytes: number): number | null {
    const bytes = new Uint8Array(window.sizeBytes)
    if (this.#source.readInto(bytes, window.startBytes) !== window.sizeBytes) return null
    return crc32c(bytes) === window.crc32c ? crc32c(bytes.subarray(0, wantedBytes)) : null
  }
}
