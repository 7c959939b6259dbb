import { oc } from '@orpc/contract'
import { z } from 'zod'
import { limits } from '#base/limits.ts'
import { Count, callErrors, DamageInfo, JobId, TimeUs } from './common.ts'
import { Commit, StateRef } from './state.ts'

export const CommitPage = z.strictObject({
  /** newest first */
  commits: z.array(Commit),
  /** pass it as `before` to go on; null at the end */
  next: Count.nullable(),
  /** all commits in the logs of this state */
  commitCount: Count,
  /** earlier instants are hidden by tables */
  exactFromSequence: Count,
  /** some commits carry a time */
  hasTimes: z.boolean(),
  /** commits whose time is before that of an earlier one: a clock went back */
  backwardTimeCount: Count,
  damages: z.array(DamageInfo),
})
export type CommitPage = z.infer<typeof CommitPage>

const call = oc.errors(callErrors)

export const commits = {
  /** The commits in the logs of a state. */
  list: call
    .input(
      z.strictObject({
        state: StateRef,
        /** commits before this sequence; null: from the newest */
        before: Count.nullable(),
        limit: z.number().int().positive().max(limits.pageRowsMax),
      }),
    )
    .output(CommitPage),
  /**
   * The last commit not after a time: commits are ordered by sequence, and the first one after the time ends them. Fails
   * where the logs do not reach back to it, or hold no times.
   */
  at: call
    .input(z.strictObject({ state: StateRef, timeUs: TimeUs }))
    .output(z.strictObject({ last: Commit, firstAfter: Commit.nullable() })),
  /** Looks for what may have been an accident, as a job. */
  findAccidents: call.input(z.strictObject({ state: StateRef })).output(z.strictObject({ jobId: JobId })),
}
