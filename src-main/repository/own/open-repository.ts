import { lstatSync, readdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import { syncDirectory } from '#base/durable-file.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { BackupDirectory, isBackupDirectory } from '../backup-directory.ts'
import { IDENTITY_FILE, identityBody, parseIdentity, type RepositoryIdentity } from './format/identity.ts'
import { firstTimelines, TIMELINES_FILE } from './format/timelines.ts'
import { asAppError } from './lock/lock-errors.ts'
import { LOCKS_FOLDER } from './lock/lock-files.ts'
import { makeFolder, readSealedFile, writeSealedFile } from './sealed-file.ts'
import { readTimelines } from './timelines.ts'
import type { RepositoryWriter } from './writer.ts'

/** meta first: with it the directory is one that BackupEngine could have begun */
const FOLDERS = ['meta', 'private', 'shared_checksum', 'increments', 'pins', 'verified', 'wal', LOCKS_FOLDER]

/**
 * Which repository a directory is; null for a plain BackupEngine directory, which a writer may adopt.
 * @throws AppError REPOSITORY_UNUSABLE for a later format; DamageError when the file says nothing certain
 */
export function readIdentity(directory: BackupDirectory): RepositoryIdentity | null {
  return readSealedFile(directory, IDENTITY_FILE, parseIdentity)
}

/**
 * Makes the folders of a repository where there is nothing, or what a crash left of the same attempt, or a BackupEngine
 * directory, which is adopted as it is; the directory above must be there. With these folders the lock can be taken; adoptRepository goes on.
 * @throws AppError TARGET_NOT_EMPTY for a directory of anything else; REPOSITORY_UNUSABLE, ACCESS_DENIED, IO_FAILED
 */
export function prepareRepository(root: string, layer: FileLayer): void {
  try {
    makeRoot(resolve(root), layer)
    if (!isOurs(root)) throw foreign(root)
    if (isBackupDirectory(root)) readIdentityForWriting(new BackupDirectory(root))
    for (const name of FOLDERS) makeFolder(root, name, layer)
  } catch (cause) {
    throw asAppError(cause, root)
  }
}

/**
 * Makes the prepared directory a repository, if it is none yet, and says which one it is.
 * @param repositoryId a fresh uuid, for a new one
 * @throws AppError REPOSITORY_UNUSABLE for a later format or a damaged identity; DISK_FULL, IO_FAILED
 */
export function adoptRepository(writer: RepositoryWriter, repositoryId: string): RepositoryIdentity {
  const directory = new BackupDirectory(writer.root)
  const existing = readIdentityForWriting(directory)
  if (existing !== null) return existing
  const identity = { repositoryId, createdAtUs: writer.clock.nowUs() }
  if (readTimelines(directory) === null) {
    writeSealedFile(writer, TIMELINES_FILE, firstTimelines(identity.createdAtUs))
  }
  // last: with this file it is a repository
  writeSealedFile(writer, IDENTITY_FILE, identityBody(identity))
  return identity
}

function makeRoot(root: string, layer: FileLayer): void {
  if (lstatSync(root, { throwIfNoEntry: false }) !== undefined) return
  layer.makeDirectory(root)
  syncDirectory(dirname(root), layer)
}

function isOurs(root: string): boolean {
  if (isBackupDirectory(root)) return true
  const known = new Set<string>([...FOLDERS, IDENTITY_FILE])
  return readdirSync(root).every((name) => known.has(name))
}

/** Nothing may be written into what is not understood. */
function readIdentityForWriting(directory: BackupDirectory): RepositoryIdentity | null {
  try {
    return readIdentity(directory)
  } catch (cause) {
    if (!(cause instanceof DamageError)) throw cause
    throw new AppError(
      'REPOSITORY_UNUSABLE',
      {
        message: `the file that says which repository this is was damaged (${cause.message})`,
        subject: directory.root,
        unharmed: 'Nothing was written. The backups can be looked at and restored.',
        nextStep: `Prove the backups, then move ${IDENTITY_FILE} away: the directory is then adopted as a new repository.`,
      },
      { cause },
    )
  }
}

function foreign(root: string): AppError {
  return new AppError('TARGET_NOT_EMPTY', {
    message: 'the directory holds something else than a repository',
    subject: root,
    unharmed: 'Nothing was written.',
    nextStep: 'Choose an empty directory, a repository, or a directory that BackupEngine wrote.',
  })
}
