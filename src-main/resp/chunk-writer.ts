const firstChunkBytes = 512
const chunkBytesMax = 64 * 1024
/** below this a value is copied beside its neighbours, above it goes out as it is */
const copiedBytesMax = 16 * 1024

/** Gathers bytes into chunks of at most 64 KiB; a large value becomes a chunk of its own without being copied. */
export class ChunkWriter {
  #full: Uint8Array[] = []
  #buffer = Buffer.allocUnsafe(firstChunkBytes)
  #used = 0

  /** @param text ASCII only */
  ascii(text: string): void {
    this.#reserve(text.length)
    this.#used += this.#buffer.write(text, this.#used, 'latin1')
  }

  bytes(value: Uint8Array): void {
    if (value.length > copiedBytesMax) {
      this.#finishChunk()
      this.#full.push(value)
      return
    }
    this.#reserve(value.length)
    this.#buffer.set(value, this.#used)
    this.#used += value.length
  }

  /** The chunks that are full by now; they are given once. */
  takeFull(): readonly Uint8Array[] {
    const full = this.#full
    if (full.length > 0) this.#full = []
    return full
  }

  /** All that is left. */
  takeRest(): readonly Uint8Array[] {
    this.#finishChunk()
    return this.takeFull()
  }

  #reserve(sizeBytes: number): void {
    if (this.#used + sizeBytes <= this.#buffer.length) return
    const wanted = Math.min(chunkBytesMax, Math.max(this.#buffer.length * 2, this.#used + sizeBytes))
    if (this.#used + sizeBytes > wanted) {
      this.#finishChunk()
      this.#reserve(sizeBytes)
      return
    }
    const larger = Buffer.allocUnsafe(wanted)
    larger.set(this.#buffer.subarray(0, this.#used))
    this.#buffer = larger
  }

  #finishChunk(): void {
    if (this.#used === 0) return
    this.#full.push(this.#buffer.subarray(0, this.#used))
    this.#buffer = Buffer.allocUnsafe(firstChunkBytes)
    this.#used = 0
  }
}
