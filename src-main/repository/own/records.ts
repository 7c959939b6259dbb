import { join } from 'node:path'
import { DamageError } from '#base/damage.ts'
import { removeIfThere, syncDirectory } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import { BackupDirectory } from '../backup-directory.ts'
import {
  PINS_FOLDER,
  type Pin,
  parsePin,
  parseVerifiedBackup,
  recordPath,
  VERIFIED_FOLDER,
  type VerifiedBackup,
} from './format/records.ts'
import { requireBackup } from './list/backup-ids.ts'
import { readSealedFile, writeSealedFile } from './sealed-file.ts'
import type { RepositoryWriter } from './writer.ts'

/** Keeps a backup from retention; an earlier pin of it is replaced. @throws AppError BACKUP_NOT_FOUND, IO_FAILED */
export function pinBackup(writer: RepositoryWriter, id: number, reason: string): Pin {
  requireBackup(new BackupDirectory(writer.root), id)
  const pin = parsePin({ id, pinnedAtUs: writer.clock.nowUs(), reason }, id)
  writeSealedFile(writer, recordPath(PINS_FOLDER, id), pin)
  return pin
}

/** Takes a pin away, if there is one. @throws AppError IO_FAILED */
export function unpinBackup(writer: RepositoryWriter, id: number): void {
  writer.assertHeld()
  const path = recordPath(PINS_FOLDER, id)
  const directory = new BackupDirectory(writer.root)
  if (directory.stat(path) === null) return
  try {
    removeIfThere(directory.locate(path), writer.layer)
    syncDirectory(join(writer.root, PINS_FOLDER), writer.layer)
  } catch (cause) {
    throw fileError(cause, path)
  }
}

const LEVELS: readonly VerifiedBackup['level'][] = ['presence', 'checksum', 'deep']

/**
 * Notes the last verification of a backup, in place of the one before. A failure stays until a verification that looks at
 * least as deep: one that looks at less cannot have seen what was wrong.
 * @throws AppError BACKUP_NOT_FOUND, IO_FAILED
 */
export function noteVerification(writer: RepositoryWriter, verified: VerifiedBackup): void {
  const directory = new BackupDirectory(writer.root)
  requireBackup(directory, verified.id)
  const next = parseVerifiedBackup(verified, verified.id)
  const before = readVerification(directory, verified.id)
  const isShallower = before !== null && LEVELS.indexOf(next.level) < LEVELS.indexOf(before.level)
  if (before?.result === 'failed' && isShallower) return
  writeSealedFile(writer, recordPath(VERIFIED_FOLDER, verified.id), next)
}

/** The last verification of a backup. Null also for a record that is damaged: it says nothing. @throws AppError */
export function readVerification(directory: BackupDirectory, id: number): VerifiedBackup | null {
  try {
    return readSealedFile(directory, recordPath(VERIFIED_FOLDER, id), (body) => parseVerifiedBackup(body, id))
  } catch (cause) {
    if (cause instanceof DamageError) return null
    throw cause
  }
}
