import { AppError } from '#base/app-error.ts'
import { BackupDirectory } from '../backup-directory.ts'
import { type Increment, incrementPath, parseIncrement } from './format/increment.ts'
import { requireBackup } from './list/backup-ids.ts'
import { readSealedFile, writeSealedFile } from './sealed-file.ts'
import type { RepositoryWriter } from './writer.ts'

/** An incremental backup's document; null when there is none. @throws DamageError, AppError */
export function readIncrement(directory: BackupDirectory, id: number): Increment | null {
  return readSealedFile(directory, incrementPath(id), (body) => parseIncrement(body, id))
}

/**
 * Publishes an incremental backup: from here on it is in the list. Its segments are closed and synced before.
 * @throws AppError BACKUP_NOT_FOUND for a base that is not there, BAD_REQUEST for an id that is taken; DamageError
 */
export function publishIncrement(writer: RepositoryWriter, increment: Increment): void {
  const directory = new BackupDirectory(writer.root)
  const checked = parseIncrement(increment, increment.id)
  requireBackup(directory, checked.baseId)
  const path = incrementPath(checked.id)
  if (directory.stat(path) !== null) {
    throw new AppError('BAD_REQUEST', {
      message: `there is a backup ${checked.id} already`,
      subject: path,
      unharmed: 'It was not touched.',
    })
  }
  writeSealedFile(writer, path, checked)
}
