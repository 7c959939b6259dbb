import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import type { ErrorCode } from '#base/error-codes.ts'
import type { RecoveryPlan, RecoveryReport } from '#contract'
import { discardAfter, leavesNothing } from '../leave-nothing.ts'
import type { RecoveryOrder } from './prepare-recovery.ts'
import { attemptRecovery, type RecoveryPorts } from './run-recovery.ts'

export type AlternativePorts = RecoveryPorts & {
  /** The same point from a base that is none of these; null when there is none. */
  replan(excludedBackupIds: readonly number[]): Promise<RecoveryPlan | null>
}

// what another base can help with: a file of this one is damaged, was cut, or is gone
const OF_THE_BASE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CHECKSUM_MISMATCH',
  'SOURCE_CHANGED',
  'BACKUP_INCOMPLETE',
  'BACKUP_NOT_FOUND',
  'PATH_NOT_FOUND',
])

/**
 * As runRecovery, and when the base turns out to be damaged it goes on with the next best one: files that the two share stay,
 * and are proved again. Without another base it ends with the first error, and the target is not there.
 * @throws as runRecovery
 */
export async function recoverWithAlternatives(order: RecoveryOrder, ports: AlternativePorts): Promise<RecoveryReport> {
  const excluded: number[] = []
  let plan = order.plan
  let first: unknown = null
  try {
    for (;;) {
      try {
        const isResumed = ports.isResumed || excluded.length > 0
        return await attemptRecovery({ ...order, plan }, { ...ports, isResumed })
      } catch (thrown) {
        first ??= thrown
        if (!helpsAnother(thrown, ports.isResumed)) throw thrown
        excluded.push(plan.base.backupId)
        const next = await ports.replan(excluded)
        if (next === null) throw first
        plan = next
      }
    }
  } catch (thrown) {
    if (leavesNothing(thrown, ports)) await discardAfter(thrown, () => ports.discard(order))
    throw thrown
  }
}

/** A target that an earlier run published from another base looks like a foreign one to the plan of the first. */
function helpsAnother(thrown: unknown, isResumed: boolean): boolean {
  if (thrown instanceof DamageError) return true
  if (!(thrown instanceof AppError)) return false
  return OF_THE_BASE.has(thrown.code) || (isResumed && thrown.code === 'TARGET_NOT_EMPTY')
}
