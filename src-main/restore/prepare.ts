import { existsSync, lstatSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { syncDirectory } from '#base/durable-file.ts'
import type { ErrorCode } from '#base/error-codes.ts'
import { fromErrorInfo } from '#base/error-info.ts'
import { fileError } from '#base/file-error.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import { BackupDirectory } from '../repository/backup-directory.ts'
import { type Copy, copyList } from './copy-list.ts'
import { readOwner, writeOwner } from './owner.ts'
import { checkTarget, partialPath } from './target.ts'

/** Which backup goes where. `restoreId` names this restore for good, through every resumption. */
export type RestoreOrder = { path: string; backupId: number; targetPath: string; restoreId: string }

/** A restore whose partial directory is made and owned. */
export type PreparedRestore = RestoreOrder & {
  root: string
  /** where the files are put until all of them are there */
  filesPath: string
  copies: Copy[]
  totalBytes: number
  /** an earlier run was killed right after its rename: the target is there, and only needs to be proved */
  isPublished: boolean
}

/**
 * Checks everything once more and makes the partial directory, or takes over the one that this restore left behind.
 * @throws AppError the first thing that stands against it; nothing was written then
 */
export function prepareRestore(order: RestoreOrder, layer: FileLayer = nodeFileLayer): PreparedRestore {
  const directory = new BackupDirectory(order.path)
  const { copies, totalBytes, metaDigest } = copyList(directory, order.backupId)
  const check = checkTarget({ ...order, root: directory.root }, { fileCount: copies.length, totalBytes })
  const partial = partialPath(check.targetPath)
  const owner = readOwner(partial)
  const isPublished = owner !== null && owner.restoreId === order.restoreId && wasRenamed(partial, check.targetPath)
  const refusal = check.refusals.find((candidate) => !isSettled(candidate.code, partial, isPublished))
  if (refusal !== undefined) throw fromErrorInfo(refusal)
  if (owner !== null && owner.metaDigest !== metaDigest) throw backupChanged(order)
  try {
    if (owner === null) layer.makeDirectory(partial)
    writeOwner(
      partial,
      {
        restoreId: order.restoreId,
        sourcePath: directory.root,
        backupId: order.backupId,
        metaDigest,
        targetPath: check.targetPath,
        processId: process.pid,
      },
      layer,
    )
    const filesPath = isPublished ? check.targetPath : join(partial, 'files')
    if (!existsSync(filesPath)) layer.makeDirectory(filesPath)
    syncDirectory(partial, layer)
    syncDirectory(dirname(partial), layer)
    return { ...order, root: directory.root, targetPath: check.targetPath, filesPath, copies, totalBytes, isPublished }
  } catch (cause) {
    throw cause instanceof AppError ? cause : fileError(cause, partial)
  }
}

/**
 * Removes what a restore left behind, if it is that restore's. Nothing else is touched.
 * @returns whether there was something to remove
 */
export function discardRestore(order: { targetPath: string; restoreId: string }): boolean {
  const partial = partialPath(order.targetPath)
  const stat = lstatSync(partial, { throwIfNoEntry: false })
  if (stat === undefined || !stat.isDirectory()) return false
  if (readOwner(partial)?.restoreId !== order.restoreId) return false
  try {
    // CURRENT first: were this killed half-way, no database would open what is left
    rmSync(join(partial, 'files', 'CURRENT'), { force: true })
    rmSync(join(partial, 'files'), { recursive: true, force: true })
    rmSync(partial, { recursive: true, force: true })
    return true
  } catch (cause) {
    throw fileError(cause, partial)
  }
}

/** Whether the rename that publishes was done: the files are gone from the partial directory and the target is there. */
function wasRenamed(partial: string, targetPath: string): boolean {
  return !existsSync(join(partial, 'files')) && existsSync(join(targetPath, 'CURRENT'))
}

/** Refusals that do not hold for a restore that goes on: its space is partly taken, or its target is its own. */
function isSettled(code: ErrorCode, partial: string, isPublished: boolean): boolean {
  if (code === 'DISK_FULL') return existsSync(join(partial, 'files')) || isPublished
  return code === 'TARGET_NOT_EMPTY' && isPublished
}

function backupChanged(order: RestoreOrder): AppError {
  return new AppError('SOURCE_CHANGED', {
    message: `backup ${order.backupId} is not the one that this restore began with`,
    subject: order.path,
    unharmed: 'Neither the backup nor the unfinished restore was touched.',
    nextStep: 'Cancel the unfinished restore, then start it anew.',
  })
}
