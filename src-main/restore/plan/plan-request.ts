import type { RecoveryTarget } from '../../contract/recovery.ts'

export type RecoveryRequest = {
  readonly target: RecoveryTarget
  /** null: the one that the backup or the named point is on, else the current one */
  readonly timeline: string | null
  /** fulls that were found damaged while they were copied */
  readonly excludedBackupIds?: readonly number[]
}

export type PlanContext = {
  readonly nowUs: number
  /** of an earlier recovery on this machine; null: nothing was measured yet */
  readonly measuredBytesPerSecond: number | null
}
