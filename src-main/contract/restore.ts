import { oc } from '@orpc/contract'
import { z } from 'zod'
import { BackupId, Count, callErrors, ErrorInfo, JobId, Path, SourceId } from './common.ts'
import { VerificationSummary } from './verify.ts'

/** What a restore would do, and everything that stands against it. Nothing is written for it. */
export const RestorePlan = z.strictObject({
  sourceId: SourceId,
  backupId: BackupId,
  /** as it was asked for */
  targetPath: Path,
  /** with the links of its parent resolved: where the restore will lie */
  resolvedTargetPath: Path,
  fileCount: Count,
  totalBytes: Count,
  freeBytes: Count.nullable(),
  lastVerification: VerificationSummary.nullable(),
  /** reasons why it cannot start; empty: it can */
  refusals: z.array(ErrorInfo),
  /** what to know before starting: sentences */
  warnings: z.array(z.string()),
  /** an interrupted restore of the same backup to the same target, which `start` would go on with */
  resumesJobId: JobId.nullable(),
})
export type RestorePlan = z.infer<typeof RestorePlan>

/** What a finished restore proved. */
export const RestoreResult = z.strictObject({
  targetPath: Path,
  fileCount: Count,
  writtenBytes: Count,
  /** files whose bytes matched the checksum in the meta file while they were copied */
  provedFileCount: Count,
  /** files taken over from an interrupted run after their bytes were proved again */
  resumedFileCount: Count,
  durationUs: Count,
})
export type RestoreResult = z.infer<typeof RestoreResult>

const call = oc.errors(callErrors)
const target = z.strictObject({ sourceId: SourceId, backupId: BackupId, targetPath: Path })

export const restore = {
  plan: call.input(target).output(RestorePlan),
  /** Starts the restore as a job. Refused with the plan's first refusal. */
  start: call.input(target).output(z.strictObject({ jobId: JobId })),
}
