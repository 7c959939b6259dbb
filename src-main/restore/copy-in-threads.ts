import type { ControlSwitch } from '#base/abort.ts'
import { COPY_PROGRESS_FIELDS, type CopyTask, type CopyTaskOutput } from './copy-files.ts'
import type { PreparedRestore } from './prepare.ts'
import type { RestoreProgress } from './restore-progress.ts'

/** What copying needs from whoever runs it. */
export type CopyPorts = {
  threadCount: number
  copy(task: CopyTask): Promise<CopyTaskOutput>
  control: ControlSwitch
  trackProgress(read: () => RestoreProgress): void
}

/** Copies some files of a restore by several threads. @param rateLimitBytesPerSecond over all of them; 0: no limit */
export async function copyInThreads(
  prepared: PreparedRestore,
  copies: PreparedRestore['copies'],
  threadCount: number,
  ports: CopyPorts,
  rateLimitBytesPerSecond = 0,
): Promise<CopyTaskOutput> {
  const progress = new SharedArrayBuffer(threadCount * COPY_PROGRESS_FIELDS * 8)
  const next = new SharedArrayBuffer(4)
  ports.trackProgress(progressReader(prepared, copies, progress))
  const task = {
    root: prepared.root,
    filesPath: prepared.filesPath,
    isPublished: prepared.isPublished,
    copies,
    next,
    control: ports.control.shared,
    rateLimitBytesPerSecond: rateLimitBytesPerSecond / threadCount,
    progress,
  }
  const outputs = await Promise.allSettled(
    Array.from({ length: threadCount }, (_, slot) => ports.copy({ ...task, slot })),
  )
  const output: CopyTaskOutput = { provedFileCount: 0, resumedFileCount: 0 }
  for (const result of outputs) {
    if (result.status === 'rejected') throw result.reason
    output.provedFileCount += result.value.provedFileCount
    output.resumedFileCount += result.value.resumedFileCount
  }
  return output
}

function progressReader(
  prepared: PreparedRestore,
  copies: PreparedRestore['copies'],
  progress: SharedArrayBuffer,
): () => RestoreProgress {
  const fields = new Float64Array(progress)
  const isLast = copies.length < prepared.copies.length && copies[0]?.databaseName === 'CURRENT'
  return () => {
    let doneBytes = 0
    let doneCount = 0
    for (let slot = 0; slot < fields.length; slot += COPY_PROGRESS_FIELDS) {
      doneBytes += fields[slot] ?? 0
      doneCount += fields[slot + 1] ?? 0
    }
    const before = isLast ? prepared.totalBytes - sumBytes(copies) : 0
    return {
      phase: isLast ? 'Publishing' : 'Copying and proving',
      doneBytes: before + doneBytes,
      totalBytes: prepared.totalBytes,
      doneCount: (isLast ? prepared.copies.length - copies.length : 0) + doneCount,
      totalCount: prepared.copies.length,
      currentFile: copies[fields[2] ?? 0]?.path ?? null,
    }
  }
}

function sumBytes(copies: PreparedRestore['copies']): number {
  return copies.reduce((sum, copy) => sum + copy.sizeBytes, 0)
}
