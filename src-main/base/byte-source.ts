/**
 * Random access to the bytes of one file, wherever it lives. Synchronous on purpose: readers run in worker
 * threads, where a plain call is the fastest and the simplest; a remote source blocks its worker.
 */
export interface ByteSource {
  /** relative to the opened directory, for messages */
  readonly name: string
  /** the size when it was opened; a file that changes later is reported by the reads */
  readonly sizeBytes: number
  /**
   * Fills `target` from `offsetBytes` and returns how many bytes were there (less only at the end of the file).
   * @throws AppError IO_FAILED
   */
  readInto(target: Uint8Array, offsetBytes: number): number
  close(): void
}
