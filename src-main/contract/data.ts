import { oc } from '@orpc/contract'
import { z } from 'zod'
import { limits } from '#base/limits.ts'
import { Base64, Count, callErrors, DamageInfo, JobId, TimeUs } from './common.ts'
import { StateRef } from './state.ts'

/** A row that a codec understood: so far, Samyama's nodes and edges. */
export const DecodedRow = z.strictObject({
  type: z.enum(['node', 'edge']),
  id: z.string(),
  tenant: z.string(),
  /** of a node its labels, of an edge its type */
  labels: z.array(z.string()),
  source: z.string().nullable(),
  target: z.string().nullable(),
  properties: z.array(z.strictObject({ name: z.string(), type: z.string(), text: z.string() })),
  createdAtMs: z.number().int().nullable(),
  updatedAtMs: z.number().int().nullable(),
})
export type DecodedRow = z.infer<typeof DecodedRow>

export const DataRow = z.strictObject({
  key: Base64,
  sequence: Count,
  /**
   * merge: operands (newest first) over a base, shown as they are; entity: columns; blob-reference: the value lies in a
   * blob file that cannot be read; unreadable: an entity or reference that cannot be decoded
   */
  kind: z.enum(['value', 'merge', 'entity', 'blob-reference', 'unreadable']),
  /** the first bytes of the value; empty for an entity, a blob reference, and a merge without a base */
  value: Base64,
  valueSizeBytes: Count,
  /** the columns of an entity, the operands of a merge, the place of a blob */
  parts: z.array(z.strictObject({ name: z.string(), value: Base64, sizeBytes: Count })),
  decoded: DecodedRow.nullable(),
})
export type DataRow = z.infer<typeof DataRow>

export const DataPage = z.strictObject({
  rows: z.array(DataRow),
  /** pass it as `after` to go on; null at the end */
  next: Base64.nullable(),
  /** parts of the key space that could not be read: their rows are missing from the page */
  damages: z.array(DamageInfo),
  /** the codec that decoded rows, with its generation; null when none applies */
  codec: z.string().nullable(),
  /** the instant these rows are of; of a running database it moves on */
  lastSequence: Count,
})
export type DataPage = z.infer<typeof DataPage>

/** A version of a key that is still there. */
export const DataVersion = z.strictObject({
  sequence: Count,
  /** range-deletion: deleted as part of a range */
  kind: z.enum(['put', 'merge', 'deletion', 'single-deletion', 'range-deletion']),
  committedAtUs: TimeUs.nullable(),
  /** the file it is in */
  file: z.string(),
  /** what it holds; null for deletions */
  row: DataRow.nullable(),
})
export type DataVersion = z.infer<typeof DataVersion>

/** How a state is built and which instants of it can be seen. */
export const StateDescription = z.strictObject({
  columnFamilies: z.array(
    z.strictObject({ columnFamilyId: Count, name: z.string(), comparator: z.string(), tableCount: Count }),
  ),
  /** instants from here to `lastSequence` can be seen exactly */
  exactFromSequence: Count,
  lastSequence: Count,
  damages: z.array(DamageInfo),
})
export type StateDescription = z.infer<typeof StateDescription>

/** Rows of a column family, and of its labels where a codec knows them. */
export const FamilyCount = z.strictObject({
  columnFamilyId: Count,
  name: z.string(),
  rowCount: Count,
  keyBytes: Count,
  valueBytes: Count,
  /** the most frequent labels or edge types, at most 1000; a node with two labels counts for both */
  labels: z.array(z.strictObject({ name: z.string(), rowCount: Count })),
  /** labels that are not in the list */
  otherLabelCount: Count,
  /** what could not be read: rows near it are not counted */
  damageCount: Count,
})
export type FamilyCount = z.infer<typeof FamilyCount>

const call = oc.errors(callErrors)
const place = { state: StateRef, columnFamilyId: Count }

export const data = {
  describe: call.input(z.strictObject({ state: StateRef })).output(StateDescription),
  /** The newest visible version of each key, in key order, read straight from the files. */
  page: call
    .input(
      z.strictObject({
        ...place,
        after: Base64.nullable(),
        /** the first key that may be a row: start here when `after` is null; in reverse, end here */
        from: Base64.nullable(),
        /** rows lie before this key: in reverse, start here when `after` is null */
        to: Base64.nullable().default(null),
        /** from the last key to the first */
        isReverse: z.boolean().default(false),
        limit: z.number().int().positive().max(limits.pageRowsMax),
      }),
    )
    .output(DataPage),
  /** One whole value, cut at 1 MiB. */
  value: call
    .input(z.strictObject({ ...place, key: Base64 }))
    .output(z.strictObject({ row: DataRow.nullable(), isCut: z.boolean() })),
  /** Every version of a key that is still there, newest first. */
  history: call
    .input(z.strictObject({ ...place, key: Base64, limit: z.number().int().positive().max(limits.pageRowsMax) }))
    .output(z.strictObject({ versions: z.array(DataVersion), isCut: z.boolean(), damages: z.array(DamageInfo) })),
  /** Counts rows as a job; null: of every column family. */
  count: call
    .input(z.strictObject({ state: StateRef, columnFamilyId: Count.nullable() }))
    .output(z.strictObject({ jobId: JobId })),
}
