import type { RecoveryOptions, RecoveryPlan, RecoveryReport } from '#contract'

/** What a recovery made, to be compared with what the repository shows for the same point. Plain data. */
export type ProofTask = {
  plan: RecoveryPlan
  /** the recovered database */
  filesPath: string
  level: RecoveryOptions['proofLevel']
  /** when it is: rows from the future are not believed when the codec is chosen */
  nowMs: number
  /** unflushed logs of which so much is held in memory at once, the keys in parts when they are longer; absent: what fits */
  logBytesPerPart?: number
  control: SharedArrayBuffer
  /** Float64: rows looked at */
  progress: SharedArrayBuffer
}

export type RecoveryProof = RecoveryReport['proof']

export const PROOF_PROGRESS_FIELDS = 1
