import { type Commit, type CommitPage, type ErrorInfo, pageRowsMax } from '#contract'
import { errorInfoOf } from '../api/errors.ts'
import type { TypedInstant } from '../base/instant-text.ts'
import type { BackupRef } from './backups.ts'
import type { Connection } from './connection.svelte.ts'
import { type BackupInstant, stateOf } from './instants.ts'

/** More than anybody scrolls through; older commits are found by sequence or time. */
const loadedCountMax = 50_000

/** The commits in the logs of a backup, newest first, read as they are scrolled through. */
export class CommitList {
  commits = $state.raw<readonly Commit[]>([])
  /** What the last page said of all of them; null before the first one. */
  page = $state.raw<CommitPage | null>(null)
  error = $state.raw<ErrorInfo | null>(null)
  isFull = $derived(this.commits.length >= loadedCountMax)
  #isLoading = false
  readonly #connection: Connection
  readonly #ref: BackupRef

  constructor(connection: Connection, ref: BackupRef) {
    this.#connection = connection
    this.#ref = ref
  }

  async more(): Promise<void> {
    if (this.#isLoading || this.isFull || (this.page !== null && this.page.next === null)) return
    this.#isLoading = true
    try {
      const page = await loadCommits(
        this.#connection,
        { ...this.#ref, upToSequence: null },
        pageRowsMax,
        this.page?.next,
      )
      this.commits = [...this.commits, ...page.commits]
      this.page = page
      this.error = null
    } catch (thrown) {
      this.error = errorInfoOf(thrown)
    } finally {
      this.#isLoading = false
    }
  }
}

/** The last commit of a state; null when its logs hold none. */
export async function loadLastCommit(connection: Connection, instant: BackupInstant): Promise<Commit | null> {
  return (await loadCommits(connection, instant, 1)).commits[0] ?? null
}

/**
 * The first instant at which a version of a key can be seen: after the whole commit that wrote it. A version that is no
 * longer in a log is there from its own sequence on.
 */
export async function instantOfVersion(connection: Connection, ref: BackupRef, sequence: number): Promise<number> {
  const page = await loadCommits(connection, { ...ref, upToSequence: null }, 1, sequence + 1)
  return Math.max(sequence, page.commits[0]?.lastSequence ?? 0)
}

/** The sequence that a typed instant means in a backup. */
export async function sequenceOf(
  connection: Connection,
  ref: BackupRef,
  typed: Exclude<TypedInstant, { kind: 'wrong' }>,
): Promise<number> {
  if (typed.kind === 'sequence') return typed.sequence
  const state = stateOf({ ...ref, upToSequence: null })
  const { last } = await connection.call((client) => client.commits.at({ state, timeUs: typed.timeUs }))
  return last.lastSequence
}

function loadCommits(connection: Connection, instant: BackupInstant, limit: number, before?: number | null) {
  return connection.call((client) => client.commits.list({ state: stateOf(instant), before: before ?? null, limit }))
}
