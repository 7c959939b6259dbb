const FILE_INDEX_MAX = 0xffff

/** The physical record that is being replayed, as its values can be found again later. */
export class RecordPlace {
  fileIndex = 0
  offsetBytes = 0
  sizeBytes = 0
  /** negative when the payload does not lie in the file as it is: compressed, or in several fragments */
  headerBytes = -1

  /** @param payloadOffsetBytes as walkLog gives it */
  enter(fileIndex: number, offsetBytes: number, payloadBytes: number, payloadOffsetBytes: number | null): void {
    const isFound = payloadOffsetBytes !== null && fileIndex <= FILE_INDEX_MAX
    this.fileIndex = fileIndex
    this.offsetBytes = offsetBytes
    this.headerBytes = isFound ? payloadOffsetBytes - offsetBytes : -1
    this.sizeBytes = this.headerBytes + payloadBytes
  }
}
