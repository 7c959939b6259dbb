import { oc } from '@orpc/contract'
import { z } from 'zod'
import { BackupId, Base64, Count, callErrors, DamageInfo, SourceId } from './common.ts'

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
   * blob file; unreadable: an entity or reference that cannot be decoded
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
})
export type DataPage = z.infer<typeof DataPage>

const call = oc.errors(callErrors)

export const data = {
  /** The newest visible version of each key, in key order, read straight from the backup's files. */
  page: call
    .input(
      z.strictObject({
        sourceId: SourceId,
        backupId: BackupId,
        columnFamilyId: Count,
        after: Base64.nullable(),
        /** start at the first key not less than these bytes; used when `after` is null */
        from: Base64.nullable(),
        limit: z.number().int().positive().max(1000),
      }),
    )
    .output(DataPage),
  /** One whole value, cut at 1 MiB. */
  value: call
    .input(z.strictObject({ sourceId: SourceId, backupId: BackupId, columnFamilyId: Count, key: Base64 }))
    .output(z.strictObject({ row: DataRow.nullable(), isCut: z.boolean() })),
}
