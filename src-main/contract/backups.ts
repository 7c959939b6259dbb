import { oc } from '@orpc/contract'
import { z } from 'zod'
import { BackupId, Base64, Count, callErrors, DamageInfo, SourceId, TimeUs } from './common.ts'
import { VerificationSummary } from './verify.ts'

/**
 * sound: every file it names is there with the right size. incomplete: files are missing, cut,
 * unreadable at their heads, or were excluded.
 * unreadable: its meta file or MANIFEST cannot be understood. Says nothing of content: that is verification's.
 */
export const BackupState = z.enum(['sound', 'incomplete', 'unreadable'])
export type BackupState = z.infer<typeof BackupState>

export const Backup = z.strictObject({
  sourceId: SourceId,
  backupId: BackupId,
  state: BackupState,
  /** from the meta file; whole seconds, as BackupEngine writes them */
  createdAtUs: TimeUs,
  /** approximate, taken before the copy (docs of BackupEngine) */
  sequence: Count,
  schemaVersion: z.string(),
  fileCount: Count,
  /** what a restore writes */
  logicalBytes: Count,
  /** what deleting this backup alone would free */
  exclusiveBytes: Count,
  /** what it shares with other backups */
  sharedBytes: Count,
  /** live entries in tables, tombstones included; null when a table could not be read */
  entryCount: Count.nullable(),
  damageCount: Count,
  /** the last one that compared bytes or failed; without any, the last one */
  lastVerification: VerificationSummary.nullable(),
})
export type Backup = z.infer<typeof Backup>

export const ColumnFamily = z.strictObject({
  columnFamilyId: Count,
  name: z.string(),
  comparator: z.string(),
  fileCount: Count,
  sizeBytes: Count,
  entryCount: Count.nullable(),
  deletionCount: Count.nullable(),
  /** user keys, base64; null without tables */
  smallestKey: Base64.nullable(),
  largestKey: Base64.nullable(),
  levels: z.array(z.strictObject({ level: Count, fileCount: Count, sizeBytes: Count, entryCount: Count.nullable() })),
})
export type ColumnFamily = z.infer<typeof ColumnFamily>

export const BackupDetail = z.strictObject({
  backup: Backup,
  columnFamilies: z.array(ColumnFamily),
  /** the database's id as its MANIFEST has it */
  databaseId: z.string().nullable(),
  /** from MANIFEST: the last sequence that tables hold */
  manifestSequence: Count.nullable(),
  appMetadata: Base64.nullable(),
  bytesByRole: z.array(z.strictObject({ role: z.string(), fileCount: Count, sizeBytes: Count })),
  damages: z.array(DamageInfo),
  /** the meta file, as it is, cut at 64 KiB */
  metaText: z.string(),
})
export type BackupDetail = z.infer<typeof BackupDetail>

const call = oc.errors(callErrors)

export const backups = {
  /** Newest first. */
  list: call.input(z.strictObject({ sourceId: SourceId })).output(z.array(Backup)),
  get: call.input(z.strictObject({ sourceId: SourceId, backupId: BackupId })).output(BackupDetail),
}
