import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { fromErrorInfo } from '#base/error-info.ts'
import { fileError } from '#base/file-error.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import type { RecoveryOptions, RecoveryPlan } from '#contract'
import { BackupDirectory } from '../../repository/backup-directory.ts'
import { copyList } from '../copy-list.ts'
import type { Owner } from '../owner.ts'
import { claimPartial, makeFilesFolder, takeOverPartial } from '../partial.ts'
import type { PreparedRestore } from '../prepare.ts'
import { checkTarget } from '../target.ts'
import { type NamedTail, nameTail } from './name-tail.ts'

/** Which plan is carried out where. `restoreId` names this recovery for good, through every resumption. Plain data. */
export type RecoveryOrder = {
  plan: RecoveryPlan
  targetPath: string
  restoreId: string
  options: RecoveryOptions
}

/** A recovery whose partial directory is made and owned. Plain data. */
export type PreparedRecovery = PreparedRestore & {
  plan: RecoveryPlan
  /** null: the point is the state of the base, and no log is written */
  tail: NamedTail | null
}

/**
 * Checks everything once more and makes the partial directory, or takes over the one that this recovery left behind: what an
 * earlier run copied of another base stays where the two share it, and is proved again when its turn comes.
 * @param order isResumed: an earlier run of this recovery was interrupted
 * @throws AppError the first thing that stands against it, and nothing was written then; PLAN_OUTDATED when the base is
 * another one than that of the plan
 */
export function prepareRecovery(
  order: RecoveryOrder & { isResumed: boolean },
  layer: FileLayer = nodeFileLayer,
): PreparedRecovery {
  const { plan, restoreId } = order
  const { backupId } = plan.base
  const directory = new BackupDirectory(plan.repositoryPath)
  const { root } = directory
  const { copies, totalBytes, metaDigest } = copyList(directory, backupId)
  if (metaDigest !== plan.base.metaDigest) throw baseChanged(plan)
  const check = checkTarget(
    { root, targetPath: order.targetPath, restoreId: order.isResumed ? restoreId : null },
    { fileCount: copies.length, totalBytes: Math.max(plan.neededBytes, totalBytes) },
  )
  const [refusal] = check.refusals
  if (refusal !== undefined) throw fromErrorInfo(refusal)
  const targetPath = check.resolvedTargetPath
  const tail = plan.effective.sequence > plan.base.lastSequence ? nameTail(directory, backupId) : null
  const madeNames = tail === null ? [] : [tail.fileName]
  const prepared = { plan, tail, path: root, backupId, restoreId, root, targetPath, copies, totalBytes, madeNames }
  if (check.leftover === 'published') return { ...prepared, filesPath: targetPath, isPublished: true }
  const owner: Owner = { restoreId, sourcePath: root, backupId, metaDigest, targetPath, processId: process.pid }
  if (check.leftover === 'nothing') claimPartial(owner, layer)
  else takeOverPartial(owner, layer)
  const filesPath = makeFilesFolder(targetPath, layer)
  removeOthers(filesPath, [...copies.map(({ databaseName }) => databaseName), ...madeNames], layer)
  return { ...prepared, filesPath, isPublished: false }
}

/** What an earlier run brought from a base that is not this one's. CURRENT goes as well: it is written last. */
function removeOthers(filesPath: string, planned: readonly string[], layer: FileLayer): void {
  const kept = new Set(planned.filter((name) => name !== 'CURRENT'))
  try {
    for (const name of readdirSync(filesPath)) if (!kept.has(name)) layer.removeFile(join(filesPath, name))
  } catch (cause) {
    throw fileError(cause, filesPath)
  }
}

function baseChanged({ base, repositoryPath }: RecoveryPlan): AppError {
  return new AppError('PLAN_OUTDATED', {
    message: `backup ${base.backupId} is not the one that the plan was made with`,
    subject: repositoryPath,
    unharmed: 'The repository was only read; nothing was written.',
    nextStep: 'Make the plan anew.',
  })
}
