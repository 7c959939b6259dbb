/** The one place where a call between screen, terminal and core exists. */
import { app } from './app.ts'
import { backups } from './backups.ts'
import { data } from './data.ts'
import { files } from './files.ts'
import { jobs } from './jobs.ts'
import { restore } from './restore.ts'
import { sources } from './sources.ts'
import { verify } from './verify.ts'

export const contract = { app, sources, backups, files, data, verify, restore, jobs }
export type Contract = typeof contract

export type { ErrorCode } from '../base/error-codes.ts'
export { errorCodes } from '../base/error-codes.ts'
export type { AppInfo } from './app.ts'
export type { Backup, BackupDetail, BackupState, ColumnFamily } from './backups.ts'
export type { DamageInfo } from './common.ts'
export { ErrorInfo } from './common.ts'
export type { DataPage, DataRow, DecodedRow } from './data.ts'
export type { BackupFile, FileRole } from './files.ts'
export type { Job, JobEvent, JobKind, JobState } from './jobs.ts'
export { JobResult, Progress } from './jobs.ts'
export type { RestorePlan } from './restore.ts'
export { RestoreResult } from './restore.ts'
export type { DirectoryListing, Source, SourceEvent } from './sources.ts'
export type { Verification, VerificationLevel, VerificationProblem, VerificationSummary } from './verify.ts'
