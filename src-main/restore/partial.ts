import { existsSync, lstatSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { syncDirectory } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { type Owner, readOwner, writeOwner } from './owner.ts'
import { foreignPartial, partialPath } from './target.ts'

/**
 * Makes the partial directory, its owner already in it, with one rename: at no time does it lie there without an owner,
 * whom else nobody could tell. Of two restores to one target, one can.
 */
export function claimPartial(owner: Owner, layer: FileLayer): void {
  const partial = partialPath(owner.targetPath)
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

/** What an interrupted run left becomes this one's: its owner is known to be this restore. */
export function takeOverPartial(owner: Owner, layer: FileLayer): void {
  writeOwner(partialPath(owner.targetPath), owner, layer)
}

/**
 * The folder that becomes the target, made where it is not there.
 * @throws AppError TARGET_BUSY when something else has its name: a link would lead out of the partial directory
 */
export function makeFilesFolder(targetPath: string, layer: FileLayer): string {
  const partial = partialPath(targetPath)
  const filesPath = join(partial, 'files')
  try {
    const stat = lstatSync(filesPath, { throwIfNoEntry: false })
    if (stat !== undefined && !stat.isDirectory()) throw foreignPartial(targetPath)
    if (stat === undefined) layer.makeDirectory(filesPath)
    syncDirectory(partial, layer)
    syncDirectory(dirname(partial), layer)
    return filesPath
  } catch (cause) {
    throw cause instanceof AppError ? cause : fileError(cause, partial)
  }
}

/** Where a restore writes its owner before it claims the partial directory. */
function claimPath(partial: string, restoreId: string): string {
  return `${partial}-${restoreId}`
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
    const filesPath = join(partial, 'files')
    // CURRENT first: were this killed half-way, no database would open what is left
    if (lstatSync(filesPath, { throwIfNoEntry: false })?.isDirectory())
      rmSync(join(filesPath, 'CURRENT'), { force: true })
    rmSync(filesPath, { recursive: true, force: true })
    rmSync(partial, { recursive: true, force: true })
    return true
  } catch (cause) {
    throw fileError(cause, partial)
  }
}
