import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { removeIfThere, syncDirectory } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import { BackupDirectory } from '../../repository/backup-directory.ts'
import { type References, readReferences } from './references.ts'

const TEMPORARY = /^\..+\.tmp$/
const ID_NAME = /^[1-9][0-9]*$/
/** names that a backup gives; whatever else lies there is not ours */
const SHARED_NAMES: Readonly<Record<string, RegExp>> = {
  shared_checksum: /^[0-9]{1,20}_[A-Za-z0-9_]+\.(?:sst|blob)$/,
  shared: /^[0-9]{1,20}\.(?:sst|blob)$/,
}

export type LeftoverRemoval = {
  readonly removedFileCount: number
  readonly removedBytes: number
  /** sentences: what was kept, and why */
  readonly warnings: readonly string[]
}

/**
 * Removes what interrupted backups and deletions left: temporary files, private directories without a meta file, shared
 * files that no backup needs. While a meta file cannot be read nothing is removed: what that backup needs is not known,
 * and an engine that cleans up then destroys it (docs/formats/rocksdb.md §7.7). Only for whoever alone writes here.
 * @throws AppError
 */
export function removeLeftovers(repositoryPath: string, layer: FileLayer = nodeFileLayer): LeftoverRemoval {
  const directory = new BackupDirectory(repositoryPath)
  return removeUnreferenced(directory, readReferences(directory), layer)
}

/** The same for whoever has read the meta files already. */
export function removeUnreferenced(
  directory: BackupDirectory,
  references: References,
  layer: FileLayer,
): LeftoverRemoval {
  const { files, folders, warnings } = findLeftovers(directory, references)
  if (files.length + folders.length === 0) return { removedFileCount: 0, removedBytes: 0, warnings }
  if (references.unreadable.length > 0) {
    const kept = `${files.length} left-over files were kept, because ${references.unreadable.join(', ')} cannot be read and may need them.`
    return { removedFileCount: 0, removedBytes: 0, warnings: [...warnings, kept] }
  }
  let removedBytes = 0
  try {
    // a meta file that was deleted a moment ago must not come back after what it needs is gone
    syncDirectory(directory.locate('meta'), layer)
    for (const path of files) {
      removedBytes += lstatSync(join(directory.root, path), { throwIfNoEntry: false })?.size ?? 0
      removeIfThere(join(directory.root, path), layer)
    }
    for (const folder of folders) layer.removeDirectory(join(directory.root, folder))
  } catch (cause) {
    throw fileError(cause, directory.root)
  }
  return { removedFileCount: files.length, removedBytes, warnings }
}

type Found = { files: string[]; folders: string[]; warnings: string[] }

function findLeftovers(directory: BackupDirectory, references: References): Found {
  const found: Found = { files: [], folders: [], warnings: [] }
  for (const name of directory.list('meta')) {
    if (TEMPORARY.test(name)) found.files.push(`meta/${name}`)
  }
  for (const [folder, isOurs] of Object.entries(SHARED_NAMES)) {
    for (const name of directory.list(folder)) {
      const path = `${folder}/${name}`
      if (TEMPORARY.test(name) || (isOurs.test(name) && !references.files.has(path))) found.files.push(path)
    }
  }
  for (const name of directory.list('private')) findInPrivate(directory, name, references, found)
  return found
}

function findInPrivate(directory: BackupDirectory, name: string, { backupIds }: References, found: Found): void {
  const folder = `private/${name}`
  if (/^[0-9]+\.tmp$/.test(name)) {
    found.warnings.push(`${folder} makes RocksDB's own clean-up destroy the backup of that number; remove it by hand.`)
    return
  }
  if (!ID_NAME.test(name) || backupIds.has(Number(name))) return
  const isFile = (entry: string) => directory.stat(`${folder}/${entry}`)?.isDirectory() === false
  if (directory.stat(folder)?.isDirectory() !== true || !directory.list(folder).every(isFile)) {
    found.warnings.push(`${folder} belongs to no backup and holds what no backup has; it was left alone.`)
    return
  }
  found.folders.push(folder)
  for (const entry of directory.list(folder)) found.files.push(`${folder}/${entry}`)
}
