import type { RecoveryPlan, RecoveryReport, RecoveryTarget } from '#contract'
import type { Mark } from '../repository/own/format/marks.ts'

/** What a running repository offers: the commands of ADMIN.BACKUP as functions, whoever asks. */
export interface BackupService {
  /**
   * Makes a backup and answers its id when it is published; with `isAsync`, as soon as the id is known.
   * `kind` null: incremental when the timeline has a full, else full.
   * @throws AppError JOB_RUNNING, CHAIN_BROKEN, DISK_FULL, …
   */
  create(order: CreateOrder): Promise<number>
  list(page: { limit: number; beforeId: number | null }): Promise<BackupRow[]>
  /** @throws AppError BACKUP_NOT_FOUND */
  info(backupId: number): Promise<BackupInfo>
  verify(backupId: number, level: VerificationLevel): Promise<VerificationReport>
  /** Returns what was removed: the backup and, with `isForced`, those that need it. @throws AppError BACKUP_NEEDED */
  remove(backupId: number, options: { isForced: boolean }): Promise<number[]>
  policy(): Policy
  setRetention(change: Partial<RetentionPolicy>): Promise<Policy>
  /** @throws AppError BAD_REQUEST for a pattern that is none */
  setSchedule(change: Partial<BackupSchedule>): Promise<Policy>
  /** What retention removes, with the rule for each; a dry run removes nothing. */
  prune(options: { isDryRun: boolean }): Promise<PrunedBackup[]>
  status(): AgentStatus
  points(range: PointsOrder): Promise<CommitPoint[]>
  /** @throws AppError PATH_NOT_FOUND for what is no file of the repository */
  fetch(path: string, offsetBytes: number, lengthBytes: number): Promise<Uint8Array>
  /**
   * Plans a recovery, and carries it out unless it is a dry run.
   * @throws AppError why it cannot be, with the nearest points that can be reached; JOB_RUNNING
   */
  restore(order: RestoreOrder): Promise<RestoreOutcome>
  /** The time that a person wrote. @throws AppError BAD_REQUEST for one that a clock showed twice, or that is none */
  timeAsked(text: string, zone: string): Promise<TimeAsked>
  /** Names the state as it is now. @throws AppError BAD_REQUEST when the name is taken; CHAIN_BROKEN when it could not be gone back to */
  mark(name: string): Promise<Mark>
  /** The oldest first. */
  marks(): Promise<readonly Mark[]>
  /** Keeps a backup from retention. @throws AppError BACKUP_NOT_FOUND */
  pin(backupId: number, note: string): Promise<void>
  /** Whether it was pinned or not. @throws AppError BACKUP_NOT_FOUND */
  unpin(backupId: number): Promise<void>
}

export type RestoreOrder = {
  readonly target: RecoveryTarget
  /** null: in place of the database */
  readonly targetPath: string | null
  readonly isDryRun: boolean
}

export type RestoreOutcome = {
  readonly plan: RecoveryPlan
  /** null: a dry run */
  readonly report: RecoveryReport | null
  /** where the restored database lies; null: nowhere yet */
  readonly path: string | null
  /** not null: it took the place of the database, whose files lie here now */
  readonly previousPath: string | null
}

export type TimeAsked = {
  readonly timeUs: number
  /** false: it was written as "before …" */
  readonly isInclusive: boolean
  /** how it was understood */
  readonly sentence: string
}

export type BackupKind = 'full' | 'incremental'
export type VerificationLevel = 'presence' | 'checksum' | 'deep'

export type CreateOrder = { readonly kind: BackupKind | null; readonly label: string | null; readonly isAsync: boolean }

export type BackupRow = {
  readonly backupId: number
  readonly kind: BackupKind
  readonly state: 'ok' | 'damaged' | 'incomplete'
  readonly createdAtUs: number
  readonly firstSequence: number | null
  readonly lastSequence: number | null
  readonly sizeBytes: number
  readonly fileCount: number
  /** the backup before an incremental one */
  readonly baseId: number | null
  readonly label: string | null
  /** when it last passed a verification */
  readonly verifiedAtUs: number | null
}

export type BackupInfo = {
  readonly row: BackupRow
  /** ids from its full to itself */
  readonly chain: readonly number[]
  readonly files: readonly { readonly path: string; readonly sizeBytes: number; readonly crc32c: number | null }[]
  readonly problems: readonly string[]
}

export type VerificationReport = {
  readonly backupId: number
  readonly level: VerificationLevel
  readonly result: 'passed' | 'failed'
  readonly readBytes: number
  readonly fileCount: number
  readonly durationUs: number
  readonly problems: readonly string[]
}

/** 0 = no limit. */
export type RetentionPolicy = { readonly maxCount: number; readonly maxAgeDays: number }
/** Cron patterns in UTC; null = never. */
export type BackupSchedule = {
  readonly full: string | null
  readonly incremental: string | null
  readonly verify: string | null
}
export type Policy = { readonly retention: RetentionPolicy; readonly schedule: BackupSchedule }

export type PrunedBackup = { readonly backupId: number; readonly rule: string }

export type AgentStatus = {
  readonly timeline: string
  /** of the database, as far as it is known */
  readonly lastSequence: number
  readonly archivedSequence: number
  /** age of the oldest commit that is not archived; 0 when all are */
  readonly archiveLagUs: number
  readonly recoverableFromUs: number | null
  readonly recoverableToUs: number | null
  /** what runs now, for a person */
  readonly job: string | null
  /** 0 to 1 */
  readonly progress: number | null
}

export type PointsOrder = { readonly fromUs: number | null; readonly toUs: number | null; readonly limit: number }

export type CommitPoint = {
  readonly firstSequence: number
  readonly sequenceCount: number
  readonly committedAtUs: number | null
  readonly putCount: number
  readonly deleteCount: number
  readonly sizeBytes: number
}
