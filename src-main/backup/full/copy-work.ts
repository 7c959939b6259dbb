/** What the threads that copy shared files have in common. */
export type CopyWork = {
  /** one Int32: the next file to take */
  next: SharedArrayBuffer
  /** per file: Int32, a copyOutcome */
  outcome: SharedArrayBuffer
  /** per file: Uint32 CRC-32C */
  crc32c: SharedArrayBuffer
  /** per thread: Float64 bytes read, files done, index of the file it is at */
  progress: SharedArrayBuffer
}

/** What became of a shared file. */
export const copyOutcome = {
  open: 0,
  /** it was there */
  shared: 1,
  /** its name is new in the repository */
  copied: 2,
  /** a file of this name that no backup vouched for was written anew */
  replaced: 3,
} as const

export const FULL_PROGRESS_FIELDS = 3

export function makeCopyWork(fileCount: number, threadCount: number): CopyWork {
  return {
    next: new SharedArrayBuffer(4),
    outcome: new SharedArrayBuffer(fileCount * 4),
    crc32c: new SharedArrayBuffer(fileCount * 4),
    progress: new SharedArrayBuffer(threadCount * FULL_PROGRESS_FIELDS * 8),
  }
}
