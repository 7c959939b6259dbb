import type {
  ActivityBucket,
  AppInfo,
  ArchivedCommit,
  Commit,
  CommitPage,
  DamageInfo,
  DataPage,
  DataRow,
  DataVersion,
  DifferencePage,
  DirectoryListing,
  ErrorInfo,
  PlannedRecovery,
  PrunedBackup,
  RecoveryOptions,
  RecoveryOverview,
  RecoveryPlan,
  RecoveryTarget,
  RestorePlan,
  SentCommand,
  Server,
  ServerBackupList,
  ServerEvent,
  SignedReport,
  Source,
  SourceEvent,
  StateDescription,
  StateRef,
  TypedPoint,
  VerificationLevel,
} from '#contract'
import type { ReadDatabase } from '../catalog/open.ts'
import type { JobManager } from '../jobs/manager.ts'

/** What the handlers call. The core builds it; the handlers know nothing else. */
export type Services = {
  readonly info: AppInfo
  readonly database: ReadDatabase
  readonly jobs: JobManager
  readonly sources: SourceService
  readonly data: DataService
  readonly compare: CompareService
  readonly commits: CommitService
  readonly verify: VerifyService
  readonly restore: RestoreService
  readonly recovery: RecoveryService
  readonly servers: ServerService
}

export interface SourceService {
  list(): Source[]
  /** @throws AppError SOURCE_NOT_FOUND */
  get(sourceId: number): Source
  open(path: string): Promise<Source>
  refresh(sourceId: number): Promise<Source>
  forget(sourceId: number): void
  watch(signal: AbortSignal | undefined): AsyncGenerator<SourceEvent, void>
  browse(path: string | null): Promise<DirectoryListing>
}

export type RowsPlace = { state: StateRef; columnFamilyId: number }

export type PageOrder = RowsPlace & {
  after: string | null
  from: string | null
  to: string | null
  isReverse: boolean
  limit: number
}

export interface DataService {
  describe(state: StateRef): Promise<StateDescription>
  page(order: PageOrder): Promise<DataPage>
  value(place: RowsPlace & { key: string }): Promise<{ row: DataRow | null; isCut: boolean }>
  history(
    place: RowsPlace & { key: string; limit: number },
  ): Promise<{ versions: DataVersion[]; isCut: boolean; damages: DamageInfo[] }>
  count(order: { state: StateRef; columnFamilyId: number | null }): { jobId: number }
}

export type StatePair = { left: StateRef; right: StateRef }

export interface CompareService {
  start(states: StatePair): { jobId: number }
  page(order: StatePair & { columnFamilyName: string; after: string | null; limit: number }): Promise<DifferencePage>
}

export interface CommitService {
  list(order: { state: StateRef; before: number | null; limit: number }): Promise<CommitPage>
  at(order: { state: StateRef; timeUs: number }): Promise<{ last: Commit; firstAfter: Commit | null }>
  findAccidents(state: StateRef): { jobId: number }
}

export interface VerifyService {
  start(order: { sourceId: number; backupIds: number[] | null; level: VerificationLevel }): { jobId: number }
}

export type RestoreTarget = { sourceId: number; backupId: number; targetPath: string }

export interface RestoreService {
  plan(target: RestoreTarget): Promise<RestorePlan>
  start(target: RestoreTarget): Promise<{ jobId: number }>
}

export type RecoveryPlace = { plan: RecoveryPlan; targetPath: string }

export type RecoveryPreflight = {
  resolvedTargetPath: string
  freeBytes: number | null
  refusals: ErrorInfo[]
  resumesJobId: number | null
}

/** Each @throws AppError SOURCE_NOT_FOUND where it takes a source. A timeline of null is the current one. */
export interface RecoveryService {
  overview(sourceId: number): Promise<RecoveryOverview>
  activity(order: {
    sourceId: number
    timeline: string | null
    fromUs: number
    toUs: number
    bucketCount: number
  }): Promise<ActivityBucket[]>
  commitsAround(order: {
    sourceId: number
    timeline: string | null
    at: { sequence: number } | { timeUs: number }
    beforeCount: number
    afterCount: number
  }): Promise<ArchivedCommit[]>
  typedPoint(order: { sourceId: number; text: string; zone: string }): Promise<TypedPoint>
  plan(order: { sourceId: number; timeline: string | null; target: RecoveryTarget }): Promise<PlannedRecovery>
  preflight(place: RecoveryPlace): Promise<RecoveryPreflight>
  /** @throws AppError PLAN_OUTDATED, and what preflight refuses */
  start(order: RecoveryPlace & { sourceId: number; options: RecoveryOptions }): Promise<{ jobId: number }>
  /** @throws AppError JOB_NOT_FOUND, BAD_REQUEST for a job that is no finished recovery */
  report(jobId: number): Promise<SignedReport>
}

export type NewServerOrder = {
  name: string | null
  host: string
  port: number
  userName: string | null
  password: string | null
  tls: { caPem: string | null } | null
}

export interface ServerService {
  list(): Server[]
  watch(signal: AbortSignal | undefined): AsyncGenerator<ServerEvent, void>
  add(order: NewServerOrder): Promise<Server>
  /** this and the following @throws AppError SERVER_NOT_FOUND */
  logIn(serverId: number, password: string): Promise<Server>
  forget(serverId: number): Promise<void>
  refresh(serverId: number): Promise<Server>
  backups(serverId: number): Promise<ServerBackupList>
  create(order: { serverId: number; kind: 'full' | 'incremental' | null; label: string | null }): { jobId: number }
  verify(order: { serverId: number; id: string; level: VerificationLevel | null }): { jobId: number }
  prunePreview(serverId: number): Promise<PrunedBackup[]>
  prune(order: { serverId: number; expectedIds: string[] }): Promise<PrunedBackup[]>
  sentCommands(serverId: number | null, limit: number): SentCommand[]
  startDemo(): { jobId: number }
}
