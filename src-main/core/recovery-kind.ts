import type { Clock } from '#base/clock.ts'
import type { JobKindDefinition } from '../jobs/job-kind.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'
import { isRestoreResumable } from '../restore/leave-nothing.ts'
import type { RecoveryOrder } from '../restore/recovery/prepare-recovery.ts'
import { runRecoveryInThreads } from './recovery-run.ts'

export type RecoveryInput = RecoveryOrder & { sourceId: number }

/** Brings a state of a repository back into a new directory and proves it; goes on where it was interrupted. */
export function recoveryKind(threads: {
  pool: WorkerPool
  threadCount: number
  clock: Clock
}): JobKindDefinition<RecoveryInput> {
  const { pool } = threads
  return {
    kind: 'recovery',
    backupIdOf: ({ plan }) => plan.base.backupId,
    title: ({ plan, targetPath }) => `Restore sequence ${plan.effective.sequence} to ${targetPath}`,
    async run(context, { sourceId: _sourceId, ...order }) {
      return { kind: 'recovery', report: await runRecoveryInThreads(order, threads, context) }
    },
    resume: {
      isResumable: isRestoreResumable,
      discard: async ({ targetPath, restoreId }) => void (await pool.run('discard-restore', { targetPath, restoreId })),
    },
  }
}
