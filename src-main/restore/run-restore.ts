import { type ControlSwitch, StoppedError } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import type { ErrorCode } from '#base/error-codes.ts'
import { COPY_PROGRESS_FIELDS, type CopyTask, type CopyTaskOutput } from './copy-files.ts'
import type { PreparedRestore, RestoreOrder } from './prepare.ts'

export type RestoreProgress = {
  phase: string
  doneBytes: number
  totalBytes: number | null
  doneCount: number
  totalCount: number | null
  currentFile: string | null
}

/** What a restore needs from whoever runs it: threads, and somebody who watches. */
export type RestorePorts = {
  threadCount: number
  prepare(order: RestoreOrder & { isResumed: boolean }): Promise<PreparedRestore>
  copy(task: CopyTask): Promise<CopyTaskOutput>
  publish(restore: PreparedRestore): Promise<{ writtenBytes: number }>
  discard(order: RestoreOrder): Promise<unknown>
  /** whether an earlier run of this restore was interrupted */
  isResumed: boolean
  control: ControlSwitch
  trackProgress(read: () => RestoreProgress): void
  /** whether what was copied is to be removed: a person cancelled, as opposed to the program ending */
  wasCancelled(): boolean
  clock: Clock
}

export type RestoreRun = {
  targetPath: string
  fileCount: number
  writtenBytes: number
  provedFileCount: number
  resumedFileCount: number
  durationUs: number
}

/**
 * Restores a backup into a new directory: everything but CURRENT by several threads, then CURRENT, then one rename.
 * Cancelled, or stopped by a damaged file, it leaves nothing behind; killed, or stopped by the disk, it can be resumed.
 * @throws AppError, DamageError, StoppedError
 */
export async function runRestore(order: RestoreOrder, ports: RestorePorts): Promise<RestoreRun> {
  const startedUs = ports.clock.monotonicUs()
  ports.trackProgress(() => ({ ...nothingYet, phase: 'Checking' }))
  try {
    const prepared = await ports.prepare({ ...order, isResumed: ports.isResumed })
    const rest = prepared.copies.filter((copy) => copy.databaseName !== 'CURRENT')
    const current = prepared.copies.filter((copy) => copy.databaseName === 'CURRENT')
    const copied = await copyInThreads(prepared, rest, ports.threadCount, ports)
    const last = await copyInThreads(prepared, current, 1, ports)
    const { writtenBytes } = await ports.publish(prepared)
    return {
      targetPath: prepared.targetPath,
      fileCount: prepared.copies.length,
      writtenBytes,
      provedFileCount: copied.provedFileCount + last.provedFileCount,
      resumedFileCount: copied.resumedFileCount + last.resumedFileCount,
      durationUs: ports.clock.monotonicUs() - startedUs,
    }
  } catch (thrown) {
    if (leavesNothing(thrown, ports)) await discardAfter(thrown, order, ports)
    throw thrown
  }
}

// a disk that is full, failed or went away comes back; a damaged or another backup does not
const RESUMABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DISK_FULL',
  'IO_FAILED',
  'PATH_NOT_FOUND',
  'NOT_A_DIRECTORY',
  'NOT_A_BACKUP_DIRECTORY',
  'ACCESS_DENIED',
  'TARGET_UNUSABLE',
  'TARGET_NOT_EMPTY',
  'INTERNAL',
  'STOPPED',
])

/** Whether a failed restore can go on from what it copied: a disk failed, not the backup. */
export function isRestoreResumable(thrown: unknown): boolean {
  return thrown instanceof AppError && RESUMABLE.has(thrown.code)
}

function leavesNothing(thrown: unknown, ports: RestorePorts): boolean {
  return thrown instanceof StoppedError ? ports.wasCancelled() : !isRestoreResumable(thrown)
}

/** Why a restore ended must not be lost because what it copied could not be removed as well. */
async function discardAfter(thrown: unknown, order: RestoreOrder, ports: RestorePorts): Promise<void> {
  try {
    await ports.discard(order)
  } catch (cause) {
    if (!(thrown instanceof AppError)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    const nextStep = [thrown.facts.nextStep, `What was copied could not be removed (${reason}); remove it by hand.`]
    throw new AppError(thrown.code, { ...thrown.facts, nextStep: nextStep.join(' ').trim() }, { cause: thrown })
  }
}

const nothingYet: RestoreProgress = {
  phase: '',
  doneBytes: 0,
  totalBytes: null,
  doneCount: 0,
  totalCount: null,
  currentFile: null,
}

async function copyInThreads(
  prepared: PreparedRestore,
  copies: PreparedRestore['copies'],
  threadCount: number,
  ports: RestorePorts,
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
