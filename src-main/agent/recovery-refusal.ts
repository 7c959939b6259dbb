import { AppError } from '#base/app-error.ts'
import type { ReachablePoint, RecoveryRefusal } from '#contract'

/** Why a point cannot be gone back to, with the nearest ones that can, as a client may ask for them. */
export function refusedRecovery({ error, nearestBefore, nearestAfter }: RecoveryRefusal): AppError {
  const points = [
    nearestBefore === null ? [] : [`before it ${pointText(nearestBefore)}`],
    nearestAfter === null ? [] : [`after it ${pointText(nearestAfter)}`],
  ].flat()
  const nearest = points.length === 0 ? null : `The nearest points: ${points.join(', ')}.`
  return new AppError(error.code, {
    message: error.message,
    subject: error.subject ?? undefined,
    unharmed: error.unharmed ?? undefined,
    nextStep: [error.nextStep, nearest].filter((part) => part !== null).join(' ') || undefined,
  })
}

function pointText({ sequence, committedAtUs }: ReachablePoint): string {
  return committedAtUs === null ? `SEQ ${sequence}` : `SEQ ${sequence} (TIME ${committedAtUs})`
}

/** No point is named that could not be gone back to. */
export function nothingToName(name: string): AppError {
  return new AppError('CHAIN_BROKEN', {
    message: 'the state as it is now could not be gone back to: no full backup and archive lead up to it',
    subject: name,
    unharmed: 'Nothing was changed.',
    nextStep: 'Write ADMIN.BACKUP CREATE FULL, then name it.',
  })
}
