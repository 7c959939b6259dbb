const FILE_INDEX_MAX = 0xffff

/** The physical record that is being replayed, as its values can be found again later. */
export class RecordPlace {
  fileIndex = 0
  offsetBytes = 0
  sizeBytes = 0
  #payload: Uint8Array = new Uint8Array(0)
  /** negative when the payload does not lie in the file as it is: compressed, or in several fragments */
  #headerBytes = -1

  /** @param payloadOffsetBytes as walkLog gives it */
  enter(fileIndex: number, offsetBytes: number, payload: Uint8Array, payloadOffsetBytes: number | null): void {
    this.fileIndex = fileIndex
    this.offsetBytes = offsetBytes
    this.#payload = payload
    this.#headerBytes =
      payloadOffsetBytes === null || fileIndex > FILE_INDEX_MAX ? -1 : payloadOffsetBytes - offsetBytes
    this.sizeBytes = this.#headerBytes + payload.length
  }

  /** Where a view into the payload starts in the record, header included; negative when it cannot be found again. */
  offsetOf(value: Uint8Array): number {
    if (this.#headerBytes < 0 || value.buffer !== this.#payload.buffer) return -1
    return this.#headerBytes + value.byteOffset - this.#payload.byteOffset
  }
}
