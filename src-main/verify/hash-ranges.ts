import { ControlSwitch, StoppedError } from '#base/abort.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { limits } from '#base/limits.ts'
import { BackupDirectory } from '../repository/backup-directory.ts'
import { crc32c } from '../rocksdb/crc32c.ts'
import type { FoundProblem } from './plan.ts'
import { PROGRESS_FIELDS, type SharedWork } from './work-list.ts'

/** One thread's part of a verification: it takes ranges until none is left. */
export type HashTask = {
  path: string
  files: { path: string; sizeBytes: number }[]
  work: SharedWork
  control: SharedArrayBuffer
  slot: number
}

export type HashTaskOutput = { problems: FoundProblem[] }

/**
 * Hashes ranges until none is left, with one buffer. A file that cannot be read, or that is not as long as it was, is a
 * problem of that file; the others go on.
 * @throws StoppedError when its control switch was stopped
 */
export function hashRanges(task: HashTask): HashTaskOutput {
  const directory = new BackupDirectory(task.path)
  const control = new ControlSwitch(task.control)
  const next = new Int32Array(task.work.next)
  const fileIndex = new Int32Array(task.work.fileIndex)
  const offsets = new Float64Array(task.work.offsetBytes)
  const lengths = new Float64Array(task.work.lengthBytes)
  const results = new Uint32Array(task.work.crc32c)
  const progress = new Float64Array(task.work.progress, task.slot * PROGRESS_FIELDS * 8, PROGRESS_FIELDS)
  const buffer = Buffer.allocUnsafeSlow(limits.readChunkBytes)
  const problems: FoundProblem[] = []
  for (;;) {
    control.checkpoint()
    const range = Atomics.add(next, 0, 1)
    const index = fileIndex[range]
    const file = index === undefined ? undefined : task.files[index]
    if (index === undefined || file === undefined) return { problems }
    progress[2] = index
    try {
      const source = directory.open(file.path)
      try {
        if (source.sizeBytes !== file.sizeBytes) throw new ChangedError(source.sizeBytes)
        results[range] = hashRange(source, offsets[range] ?? 0, lengths[range] ?? 0, { buffer, control, progress })
      } finally {
        source.close()
      }
    } catch (cause) {
      if (cause instanceof StoppedError) throw cause
      problems.push(problemOf(file, cause))
    }
    progress[1] = (progress[1] ?? 0) + 1
  }
}

type Tools = { buffer: Buffer; control: ControlSwitch; progress: Float64Array }

function hashRange(source: ByteSource, offsetBytes: number, lengthBytes: number, tools: Tools): number {
  let crc = 0
  let doneBytes = 0
  while (doneBytes < lengthBytes) {
    tools.control.checkpoint()
    const wanted = Math.min(tools.buffer.byteLength, lengthBytes - doneBytes)
    const chunk = tools.buffer.subarray(0, wanted)
    const count = source.readInto(chunk, offsetBytes + doneBytes)
    if (count < wanted) throw new ChangedError(offsetBytes + doneBytes + count)
    crc = crc32c(chunk, crc)
    doneBytes += wanted
    tools.progress[0] = (tools.progress[0] ?? 0) + wanted
  }
  return crc
}

class ChangedError extends Error {
  readonly sizeBytes: number

  constructor(sizeBytes: number) {
    super('the file changed while it was read')
    this.sizeBytes = sizeBytes
  }
}

function problemOf(file: { path: string; sizeBytes: number }, cause: unknown): FoundProblem {
  if (cause instanceof ChangedError) {
    return { path: file.path, kind: 'changed', expected: `${file.sizeBytes} bytes`, found: `${cause.sizeBytes} bytes` }
  }
  const found = cause instanceof Error ? cause.message : String(cause)
  return { path: file.path, kind: 'unreadable', expected: 'a readable file', found }
}
