/** The one place where a call between screen, terminal and core exists. */
import { limits } from '../base/limits.ts'
import { app } from './app.ts'
import { backups } from './backups.ts'
import { commits } from './commits.ts'
import { compare } from './compare.ts'
import { data } from './data.ts'
import { files } from './files.ts'
import { jobs } from './jobs.ts'
import { recovery } from './recovery.ts'
import { restore } from './restore.ts'
import { servers } from './servers.ts'
import { sources } from './sources.ts'
import { verify } from './verify.ts'

export const contract = {
  app,
  sources,
  backups,
  files,
  data,
  commits,
  compare,
  verify,
  restore,
  recovery,
  servers,
  jobs,
}
export type Contract = typeof contract

/** The most rows, commits or versions that one answer holds. */
export const pageRowsMax = limits.pageRowsMax

export type { ErrorCode } from '../base/error-codes.ts'
export { errorCodes } from '../base/error-codes.ts'
export type { AppInfo } from './app.ts'
export type { Backup, BackupDetail, BackupState, ColumnFamily } from './backups.ts'
export type { CommitPage } from './commits.ts'
export type { DamageInfo } from './common.ts'
export { ErrorInfo } from './common.ts'
export type { DifferencePage, DifferenceRow, FamilyDifference } from './compare.ts'
export type { DataPage, DataRow, DataVersion, DecodedRow, FamilyCount, StateDescription } from './data.ts'
export type { BackupFile, FileRole } from './files.ts'
export type { Job, JobEvent, JobKind, JobState } from './jobs.ts'
export { JobResult, Progress } from './jobs.ts'
export type {
  ActivityBucket,
  ArchivedCommit,
  PlannedRecovery,
  ProofLevel,
  ReachablePoint,
  RecoveryOptions,
  RecoveryOverview,
  RecoveryRefusal,
  RecoveryReport,
  RecoveryTarget,
  TypedPoint,
} from './recovery.ts'
export { RecoveryPlan, SignedReport } from './recovery.ts'
export type { RestorePlan } from './restore.ts'
export { RestoreResult } from './restore.ts'
export type {
  PrunedBackup,
  SentCommand,
  Server,
  ServerBackup,
  ServerBackupList,
  ServerEvent,
  ServerStatus,
} from './servers.ts'
export type { DirectoryListing, Source, SourceEvent } from './sources.ts'
export type { AccidentFinding, Commit, StateRef } from './state.ts'
export type { Verification, VerificationLevel, VerificationProblem, VerificationSummary } from './verify.ts'
