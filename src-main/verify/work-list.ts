import { limits } from '#base/limits.ts'

/** Memory that all threads of one verification share: what to hash, who takes what, what came out. */
export type SharedWork = {
  /** one Int32: the next range to take */
  next: SharedArrayBuffer
  /** per range: Int32 index of the file */
  fileIndex: SharedArrayBuffer
  /** per range: Float64 where it starts and how long it is, in bytes */
  offsetBytes: SharedArrayBuffer
  lengthBytes: SharedArrayBuffer
  /** per range: Uint32 CRC32C */
  crc32c: SharedArrayBuffer
  /** per thread: Float64 bytes done; Float64 ranges done; Float64 index of the file it is at */
  progress: SharedArrayBuffer
}

export const PROGRESS_FIELDS = 3

/** Cuts files into ranges, so that one large file keeps all threads busy. An empty file is one empty range. */
export function makeWork(sizesBytes: readonly number[], threadCount: number): SharedWork {
  const rangeCounts = sizesBytes.map((sizeBytes) => Math.max(1, Math.ceil(sizeBytes / limits.hashRangeBytes)))
  const total = rangeCounts.reduce((sum, count) => sum + count, 0)
  const work: SharedWork = {
    next: new SharedArrayBuffer(4),
    fileIndex: new SharedArrayBuffer(total * 4),
    offsetBytes: new SharedArrayBuffer(total * 8),
    lengthBytes: new SharedArrayBuffer(total * 8),
    crc32c: new SharedArrayBuffer(total * 4),
    progress: new SharedArrayBuffer(threadCount * PROGRESS_FIELDS * 8),
  }
  const fileIndex = new Int32Array(work.fileIndex)
  const offsets = new Float64Array(work.offsetBytes)
  const lengths = new Float64Array(work.lengthBytes)
  let range = 0
  sizesBytes.forEach((sizeBytes, file) => {
    for (let part = 0; part < (rangeCounts[file] ?? 0); part += 1) {
      fileIndex[range] = file
      offsets[range] = part * limits.hashRangeBytes
      lengths[range] = Math.min(limits.hashRangeBytes, sizeBytes - part * limits.hashRangeBytes)
      range += 1
    }
  })
  return work
}

/** What all threads together have done so far. */
export function readProgress(work: SharedWork): { doneBytes: number; doneRanges: number; fileIndex: number } {
  const fields = new Float64Array(work.progress)
  let doneBytes = 0
  let doneRanges = 0
  for (let slot = 0; slot < fields.length; slot += PROGRESS_FIELDS) {
    doneBytes += fields[slot] ?? 0
    doneRanges += fields[slot + 1] ?? 0
  }
  return { doneBytes, doneRanges, fileIndex: fields[2] ?? 0 }
}
