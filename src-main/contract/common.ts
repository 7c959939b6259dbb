import { z } from 'zod'
import { type ErrorCode, errorCodes } from '../base/error-codes.ts'

/** A non-negative integer that a JavaScript number holds exactly: sizes, counts, sequences. */
export const Count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
export const TimeUs = Count.describe('microseconds since 1970 UTC')
export const SourceId = Count.describe('id of an opened source')
export const BackupId = Count.positive().describe('BackupEngine id')
export const ServerId = Count.describe('id of an added server')
export const JobId = Count.describe('id of a job')
export const VerificationId = Count.describe('id of a verification')
/** Bytes on the wire: base64, because the transports know no byte arrays. */
export const Base64 = z.string().max(64 * 1024 * 1024)
/** An absolute path on the machine where the core runs. */
export const Path = z.string().min(1).max(4096)

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]

/** An error as a person sees it: what happened, to what, what was not harmed, what to do. */
export const ErrorInfo = z.strictObject({
  code: z.enum(codes),
  message: z.string(),
  subject: z.string().nullable(),
  unharmed: z.string().nullable(),
  nextStep: z.string().nullable(),
  /** the chain of causes, for "copy details" */
  details: z.string().nullable(),
})
export type ErrorInfo = z.infer<typeof ErrorInfo>

/** Something in a file that is not what its format says (base/damage.ts). */
export const DamageInfo = z.strictObject({
  file: z.string(),
  offsetBytes: Count.nullable(),
  structure: z.string(),
  problem: z.string(),
  expected: z.string().nullable(),
  found: z.string().nullable(),
})
export type DamageInfo = z.infer<typeof DamageInfo>

/** What every call may fail with: one declared error that carries the facts. */
export const callErrors = { LIFEBOAT: { data: ErrorInfo } } as const
