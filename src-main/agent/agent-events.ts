import type { Policy } from '../repository/own/format/policy.ts'
import type { PrunedBackup, RestoreOutcome, VerificationReport } from './backup-service.ts'

/** What the agent tells whoever writes its log and counts. */
export interface AgentEvents {
  backupMade(backup: { backupId: number; kind: 'full' | 'incremental'; lastSequence: number; sizeBytes: number }): void
  backupFailed(failure: unknown): void
  pruned(backups: readonly PrunedBackup[]): void
  restored(outcome: RestoreOutcome): void
  policyChanged(policy: Policy): void
  verificationFailed(report: VerificationReport): void
  warned(about: string, warnings: readonly string[]): void
}
