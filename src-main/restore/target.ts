import { accessSync, constants, existsSync, lstatSync, readdirSync, realpathSync, statfsSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { type ErrorFactsWire, toErrorInfo } from '#base/error-info.ts'
import { fileError } from '#base/file-error.ts'
import { readOwner } from './owner.ts'

/** Where a restore is built, beside its target, on the same file system so that a rename publishes it. */
export function partialPath(targetPath: string): string {
  return `${targetPath}.lifeboat-partial`
}

/** What stands against restoring to a path. An empty list of refusals: it can start. */
export type TargetCheck = {
  /** the target with its parent's links resolved */
  resolvedTargetPath: string
  fileCount: number
  totalBytes: number
  freeBytes: number | null
  leftover: Leftover
  refusals: ErrorFactsWire[]
}

/**
 * What lies beside a target: nothing; files that this restore can go on with; what it had not cleaned up when it was
 * killed behind its rename, so that the target is already its own; or something that is not this restore's.
 */
export type Leftover = 'nothing' | 'files' | 'published' | 'foreign'

/**
 * Looks at a target without changing anything.
 * @param restoreId the restore that goes on where it was interrupted; null: a new one
 */
export function checkTarget(
  order: { root: string; targetPath: string; restoreId: string | null },
  needed: { fileCount: number; totalBytes: number },
): TargetCheck {
  const check: TargetCheck = {
    resolvedTargetPath: order.targetPath,
    ...needed,
    freeBytes: null,
    leftover: 'nothing',
    refusals: [],
  }
  const attempt = (step: () => void): boolean => {
    try {
      step()
      return true
    } catch (cause) {
      const refusal = toErrorInfo(cause instanceof AppError ? cause : fileError(cause, order.targetPath))
      // a parent that may not be entered refuses every look behind it in the same words
      const isSaid = check.refusals.some(({ code, message }) => code === refusal.code && message === refusal.message)
      if (!isSaid) check.refusals.push(refusal)
      return false
    }
  }
  const isPlaced = attempt(() => {
    check.resolvedTargetPath = resolveTarget(order.targetPath)
  })
  if (!isPlaced) return check
  attempt(() => refuseOverlap(order.root, check.resolvedTargetPath))
  attempt(() => {
    check.leftover = leftoverOf(check.resolvedTargetPath, order.restoreId)
    if (check.leftover === 'foreign') throw foreignPartial(check.resolvedTargetPath)
  })
  if (check.leftover !== 'published') attempt(() => refuseOccupied(check.resolvedTargetPath))
  attempt(() => accessSync(dirname(check.resolvedTargetPath), constants.W_OK))
  attempt(() => {
    const fileSystem = statfsSync(dirname(check.resolvedTargetPath))
    check.freeBytes = fileSystem.bavail * fileSystem.bsize
    // what an interrupted run copied takes a part of the space already
    const isNew = check.leftover === 'nothing' || check.leftover === 'foreign'
    if (isNew && check.freeBytes < needed.totalBytes)
      throw tooSmall(check.resolvedTargetPath, needed.totalBytes, check.freeBytes)
  })
  return check
}

function resolveTarget(targetPath: string): string {
  if (!isAbsolute(targetPath) || basename(targetPath) === '') {
    throw new AppError('BAD_REQUEST', {
      message: 'the target must be an absolute path',
      subject: targetPath,
      nextStep: 'Give the whole path of a new directory, for example /srv/restored/graph.',
    })
  }
  const parent = dirname(targetPath)
  try {
    return join(realpathSync(parent), basename(targetPath))
  } catch (cause) {
    const known = fileError(cause, parent)
    throw new AppError(
      known.code,
      {
        message: 'the directory that would hold the target cannot be used',
        subject: parent,
        unharmed: 'Nothing was written.',
        nextStep: 'Make it first, or mend the path.',
      },
      { cause },
    )
  }
}

function refuseOverlap(root: string, targetPath: string): void {
  const isInside = (inner: string, outer: string) => {
    const path = relative(outer, inner)
    return path === '' || (path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path))
  }
  if (!isInside(targetPath, root) && !isInside(root, targetPath)) return
  throw new AppError('TARGET_INSIDE_SOURCE', {
    message: 'the target and the backup directory overlap',
    subject: targetPath,
    unharmed: 'Nothing was written.',
    nextStep: 'Choose a directory outside the backup directory.',
  })
}

function refuseOccupied(targetPath: string): void {
  const stat = lstatSync(targetPath, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (!stat.isDirectory()) {
    throw new AppError('TARGET_UNUSABLE', {
      message: stat.isSymbolicLink() ? 'the target is a symbolic link' : 'the target is a file',
      subject: targetPath,
      unharmed: 'It was not touched.',
      nextStep: 'Choose a path that does not exist yet.',
    })
  }
  const names = readdirSync(targetPath)
  if (names.length === 0) return
  throw new AppError('TARGET_NOT_EMPTY', {
    message: names.includes('CURRENT')
      ? 'the target holds a database; Lifeboat never writes over one'
      : `the target is not empty (${names.length} entries, the first is ${names[0]})`,
    subject: targetPath,
    unharmed: 'It was not touched.',
    nextStep: 'Choose a path that does not exist yet, or an empty directory.',
  })
}

function leftoverOf(targetPath: string, restoreId: string | null): Leftover {
  const partial = partialPath(targetPath)
  const stat = lstatSync(partial, { throwIfNoEntry: false })
  if (stat !== undefined && !stat.isDirectory()) return 'foreign'
  const names = stat === undefined ? [] : readdirSync(partial)
  const isTargetThere = existsSync(join(targetPath, 'CURRENT'))
  // killed between the rename and the end of its job: nothing but the target tells of it
  if (names.length === 0 && restoreId !== null && isTargetThere) return 'published'
  if (stat === undefined) return 'nothing'
  if (restoreId === null || readOwner(partial)?.restoreId !== restoreId) return 'foreign'
  return !names.includes('files') && isTargetThere ? 'published' : 'files'
}

/** Somebody else's unfinished restore is in the way. */
export function foreignPartial(targetPath: string): AppError {
  const partial = partialPath(targetPath)
  const owner = readOwner(partial)
  return new AppError('TARGET_BUSY', {
    message:
      owner === null
        ? 'an unfinished restore of unknown origin lies beside the target'
        : `an unfinished restore of backup ${owner.backupId} (started by process ${owner.processId}) lies beside the target`,
    subject: partial,
    unharmed: 'It was not touched.',
    nextStep: 'Resume or cancel that restore in Activity; if none is listed and none is running, remove the directory.',
  })
}

function tooSmall(targetPath: string, neededBytes: number, freeBytes: number): AppError {
  return new AppError('DISK_FULL', {
    message: `${neededBytes} bytes are needed, ${freeBytes} are free`,
    subject: dirname(targetPath),
    unharmed: 'Nothing was written.',
    nextStep: 'Free space there, or choose a target on another disk.',
  })
}

/** The target is there, made by an earlier run of this restore, and somebody has changed it since. */
export function changedSincePublished(targetPath: string): AppError {
  return new AppError('TARGET_NOT_EMPTY', {
    message: 'the target was made, but it is no longer what the restore wrote',
    subject: targetPath,
    unharmed: 'It was not touched.',
    nextStep: 'If a database was started there, the restore had come to its end: cancel what is left of it.',
  })
}
