import { oc } from '@orpc/contract'
import { z } from 'zod'
import { BackupId, Count, callErrors, JobId, SourceId, TimeUs, VerificationId } from './common.ts'

/**
 * presence: every file is there with its size. checksum: and every byte matches the checksum in the meta file. deep: and
 * every block, record and edit in it is what its format says, by checksums of its own.
 */
export const VerificationLevel = z.enum(['presence', 'checksum', 'deep'])
export type VerificationLevel = z.infer<typeof VerificationLevel>

export const VerificationSummary = z.strictObject({
  verificationId: VerificationId,
  level: VerificationLevel,
  outcome: z.enum(['passed', 'failed']),
  finishedAtUs: TimeUs,
})
export type VerificationSummary = z.infer<typeof VerificationSummary>

export const VerificationProblem = z.strictObject({
  /** relative to the backup directory */
  path: z.string(),
  kind: z.enum(['missing', 'size', 'checksum', 'unreadable', 'meta', 'excluded', 'changed', 'contents']),
  expected: z.string().nullable(),
  found: z.string().nullable(),
  /** the verified backups that need this file, newest first, at most 20 */
  backupIds: z.array(Count),
  backupCount: Count,
})
export type VerificationProblem = z.infer<typeof VerificationProblem>

/** What one run found. Kept for good: it is evidence. */
export const Verification = z.strictObject({
  verificationId: VerificationId,
  sourceId: SourceId,
  level: VerificationLevel,
  outcome: z.enum(['passed', 'failed']),
  startedAtUs: TimeUs,
  finishedAtUs: TimeUs,
  backupIds: z.array(Count),
  backupCount: Count,
  /** each file counted once, however many backups share it */
  fileCount: Count,
  checkedBytes: Count,
  /** files without a checksum in the meta file: they were looked at, not proved */
  unprovableFileCount: Count,
  problemCount: Count,
})
export type Verification = z.infer<typeof Verification>

const call = oc.errors(callErrors)

export const verify = {
  /** Starts a verification as a job. null: every backup of the source. */
  start: call
    .input(
      z.strictObject({
        sourceId: SourceId,
        backupIds: z.array(BackupId).min(1).max(100_000).nullable(),
        level: VerificationLevel,
      }),
    )
    .output(z.strictObject({ jobId: JobId })),
  /** Newest first; of one backup, or of the whole source (null). */
  list: call.input(z.strictObject({ sourceId: SourceId, backupId: BackupId.nullable() })).output(z.array(Verification)),
  get: call
    .input(z.strictObject({ verificationId: VerificationId }))
    .output(z.strictObject({ verification: Verification, problems: z.array(VerificationProblem) })),
}
