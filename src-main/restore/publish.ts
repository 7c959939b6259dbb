import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { syncDirectory } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import { removeOwner } from './owner.ts'
import type { PreparedRestore } from './prepare.ts'
import { changedSincePublished, partialPath } from './target.ts'

/**
 * Makes a restore visible with one rename, after every file was copied, CURRENT last, and all names were synced. Until
 * then the target does not exist; after it, it is whole.
 * @throws AppError IO_FAILED, TARGET_NOT_EMPTY
 */
export function publishRestore(restore: PreparedRestore, layer: FileLayer = nodeFileLayer): { writtenBytes: number } {
  const partial = partialPath(restore.targetPath)
  refuseStrangers(restore)
  try {
    if (!restore.isPublished) rename(restore, layer)
    syncDirectory(dirname(restore.targetPath), layer)
    removeOwner(partial, layer)
    if (existsSync(partial)) layer.removeDirectory(partial)
    syncDirectory(dirname(restore.targetPath), layer)
  } catch (cause) {
    throw isOccupied(cause) ? occupied(restore.targetPath, cause) : fileError(cause, restore.targetPath)
  }
  return { writtenBytes: restore.totalBytes }
}

function rename(restore: PreparedRestore, layer: FileLayer): void {
  syncDirectory(restore.filesPath, layer)
  // Windows cannot rename over a directory, even an empty one
  if (process.platform === 'win32' && lstatSync(restore.targetPath, { throwIfNoEntry: false }) !== undefined) {
    layer.removeDirectory(restore.targetPath)
  }
  layer.rename(restore.filesPath, restore.targetPath)
}

/** What is published is exactly what was planned. */
function refuseStrangers(restore: PreparedRestore): void {
  const planned = new Set([...restore.copies.map((copy) => copy.databaseName), ...restore.madeNames])
  const found = readdirSync(restore.filesPath)
  const stranger = found.find((name) => !planned.has(name))
  if (stranger === undefined && found.length === planned.size) return
  if (restore.isPublished) throw changedSincePublished(restore.targetPath)
  throw new AppError('TARGET_BUSY', {
    message:
      stranger === undefined
        ? `${planned.size} files were copied, ${found.length} are there`
        : `a file appeared that is not part of the restore: ${stranger}`,
    subject: restore.filesPath,
    unharmed: 'The target was not made; the backup was only read.',
    nextStep: 'Make sure that no other program writes there, cancel this restore and start it again.',
  })
}

function isOccupied(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOTEMPTY' || cause.code === 'EEXIST')
}

function occupied(targetPath: string, cause: unknown): AppError {
  return new AppError(
    'TARGET_NOT_EMPTY',
    {
      message: 'something was written into the target while the restore ran',
      subject: targetPath,
      unharmed: 'It was not touched.',
      nextStep: 'Move it away, then resume the restore: what was copied is still there.',
    },
    { cause },
  )
}
