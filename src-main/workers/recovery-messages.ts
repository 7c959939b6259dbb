import type {
  ActivityBucket,
  ArchivedCommit,
  PlannedRecovery,
  RecoveryOverview,
  RecoveryPlan,
  RecoveryReport,
  RecoveryTarget,
  SignedReport,
  TypedPoint,
} from '#contract'
import type { ProofTask, RecoveryProof } from '../restore/proof/proof-task.ts'
import type { PreparedRecovery, RecoveryOrder } from '../restore/recovery/prepare-recovery.ts'
import type { TailOutput, TailTask } from '../restore/tail/tail-task.ts'
import type { TargetCheck } from '../restore/target.ts'

/** A line of commits in a repository; timeline null: the current one. */
export type TimelinePlace = { readonly path: string; readonly timeline: string | null }

/** What threads do to find, plan and prove a point to go back to. */
export type RecoveryTasks = {
  'recovery-overview': { input: { path: string }; output: RecoveryOverview }
  'recovery-activity': {
    input: TimelinePlace & { fromUs: number; toUs: number; bucketCount: number }
    output: ActivityBucket[]
  }
  'recovery-commits-around': {
    input: TimelinePlace & {
      at: { sequence: number } | { timeUs: number }
      beforeCount: number
      afterCount: number
    }
    output: ArchivedCommit[]
  }
  'read-typed-point': { input: { path: string; text: string; zone: string; nowUs: number }; output: TypedPoint }
  'plan-recovery': {
    input: TimelinePlace & {
      target: RecoveryTarget
      /** fulls that were found damaged */
      excludedBackupIds: readonly number[]
      /** of an earlier recovery on this machine; null: nothing was measured yet */
      measuredBytesPerSecond: number | null
    }
    output: PlannedRecovery
  }
  /** @throws AppError PLAN_OUTDATED */
  'check-plan': { input: { plan: RecoveryPlan }; output: null }
  'check-recovery-target': {
    input: { plan: RecoveryPlan; targetPath: string; restoreId: string | null }
    output: TargetCheck
  }
  'prepare-recovery': { input: RecoveryOrder & { isResumed: boolean }; output: PreparedRecovery }
  'write-tail': { input: TailTask; output: TailOutput }
  'prove-recovery': { input: ProofTask; output: RecoveryProof }
  'sign-report': { input: { dataFolder: string; report: RecoveryReport }; output: SignedReport }
}
