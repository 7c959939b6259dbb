import type { Damage } from '#base/damage.ts'
import type { BackupDirectory } from '../../backup-directory.ts'
import { backupNotFound, readMeta } from '../../read-meta.ts'
import { readIncrement } from '../increments.ts'
import { indexPathOf } from './increment-row.ts'
import type { ListedBackup } from './listed-backup.ts'
import { recoveryOf, type SegmentEnd, type TimelineRecovery } from './recovery.ts'
import { scanRepository } from './scan-repository.ts'

export type BackupList = {
  /** fulls and increments as one list, newest (highest id) first */
  readonly backups: readonly ListedBackup[]
  readonly recovery: readonly TimelineRecovery[]
  /** damages that belong to no backup */
  readonly problems: readonly Damage[]
  /** false: a folder cannot be read, and there may be more backups than these */
  readonly isWhole: boolean
}

/**
 * Every backup of a repository as it is on the disk now; each small file is read once, each other one looked at once,
 * nothing is remembered. Damage hides nothing but itself.
 */
export function listBackups(directory: BackupDirectory, segmentEnd?: SegmentEnd): BackupList {
  const scan = scanRepository(directory)
  const { backups, problems, isListWhole } = scan
  return { backups, recovery: recoveryOf(scan, segmentEnd), problems, isWhole: isListWhole }
}

/** A file of a backup, with what its backup says it is. */
export type NeededFile = { readonly path: string; readonly sizeBytes: number | null; readonly crc32c: number | null }

/**
 * The files of one backup, in the order of its own list.
 * @throws AppError BACKUP_NOT_FOUND; DamageError when what describes it cannot be read
 */
export function filesOfListed(directory: BackupDirectory, backup: Pick<ListedBackup, 'id' | 'kind'>): NeededFile[] {
  if (backup.kind === 'full') {
    return readMeta(directory, backup.id).meta.files.map(({ path, sizeBytes, crc32c }) => ({ path, sizeBytes, crc32c }))
  }
  const increment = readIncrement(directory, backup.id)
  if (increment === null) throw backupNotFound(directory, backup.id)
  return increment.segments.flatMap(({ name, sizeBytes, crc32c, indexSizeBytes, indexCrc32c }) => [
    { path: name, sizeBytes, crc32c },
    { path: indexPathOf(name), sizeBytes: indexSizeBytes, crc32c: indexCrc32c },
  ])
}
