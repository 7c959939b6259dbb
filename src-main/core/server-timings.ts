import type { ServerTimeouts } from '../servers/session/commands.ts'

/** How often servers are asked, and how long is waited for them. Milliseconds. */
export type ServerTimings = {
  /** between two looks while somebody watches or a job runs */
  readonly watchedMs: number
  /** between two looks otherwise */
  readonly unwatchedMs: number
  /** between two readings of the list */
  readonly listMs: number
  /** before the second look at a server that could not be reached; doubled each time */
  readonly retryFirstMs: number
  readonly retryMaxMs: number
  /** before the first look for a backup whose reply was lost; doubled each time */
  readonly settleFirstMs: number
  readonly settleMaxMs: number
  /** how long is looked for it while the server does not say that it works */
  readonly settleIdleMs: number
  /** how long at most */
  readonly settleTotalMs: number
  readonly timeouts: Partial<ServerTimeouts>
}

export const defaultServerTimings: ServerTimings = {
  watchedMs: 2000,
  unwatchedMs: 30_000,
  listMs: 30_000,
  retryFirstMs: 2000,
  retryMaxMs: 60_000,
  settleFirstMs: 1000,
  settleMaxMs: 15_000,
  settleIdleMs: 120_000,
  settleTotalMs: 7_200_000,
  timeouts: {},
}
