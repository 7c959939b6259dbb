import { parseDatabaseFileName } from '../database-file-name.ts'

const FILE_NAME = '[A-Za-z0-9_-][A-Za-z0-9_.-]*'
const SHARED = new RegExp(`^(shared|shared_checksum)/(${FILE_NAME})$`)
const PRIVATE = new RegExp(`^private/([1-9][0-9]*)/(${FILE_NAME})$`)
const SIZE_IN_NAME = /_([0-9]+)\.(?:sst|blob)$/

/** A checked path of a meta file. */
export type MetaPath = { readonly databaseName: string; readonly sizeBytes: number | null }

/**
 * Checks a path of a backup's meta file and derives the name the file has in a database
 * (docs/formats/rocksdb.md §7.1 and §10). Returns what is wrong with it as a text.
 */
export function parseMetaPath(path: string, backupId: number): MetaPath | string {
  const inPrivate = PRIVATE.exec(path)
  if (inPrivate !== null) {
    if (inPrivate[1] !== backupId.toString()) return 'the path leads into the private directory of another backup'
    return named(inPrivate[2] ?? '', null)
  }
  const inShared = SHARED.exec(path)
  if (inShared === null) return 'the path is not one a backup can have'
  const storedName = inShared[2] ?? ''
  if (inShared[1] === 'shared') return named(storedName, null)
  const nameEnd = storedName.indexOf('_')
  const extensionStart = storedName.lastIndexOf('.')
  if (nameEnd < 0 || extensionStart < nameEnd) return 'a shared file name without its checksum part'
  const databaseName = storedName.slice(0, nameEnd) + storedName.slice(extensionStart)
  return named(databaseName, sizeInName(storedName))
}

function named(databaseName: string, sizeBytes: number | null): MetaPath | string {
  if (parseDatabaseFileName(databaseName) === null) return `"${databaseName}" is not the name of a database file`
  return { databaseName, sizeBytes }
}

function sizeInName(storedName: string): number | null {
  const digits = SIZE_IN_NAME.exec(storedName)?.[1]
  // one underscore means the digits are a part of the name, not a size
  if (digits === undefined || storedName.split('_').length < 3) return null
  const sizeBytes = Number(digits)
  return Number.isSafeInteger(sizeBytes) ? sizeBytes : null
}
