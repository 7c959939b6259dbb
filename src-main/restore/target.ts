import { accessSync, constants, lstatSync, readdirSync, realpathSync, statfsSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
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
  targetPath: string
  fileCount: number
  totalBytes: number
  freeBytes: number | null
  refusals: ErrorFactsWire[]
}

/**
 * Looks at a target without changing anything.
 * @param restoreId the restore that may go on in the partial directory it owns; null: none
 */
export function checkTarget(
  order: { root: string; targetPath: string; restoreId: string | null },
  needed: { fileCount: number; totalBytes: number },
): TargetCheck {
  const check: TargetCheck = { targetPath: order.targetPath, ...needed, freeBytes: null, refusals: [] }
  const attempt = (step: () => void): boolean => {
    try {
      step()
      return true
    } catch (cause) {
      check.refusals.push(toErrorInfo(cause instanceof AppError ? cause : fileError(cause, order.targetPath)))
      return false
    }
  }
  const isPlaced = attempt(() => {
    check.targetPath = resolveTarget(order.targetPath)
  })
  if (!isPlaced) return check
  attempt(() => refuseOverlap(order.root, check.targetPath))
  attempt(() => refuseOccupied(check.targetPath))
  attempt(() => accessSync(dirname(check.targetPath), constants.W_OK))
  attempt(() => refuseForeignPartial(check.targetPath, order.restoreId))
  attempt(() => {
    const fileSystem = statfsSync(dirname(check.targetPath))
    check.freeBytes = fileSystem.bavail * fileSystem.bsize
    if (check.freeBytes < needed.totalBytes) throw tooSmall(check.targetPath, needed.totalBytes, check.freeBytes)
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
    return path === '' || (!path.startsWith('..') && !isAbsolute(path))
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

function refuseForeignPartial(targetPath: string, restoreId: string | null): void {
  const partial = partialPath(targetPath)
  const stat = lstatSync(partial, { throwIfNoEntry: false })
  if (stat === undefined) return
  const owner = readOwner(partial)
  if (owner !== null && owner.restoreId === restoreId) return
  throw new AppError('TARGET_BUSY', {
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
