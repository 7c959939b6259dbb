import { StoppedError } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import type { ErrorCode } from '#base/error-codes.ts'

// a disk that is full, failed or went away comes back; a damaged or another backup does not
const RESUMABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DISK_FULL',
  'IO_FAILED',
  'PATH_NOT_FOUND',
  'NOT_A_DIRECTORY',
  'NOT_A_BACKUP_DIRECTORY',
  'ACCESS_DENIED',
  'TARGET_UNUSABLE',
  'TARGET_NOT_EMPTY',
  'INTERNAL',
  'STOPPED',
])

/** Whether a failed restore can go on from what it copied: a disk failed, not the backup. */
export function isRestoreResumable(thrown: unknown): boolean {
  return thrown instanceof AppError && RESUMABLE.has(thrown.code)
}

/** Whether nothing of it stays behind. */
export function leavesNothing(thrown: unknown, ports: { wasCancelled(): boolean }): boolean {
  return thrown instanceof StoppedError ? ports.wasCancelled() : !isRestoreResumable(thrown)
}

/** Why a restore ended must not be lost because what it copied could not be removed as well. */
export async function discardAfter(thrown: unknown, discard: () => Promise<unknown>): Promise<void> {
  try {
    await discard()
  } catch (cause) {
    if (!(thrown instanceof AppError)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    const nextStep = [thrown.facts.nextStep, `What was copied could not be removed (${reason}); remove it by hand.`]
    throw new AppError(thrown.code, { ...thrown.facts, nextStep: nextStep.join(' ').trim() }, { cause: thrown })
  }
}
