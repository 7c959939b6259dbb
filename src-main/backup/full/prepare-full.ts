import { lstatSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { assert } from '#base/assert.ts'
import { syncDirectory } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { BackupDirectory } from '../../repository/backup-directory.ts'
import type { NewMetaFile } from '../../rocksdb/meta/encode-backup-meta.ts'
import { removePrivate } from './discard-full.ts'
import type { FullOrder, FullTools, PreparedFull } from './full-order.ts'
import { removeUnreferenced } from './leftovers.ts'
import type { LiveFiles } from './live-files.ts'
import { writePrivateFiles } from './private-files.ts'
import { readReferences } from './references.ts'
import { planSharedCopies, SHARED_FOLDER } from './shared-copies.ts'

const FOLDERS = ['meta', 'private', SHARED_FOLDER] as const

/**
 * Makes room for a backup, and writes the files that are its own: logs first, since an engine may write them over.
 * @throws AppError BAD_REQUEST when the id is taken, TARGET_INSIDE_SOURCE, SOURCE_CHANGED, DISK_FULL, IO_FAILED;
 * DamageError when a stored file that would be shared is damaged; StoppedError. Nothing is left behind then.
 */
export function prepareFull(order: FullOrder, live: LiveFiles, tools: FullTools): PreparedFull {
  assert(Number.isSafeInteger(order.backupId) && order.backupId > 0, 'an id is a number from 1')
  const { layer } = tools
  const root = makeFolders(order.repositoryPath, layer)
  const directory = new BackupDirectory(root)
  refuseInside(directory.root, live.databaseDirectory)
  if (directory.stat(`meta/${order.backupId}`) !== null) throw idIsTaken(order)
  const references = readReferences(directory)
  const { warnings } = removeUnreferenced(directory, references, layer)
  const copies = planSharedCopies(live, directory, references)
  const privateFiles = writeOwnFiles(directory, order.backupId, live, tools)
  const copyBytes = copies.reduce((sum, copy) => sum + (copy.stored === null ? copy.sizeBytes : 0), 0)
  const { firstSequence, lastSequence, lastCommitAtUs } = live
  return {
    ...order,
    root: directory.root,
    privateFiles,
    copies,
    copyBytes,
    firstSequence,
    lastSequence,
    lastCommitAtUs,
    warnings: [...live.warnings.map(({ message }) => message), ...warnings],
  }
}

function writeOwnFiles(directory: BackupDirectory, backupId: number, live: LiveFiles, tools: FullTools): NewMetaFile[] {
  const folder = directory.locate(`private/${backupId}`)
  try {
    // left by an earlier run, and kept since because of an unreadable meta file; no backup of this id was published
    removePrivate(directory.root, backupId, tools.layer)
    tools.layer.makeDirectory(folder)
    return writePrivateFiles(folder, backupId, live, tools)
  } catch (cause) {
    discardQuietly(directory.root, backupId, tools.layer)
    throw cause instanceof Error && 'code' in cause && !(cause instanceof AppError) ? fileError(cause, folder) : cause
  }
}

/** Why it failed counts; what could not be removed now, the next run removes. */
function discardQuietly(root: string, backupId: number, layer: FileLayer): void {
  try {
    removePrivate(root, backupId, layer)
  } catch {
    // the first error is thrown by the caller
  }
}

function makeFolders(path: string, layer: FileLayer): string {
  try {
    for (const folder of FOLDERS) {
      if (lstatSync(join(path, folder), { throwIfNoEntry: false }) === undefined)
        layer.makeDirectory(join(path, folder))
    }
    syncDirectory(path, layer)
    return path
  } catch (cause) {
    throw fileError(cause, path)
  }
}

function refuseInside(root: string, databaseDirectory: string): void {
  const fromDatabase = relative(databaseDirectory, root)
  if (fromDatabase === '..' || fromDatabase.startsWith(`..${sep}`)) return
  throw new AppError('TARGET_INSIDE_SOURCE', {
    message: 'the repository lies in the directory of the database, which deletes what it does not know',
    subject: root,
    unharmed: 'The database was only read; no backup was made.',
    nextStep: 'Choose a directory on another disk, or at least beside the database.',
  })
}

function idIsTaken({ backupId, repositoryPath }: FullOrder): AppError {
  return new AppError('BAD_REQUEST', {
    message: `there is a backup ${backupId} already`,
    subject: repositoryPath,
    unharmed: 'It was not touched.',
    nextStep: 'Give the new backup the next id.',
  })
}
