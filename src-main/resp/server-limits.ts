import { limits } from '#base/limits.ts'

/** What clients may take of a server. Times in milliseconds. */
export type ServerLimits = {
  /** one more is told so and sent away */
  readonly connectionsMax: number
  /** since the last complete command */
  readonly idleTimeoutMs: number
  /** from the first byte of a command to its last, while the server reads; also for a TLS handshake and a login */
  readonly commandTimeoutMs: number
  /** with replies on their way of which the client takes nothing */
  readonly stalledTimeoutMs: number
  /** one reply; a client with more than 1 MiB unread gets no further command run */
  readonly unsentBytesMax: number
  /** input that is not complete or waits, over all connections */
  readonly inputBytesMax: number
}

export const defaultServerLimits: ServerLimits = {
  connectionsMax: 1000,
  idleTimeoutMs: 15 * 60 * 1000,
  commandTimeoutMs: 30 * 1000,
  stalledTimeoutMs: 15 * 1000,
  unsentBytesMax: limits.respUnsentBytesMax,
  inputBytesMax: limits.respInputBytesMax,
}
