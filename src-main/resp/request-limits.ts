import { limits } from '#base/limits.ts'

/** What one command may take. Lengths are compared with these before any memory is taken for them. */
export type RequestLimits = {
  readonly argumentsMax: number
  readonly bulkBytesMax: number
  readonly inlineBytesMax: number
  /** of all arguments together, each with `argumentOverheadBytes` */
  readonly commandBytesMax: number
  /** the refusals of a client that did not log in are worded differently, as in Redis */
  readonly isLoggedIn: boolean
}

/** what an argument takes in memory besides its bytes */
export const argumentOverheadBytes = 96

export const fullRequestLimits: RequestLimits = {
  argumentsMax: limits.respArgumentsMax,
  bulkBytesMax: limits.respBulkBytesMax,
  inlineBytesMax: limits.respInlineBytesMax,
  commandBytesMax: limits.respCommandBytesMax,
  isLoggedIn: true,
}

/** Before a login: enough for HELLO with everything, as in Redis. */
export const loginRequestLimits: RequestLimits = {
  argumentsMax: 10,
  bulkBytesMax: 16 * 1024,
  inlineBytesMax: limits.respInlineBytesMax,
  commandBytesMax: 10 * (16 * 1024 + argumentOverheadBytes),
  isLoggedIn: false,
}
