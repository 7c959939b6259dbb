import type { ErrorCode } from '#base/error-codes.ts'

/** Where a track is cut, and why it is sure that this is the target. */
export type Cut = {
  readonly kind: 'cut'
  /** the last one that is kept */
  readonly sequence: number
  readonly proof: string
  readonly warnings: readonly string[]
}

/** Why there is no plan, and where the target lies among the sequences, for what is near to it. */
export type Refused = {
  readonly kind: 'refused'
  readonly code: ErrorCode
  readonly message: string
  readonly nextStep: string
  /** points up to it lie before the target, others behind it; null: nothing is near to the target */
  readonly position: number | null
}

const NEAREST = 'Choose the nearest point before or behind it.'

/** A point that the repository cannot bring back. */
export function notCovered(message: string, position: number): Refused {
  return { kind: 'refused', code: 'INSTANT_NOT_COVERED', message, nextStep: NEAREST, position }
}

/** A request that means nothing here. */
export function senseless(code: ErrorCode, message: string, nextStep: string): Refused {
  return { kind: 'refused', code, message, nextStep, position: null }
}
