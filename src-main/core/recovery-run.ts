import { randomUUID } from 'node:crypto'
import type { ControlSwitch } from '#base/abort.ts'
import type { Clock } from '#base/clock.ts'
import type { RecoveryPlan, RecoveryReport } from '#contract'
import type { RecoveryOrder as AgentOrder } from '../agent/threads.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'
import type { RecoveryOrder } from '../restore/recovery/prepare-recovery.ts'
import { recoverWithAlternatives } from '../restore/recovery/recover-with-alternatives.ts'
import type { RestoreProgress } from '../restore/restore-progress.ts'

type Threads = { readonly pool: WorkerPool; readonly threadCount: number; readonly clock: Clock }

/** Who watches a recovery, and may end it. */
export type RecoveryWatch = {
  readonly control: ControlSwitch
  readonly isResumed: boolean
  readonly wasCancelled: () => boolean
  readonly trackProgress: (read: () => RestoreProgress) => void
}

/**
 * Carries a recovery out in the threads of a pool; where its base turns out to be damaged, from another one.
 * @throws AppError, DamageError, StoppedError
 */
export function runRecoveryInThreads(
  order: RecoveryOrder,
  { pool, threadCount, clock }: Threads,
  watch: RecoveryWatch,
): Promise<RecoveryReport> {
  return recoverWithAlternatives(order, {
    ...watch,
    threadCount,
    clock,
    checkPlan: (plan) => pool.run('check-plan', { plan }),
    prepare: (request) => pool.run('prepare-recovery', request),
    copy: (task) => pool.run('copy-files', task),
    writeTail: (task) => pool.run('write-tail', task),
    prove: (task) => pool.run('prove-recovery', task),
    publish: (prepared) => pool.run('publish-restore', prepared),
    discard: ({ targetPath, restoreId }) => pool.run('discard-restore', { targetPath, restoreId }),
    replan: (excludedBackupIds) => replan(order.plan, excludedBackupIds, pool),
  })
}

/** A recovery that nobody goes on with: stopped, it leaves nothing. */
export function recoverForAgent(order: AgentOrder, threads: Threads): Promise<RecoveryReport> {
  const { plan, targetPath, control, trackProgress } = order
  const options = { proofLevel: 'sampled' as const, rateLimitBytesPerSecond: 0 }
  return runRecoveryInThreads({ plan, targetPath, restoreId: randomUUID(), options }, threads, {
    control,
    isResumed: false,
    wasCancelled: () => true,
    trackProgress: (read) => trackProgress(() => share(read())),
  })
}

/** The same state from another base: what was committed since the first plan does not come in. */
async function replan(
  plan: RecoveryPlan,
  excludedBackupIds: readonly number[],
  pool: WorkerPool,
): Promise<RecoveryPlan | null> {
  const { repositoryPath: path, timeline, target } = plan
  const sequence = { kind: 'sequence' as const, sequence: plan.effective.sequence }
  const asked = { path, timeline, target: sequence, excludedBackupIds, measuredBytesPerSecond: null }
  const planned = await pool.run('plan-recovery', asked)
  return planned.kind === 'planned' ? { ...planned.plan, target } : null
}

function share({ doneBytes, totalBytes }: RestoreProgress): number | null {
  return totalBytes === null || totalBytes === 0 ? null : Math.min(1, doneBytes / totalBytes)
}
