import { AppError } from '#base/app-error.ts'
import type { BackupDirectory } from '../repository/backup-directory.ts'
import { readMeta } from '../repository/read-meta.ts'

/** One file to bring back: from where, under which name, and what its bytes must be. */
export type Copy = {
  /** relative to the backup directory */
  path: string
  databaseName: string
  sizeBytes: number
  /** null: the meta file names no checksum */
  crc32c: number | null
}

export type CopyList = { copies: Copy[]; totalBytes: number; metaDigest: string }

/**
 * What restoring a backup copies, read from its meta file now.
 * @throws AppError BACKUP_NOT_FOUND, BACKUP_INCOMPLETE; DamageError when the meta file cannot be understood
 */
export function copyList(directory: BackupDirectory, backupId: number): CopyList {
  const { meta, metaDigest } = readMeta(directory, backupId)
  const copies = meta.files.map((file): Copy => {
    const stat = file.excluded ? null : directory.stat(file.path)
    if (stat === null)
      throw incomplete(file.path, backupId, file.excluded ? 'was left out of this backup' : 'is missing')
    if (!stat.isFile()) throw incomplete(file.path, backupId, 'is not a regular file')
    if (file.sizeBytes !== null && stat.size !== file.sizeBytes) {
      throw incomplete(file.path, backupId, `has ${stat.size} bytes instead of ${file.sizeBytes}`)
    }
    return { path: file.path, databaseName: file.databaseName, sizeBytes: stat.size, crc32c: file.crc32c }
  })
  if (!copies.some((copy) => copy.databaseName === 'CURRENT'))
    throw incomplete('CURRENT', backupId, 'is not in its meta file')
  return {
    copies: copies.sort((left, right) => right.sizeBytes - left.sizeBytes),
    totalBytes: copies.reduce((sum, copy) => sum + copy.sizeBytes, 0),
    metaDigest,
  }
}

function incomplete(path: string, backupId: number, what: string): AppError {
  return new AppError('BACKUP_INCOMPLETE', {
    message: `backup ${backupId} cannot be restored: ${path} ${what}`,
    subject: path,
    unharmed: 'Nothing was written.',
    nextStep: 'Choose another backup, or bring the file back from another copy of this directory.',
  })
}
