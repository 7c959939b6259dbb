import type { BackupDirectory } from '../../backup-directory.ts'
import { backupNotFound, metaPathOf } from '../../read-meta.ts'
import { INCREMENTS_FOLDER, incrementPath } from '../format/increment.ts'

const CANONICAL = /^(?:0|[1-9][0-9]{0,15})$/

/** A number in a name, as it is written without sign and leading zeros; null for anything else. */
function idOf(text: string): number | null {
  const id = CANONICAL.test(text) ? Number(text) : 0
  return Number.isSafeInteger(id) && id >= 1 ? id : null
}

/** Ids of `<id>.json` in a folder, ascending. @throws AppError when the folder cannot be read */
export function documentIds(directory: BackupDirectory, folder: string): number[] {
  return directory
    .list(folder)
    .flatMap((name) => (name.endsWith('.json') ? (idOf(name.slice(0, -'.json'.length)) ?? []) : []))
    .sort((left, right) => left - right)
}

/** The highest id that any name speaks of, also of a backup that was begun or is half gone. @throws AppError */
export function highestIdSeen(directory: BackupDirectory): number {
  const numbered = ['meta', 'private'].flatMap((folder) => directory.list(folder).map((name) => idOf(bare(name)) ?? 0))
  const documents = [INCREMENTS_FOLDER, 'pins', 'verified'].flatMap((folder) => documentIds(directory, folder))
  return [...numbered, ...documents].reduce((highest, id) => Math.max(highest, id), 0)
}

/** @throws AppError BACKUP_NOT_FOUND for an id that is in neither list */
export function requireBackup(directory: BackupDirectory, id: number): void {
  const paths = idOf(String(id)) === null ? [] : [metaPathOf(id), incrementPath(id)]
  if (paths.every((path) => directory.stat(path) === null)) throw backupNotFound(directory, id)
}

/** `.7.tmp` is the meta file of backup 7 while it is written. */
function bare(name: string): string {
  return /^\.([0-9]+)\.tmp$/.exec(name)?.[1] ?? name
}
