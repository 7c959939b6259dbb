import { oc } from '@orpc/contract'
import { z } from 'zod'
import { limits } from '#base/limits.ts'
import { Base64, Count, callErrors, DamageInfo, JobId } from './common.ts'
import { DataRow } from './data.ts'
import { StateRef } from './state.ts'

/** What differs between two states, from the left one to the right one. */
const DifferenceCount = z.strictObject({ addedCount: Count, removedCount: Count, changedCount: Count })

export const FamilyDifference = DifferenceCount.extend({
  /** families are told apart by name */
  name: z.string(),
  /** keys that were compared; what both states share is jumped over */
  comparedCount: Count,
  /** tables that are in both, which need not be read */
  sharedTableCount: Count,
  /** by label or edge type, at most 1000, the ones with most differences first */
  labels: z.array(DifferenceCount.extend({ name: z.string() })),
  otherLabelCount: Count,
  /** what could not be read: differences near it may be missing or wrong */
  damageCount: Count,
})
export type FamilyDifference = z.infer<typeof FamilyDifference>

export const DifferenceRow = z.strictObject({
  key: Base64,
  kind: z.enum(['added', 'removed', 'changed']),
  left: DataRow.nullable(),
  right: DataRow.nullable(),
})
export type DifferenceRow = z.infer<typeof DifferenceRow>

export const DifferencePage = z.strictObject({
  rows: z.array(DifferenceRow),
  /** pass it as `after` to go on; null at the end */
  next: Base64.nullable(),
  damages: z.array(DamageInfo),
  codec: z.string().nullable(),
})
export type DifferencePage = z.infer<typeof DifferencePage>

const call = oc.errors(callErrors)
const states = { left: StateRef, right: StateRef }

export const compare = {
  /** Counts the differences of every column family as a job. */
  start: call.input(z.strictObject(states)).output(z.strictObject({ jobId: JobId })),
  /** Differences of one column family in key order. */
  page: call
    .input(
      z.strictObject({
        ...states,
        columnFamilyName: z.string(),
        after: Base64.nullable(),
        limit: z.number().int().positive().max(limits.pageRowsMax),
      }),
    )
    .output(DifferencePage),
}
