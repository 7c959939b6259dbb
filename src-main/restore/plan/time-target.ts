import type { RecoveryTarget } from '../../contract/recovery.ts'

export type TimeTarget = Extract<RecoveryTarget, { kind: 'time' }>

/** Whether a commit of this time is not kept. */
export function isAfterTarget({ timeUs, isInclusive }: TimeTarget, committedAtUs: number): boolean {
  return isInclusive ? committedAtUs > timeUs : committedAtUs >= timeUs
}
