import { existsSync, lstatSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { syncDirectory } from '#base/durable-file.ts'
import { fromErrorInfo } from '#base/error-info.ts'
import { fileError } from '#base/file-error.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import { BackupDirectory } from '../repository/backup-directory.ts'
import { type Copy, copyList } from './copy-list.ts'
import { type Owner, readOwner, writeOwner } from './owner.ts'
import { checkTarget, foreignPartial, partialPath } from './target.ts'

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
 * @param order isResumed: an earlier run of this restore was interrupted
 * @throws AppError the first thing that stands against it; nothing was written then
 */
export function prepareRestore(
  order: RestoreOrder & { isResumed: boolean },
  layer: FileLayer = nodeFileLayer,
): PreparedRestore {
  const { path, backupId, restoreId } = order
  const directory = new BackupDirectory(path)
  const { root } = directory
  const { copies, totalBytes, metaDigest } = copyList(directory, backupId)
  const check = checkTarget(
    { root, targetPath: order.targetPath, restoreId: order.isResumed ? restoreId : null },
    { fileCount: copies.length, totalBytes },
  )
  const [refusal] = check.refusals
  if (refusal !== undefined) throw fromErrorInfo(refusal)
  const targetPath = check.resolvedTargetPath
  const prepared = { path, backupId, restoreId, root, targetPath, copies, totalBytes }
  if (check.leftover === 'published') return { ...prepared, filesPath: targetPath, isPublished: true }
  const partial = partialPath(targetPath)
  const owner: Owner = { restoreId, sourcePath: root, backupId, metaDigest, targetPath, processId: process.pid }
  if (check.leftover === 'nothing') claim(partial, owner, layer)
  else takeOver(partial, owner, layer)
  const filesPath = join(partial, 'files')
  try {
    if (!existsSync(filesPath)) layer.makeDirectory(filesPath)
    syncDirectory(partial, layer)
    syncDirectory(dirname(partial), layer)
  } catch (cause) {
    throw fileError(cause, partial)
  }
  return { ...prepared, filesPath, isPublished: false }
}

/**
 * Makes the partial directory, its owner already in it, with one rename: at no time does it lie there without an owner,
 * whom else nobody could tell. Of two restores to one target, one can.
 */
function claim(partial: string, owner: Owner, layer: FileLayer): void {
  const claimed = claimPath(partial, owner.restoreId)
  try {
    rmSync(claimed, { recursive: true, force: true })
    layer.makeDirectory(claimed)
    writeOwner(claimed, owner, layer)
    layer.rename(claimed, partial)
  } catch (cause) {
    rmSync(claimed, { recursive: true, force: true })
    if (existsSync(partial)) throw foreignPartial(owner.targetPath)
    throw cause instanceof AppError ? cause : fileError(cause, partial)
  }
}

/** Where a restore writes its owner before it claims the partial directory. */
function claimPath(partial: string, restoreId: string): string {
  return `${partial}-${restoreId}`
}

function takeOver(partial: string, owner: Owner, layer: FileLayer): void {
  if (readOwner(partial)?.metaDigest !== owner.metaDigest) throw backupChanged(owner)
  writeOwner(partial, owner, layer)
}

/**
 * Removes what a restore left behind, if it is that restore's. Nothing else is touched.
 * @returns whether there was something to remove
 */
export function discardRestore(order: { targetPath: string; restoreId: string }): boolean {
  const partial = partialPath(order.targetPath)
  try {
    rmSync(claimPath(partial, order.restoreId), { recursive: true, force: true })
    const stat = lstatSync(partial, { throwIfNoEntry: false })
    if (stat === undefined || !stat.isDirectory()) return false
    if (readOwner(partial)?.restoreId !== order.restoreId) return false
    // CURRENT first: were this killed half-way, no database would open what is left
    rmSync(join(partial, 'files', 'CURRENT'), { force: true })
    rmSync(join(partial, 'files'), { recursive: true, force: true })
    rmSync(partial, { recursive: true, force: true })
    return true
  } catch (cause) {
    throw fileError(cause, partial)
  }
}

function backupChanged(owner: Owner): AppError {
  return new AppError('SOURCE_CHANGED', {
    message: `backup ${owner.backupId} is not the one that this restore began with`,
    subject: owner.sourcePath,
    unharmed: 'The backup was only read. What was copied of the one before it was removed.',
    nextStep: 'Start the restore anew.',
  })
}
