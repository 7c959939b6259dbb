import type { ControlSwitch } from '#base/abort.ts'
import type { Clock } from '#base/clock.ts'
import type { CopyTask, CopyTaskOutput } from './copy-files.ts'
import { copyInThreads } from './copy-in-threads.ts'
import { discardAfter, leavesNothing } from './leave-nothing.ts'
import type { PreparedRestore, RestoreOrder } from './prepare.ts'
import { nothingYet, type RestoreProgress } from './restore-progress.ts'

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
    if (leavesNothing(thrown, ports)) await discardAfter(thrown, () => ports.discard(order))
    throw thrown
  }
}
