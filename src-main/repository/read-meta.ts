import { createHash } from 'node:crypto'
import { AppError } from '#base/app-error.ts'
import { limits } from '#base/limits.ts'
import { type BackupMeta, parseBackupMeta } from '../rocksdb/backup-meta.ts'
import type { BackupDirectory } from './backup-directory.ts'

/** Where a backup's meta file lies. */
export function metaPathOf(backupId: number): string {
  return `meta/${backupId}`
}

/** Tells a backup from a later one that got the same id: BackupEngine gives the newest id again after a deletion. */
export function metaDigestOf(metaBytes: Uint8Array): string {
  return createHash('sha256').update(metaBytes).digest('hex')
}

/**
 * A backup's meta file, read and parsed now.
 * @throws AppError BACKUP_NOT_FOUND, LIMIT_EXCEEDED; DamageError when it cannot be understood
 */
export function readMeta(directory: BackupDirectory, backupId: number): { meta: BackupMeta; metaDigest: string } {
  const path = metaPathOf(backupId)
  if (directory.stat(path) === null) throw backupNotFound(directory, backupId)
  const bytes = directory.read(path, limits.metaFileBytesMax)
  return { meta: parseBackupMeta(bytes, backupId, path), metaDigest: metaDigestOf(bytes) }
}

export function backupNotFound(directory: BackupDirectory, backupId: number): AppError {
  return new AppError('BACKUP_NOT_FOUND', {
    message: `no backup ${backupId} in this directory`,
    subject: directory.root,
    nextStep: 'Refresh the list: it may have been deleted since.',
  })
}
