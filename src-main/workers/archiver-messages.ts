import type { ErrorFactsWire } from '#base/error-info.ts'
import type { ArchiverState } from '../backup/archiver/archiver.ts'
import type { ClosedIncrement } from '../backup/archiver/increment.ts'

/** How an archiver thread is started: in the thread's workerData. */
export type ArchiverThreadOrder = {
  readonly role: 'archiver'
  readonly databaseDirectory: string
  readonly walDirectory: string | null
  readonly repositoryPath: string
  readonly timeline: string
  readonly startAfterSequence: number | null
  /** of the timeline; null: the database told none when it began */
  readonly databaseId: string | null
  /** who holds the lock of the repository; null: nobody needs to */
  readonly instanceId: string | null
  /** a pause between two looks while nothing happens */
  readonly pollMs: number
  /** Float64: see ARCHIVER_FIELDS */
  readonly shared: SharedArrayBuffer
}

/** What an archiver thread shows without messages; NaN where nothing is known. */
export const ARCHIVER_FIELDS = {
  archivedSequence: 0,
  lastCommitAtUs: 1,
  /** on the process's monotonic clock, in µs: when the look began that found nothing more */
  caughtUpAtUs: 2,
} as const
export const ARCHIVER_FIELD_COUNT = 3

/** Monotonic over all threads of the process, in µs. */
export function processTimeUs(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

export type ArchiverRequest =
  | { readonly kind: 'step' }
  | { readonly kind: 'close-increment'; readonly afterSequence: number }
  | { readonly kind: 'stop' }

export type ToArchiver = ArchiverRequest & { readonly requestId: number }

export type ArchiverAnswer = ArchiverState | ClosedIncrement | null

export type FromArchiver =
  | { readonly requestId: number; readonly outcome: 'done'; readonly answer: ArchiverAnswer }
  | { readonly requestId: number; readonly outcome: 'failed'; readonly error: ErrorFactsWire }
  /** by itself: the first state, and each one with something new to tell */
  | { readonly outcome: 'state'; readonly state: ArchiverState }
  | { readonly outcome: 'stuck'; readonly error: ErrorFactsWire }
