import { AppError } from '#base/app-error.ts'
import { fromErrorInfo } from '#base/error-info.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import { BackupDirectory } from '../repository/backup-directory.ts'
import { type Copy, copyList } from './copy-list.ts'
import { type Owner, readOwner } from './owner.ts'
import { claimPartial, makeFilesFolder, takeOverPartial } from './partial.ts'
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
  /** of files that are written beside the copied ones */
  madeNames: string[]
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
  const prepared = { path, backupId, restoreId, root, targetPath, copies, totalBytes, madeNames: [] }
  if (check.leftover === 'published') return { ...prepared, filesPath: targetPath, isPublished: true }
  const owner: Owner = { restoreId, sourcePath: root, backupId, metaDigest, targetPath, processId: process.pid }
  if (check.leftover === 'nothing') claimPartial(owner, layer)
  else if (readOwner(partialPath(targetPath))?.metaDigest === metaDigest) takeOverPartial(owner, layer)
  else throw backupChanged(owner)
  return { ...prepared, filesPath: makeFilesFolder(targetPath, layer), isPublished: false }
}

function backupChanged(owner: Owner): AppError {
  return new AppError('SOURCE_CHANGED', {
    message: `backup ${owner.backupId} is not the one that this restore began with`,
    subject: owner.sourcePath,
    unharmed: 'The backup was only read. What was copied of the one before it was removed.',
    nextStep: 'Start the restore anew.',
  })
}
