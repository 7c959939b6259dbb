import { oc } from '@orpc/contract'
import { z } from 'zod'
import { BackupId, Base64, Count, callErrors, SourceId, TimeUs } from './common.ts'

/** What a file is to the database. */
export const FileRole = z.enum(['table', 'blob', 'wal', 'manifest', 'current', 'options', 'other'])
export type FileRole = z.infer<typeof FileRole>

export const BackupFile = z.strictObject({
  /** relative to the backup directory, with slashes */
  path: z.string(),
  /** what a restore calls it */
  databaseName: z.string(),
  role: FileRole,
  /** null: the file is missing */
  sizeBytes: Count.nullable(),
  /** of the whole file, as the meta file has it; null when it names none */
  crc32c: Count.nullable(),
  columnFamilyName: z.string().nullable(),
  level: Count.nullable(),
  smallestKey: Base64.nullable(),
  largestKey: Base64.nullable(),
  entryCount: Count.nullable(),
  deletionCount: Count.nullable(),
  rangeDeletionCount: Count.nullable(),
  compression: z.string().nullable(),
  /** kind of the block checksums inside a table */
  blockChecksum: z.string().nullable(),
  formatVersion: Count.nullable(),
  createdAtUs: TimeUs.nullable(),
  /** ids of the other backups that use it, newest first, at most 20 */
  sharedWith: z.array(Count),
  sharedWithCount: Count,
  excluded: z.boolean(),
  /** what is wrong with it, one line; null when nothing is known to be */
  problem: z.string().nullable(),
})
export type BackupFile = z.infer<typeof BackupFile>

const call = oc.errors(callErrors)

export const files = {
  /** Ordered by column family, level, key, then the rest by name. */
  list: call
    .input(
      z.strictObject({
        sourceId: SourceId,
        backupId: BackupId,
        offset: Count,
        limit: z.number().int().positive().max(1000),
      }),
    )
    .output(z.strictObject({ files: z.array(BackupFile), totalCount: Count })),
}
