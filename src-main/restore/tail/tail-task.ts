/** A segment that a recovery applies, and up to where: the next one goes on behind it. */
export type TailSegment = {
  /** relative to the repository */
  path: string
  firstSequence: number
  lastSequence: number
}

/** Which commits go into the one log that a recovery writes beside the files of its base. Plain data. */
export type TailTask = {
  /** the repository */
  root: string
  /** where the files of the base lie, its MANIFEST and logs proved */
  filesPath: string
  /** that CURRENT will name */
  manifestName: string
  /** of the log that is written: its number is above every number in the MANIFEST and in the names of files */
  fileName: string
  /** the base holds the commits up to here */
  baseLastSequence: number
  /** the last one that is applied: the end of a commit */
  lastSequence: number
  /** in the order of their sequences */
  segments: TailSegment[]
  /** the log is there under its final name: prove it, change nothing */
  isPublished: boolean
  /** 0: no limit */
  rateLimitBytesPerSecond: number
  control: SharedArrayBuffer
  /** Float64: bytes written, commits applied */
  progress: SharedArrayBuffer
}

export type TailOutput = {
  sizeBytes: number
  commitCount: number
  /** unmasked, of the whole log */
  crc32c: number
}

export const TAIL_PROGRESS_FIELDS = 2
