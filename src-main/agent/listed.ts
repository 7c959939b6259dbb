import { AppError } from '#base/app-error.ts'
import { chainIdsOf } from '../repository/own/list/chain-ids.ts'
import type { ListedBackup } from '../repository/own/list/listed-backup.ts'
import type { RetentionPlan } from '../retention/retention-plan.ts'
import type { BackupRow, PrunedBackup } from './backup-service.ts'

/** @throws AppError BACKUP_NOT_FOUND */
export function findListed(backups: readonly ListedBackup[], backupId: number): ListedBackup {
  const found = backups.find(({ id }) => id === backupId)
  if (found !== undefined) return found
  throw new AppError('BACKUP_NOT_FOUND', {
    message: `backup ${backupId}`,
    nextStep: 'Look at ADMIN.BACKUP LIST: it may have been removed since.',
  })
}

/** What a restore of a backup needs, its full first; without one where something is missing. */
export function chainOf(backups: readonly ListedBackup[], backup: ListedBackup): ListedBackup[] {
  const byId = new Map(backups.map((each) => [each.id, each]))
  return chainIdsOf(backups, backup).flatMap((id) => (id === backup.id ? backup : (byId.get(id) ?? [])))
}

/** A backup as LIST answers it. */
export function rowOf(backup: ListedBackup): BackupRow {
  const { verified } = backup
  return {
    backupId: backup.id,
    kind: backup.kind === 'full' ? 'full' : 'incremental',
    // what a verification found wrong is wrong, whatever the names and sizes say
    state: verified?.result === 'failed' && backup.state === 'ok' ? 'damaged' : backup.state,
    createdAtUs: backup.createdAtUs ?? 0,
    firstSequence: backup.firstSequence,
    lastSequence: backup.lastSequence,
    sizeBytes: backup.totalBytes,
    fileCount: backup.fileCount,
    baseId: backup.baseId,
    label: backup.label,
    verifiedAtUs: verified?.result === 'passed' ? verified.verifiedAtUs : null,
  }
}

/** Its full is gone. */
export function brokenChain({ id }: ListedBackup): AppError {
  return new AppError('CHAIN_BROKEN', {
    message: `backup ${id} needs a full backup that is not there`,
    unharmed: 'What is there of its chain was verified.',
    nextStep: 'Write ADMIN.BACKUP CREATE FULL.',
  })
}

/** What retention removes, with the rule for each. */
export function prunedOf({ gone }: RetentionPlan): PrunedBackup[] {
  return gone.map(({ id, text }) => ({ backupId: id, rule: text }))
}
