import { lstatSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { removeIfThere, syncDirectory } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { limits } from '#base/limits.ts'
import { BackupDirectory } from '../backup-directory.ts'
import { openSealedJson, sealJson } from '../sealed-json.ts'
import type { RepositoryWriter } from './writer.ts'

/**
 * The body of a sealed document of the repository; null when there is none.
 * @throws DamageError; AppError ACCESS_DENIED (a link, a device), LIMIT_EXCEEDED, IO_FAILED
 */
export function readSealedFile<Body>(
  directory: BackupDirectory,
  relativePath: string,
  parse: (body: unknown) => Body,
): Body | null {
  let bytes: Uint8Array
  try {
    bytes = directory.read(relativePath, limits.repositoryFileBytesMax)
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'PATH_NOT_FOUND') return null
    throw cause
  }
  return parse(openSealedJson(relativePath, bytes))
}

/**
 * Writes or replaces a sealed document: after a crash the old one is there or the new one, whole. Its folder is made when
 * it is missing.
 * @throws AppError REPOSITORY_BUSY, DISK_FULL, ACCESS_DENIED, IO_FAILED
 */
export function writeSealedFile(writer: RepositoryWriter, relativePath: string, body: unknown): void {
  writer.assertHeld()
  const folder = dirname(relativePath)
  if (folder !== '.') makeFolder(writer.root, folder, writer.layer)
  // proves that the folder is no link that leads out of the repository
  const path = new BackupDirectory(writer.root).locate(relativePath)
  const temporary = join(dirname(path), `.${basename(path)}.tmp`)
  try {
    writeNew(temporary, sealJson(body), writer.layer)
    writer.layer.rename(temporary, path)
    syncDirectory(dirname(path), writer.layer)
  } catch (cause) {
    throw fileError(cause, relativePath)
  }
}

/** A folder of the repository, there after a crash too. @throws AppError DISK_FULL, ACCESS_DENIED, IO_FAILED */
export function makeFolder(root: string, name: string, layer: FileLayer): void {
  const path = join(root, name)
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return
    makeUnlessThere(path, layer)
    syncDirectory(root, layer)
  } catch (cause) {
    throw fileError(cause, name)
  }
}

/** Two processes may come to a new repository at the same moment: who is second finds the folder of the first. */
function makeUnlessThere(path: string, layer: FileLayer): void {
  try {
    layer.makeDirectory(path)
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause
  }
}

function writeNew(path: string, bytes: Uint8Array, layer: FileLayer): void {
  removeIfThere(path, layer)
  const descriptor = layer.open(path, 'wx')
  try {
    layer.write(descriptor, bytes)
    layer.sync(descriptor)
  } finally {
    layer.close(descriptor)
  }
}
