import type { VerificationLevel } from '#contract'
import type { Stores } from '../../stores/stores.ts'

/** Starts a verification of some backups, or with null of all; a notice says why it did not start. */
export function startVerification(
  { backups, notices }: Stores,
  sourceId: number,
  backupIds: number[] | null,
  level: VerificationLevel,
): Promise<boolean> {
  return notices.attempt('The verification was not started.', () => backups.verify(sourceId, backupIds, level))
}

/** Has the core look at a repository again; a notice says why it did not. */
export function lookAgain({ sources, notices }: Stores, sourceId: number): Promise<boolean> {
  return notices.attempt('The repository was not looked at again.', () => sources.refresh(sourceId))
}
