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
