import type {
  AppInfo,
  DataPage,
  DataRow,
  DirectoryListing,
  RestorePlan,
  Source,
  SourceEvent,
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
  readonly verify: VerifyService
  readonly restore: RestoreService
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

export type RowsPlace = { sourceId: number; backupId: number; columnFamilyId: number }

export interface DataService {
  page(place: RowsPlace & { after: string | null; from: string | null; limit: number }): Promise<DataPage>
  value(place: RowsPlace & { key: string }): Promise<{ row: DataRow | null; isCut: boolean }>
}

export interface VerifyService {
  start(order: { sourceId: number; backupIds: number[] | null; level: VerificationLevel }): { jobId: number }
}

export type RestoreTarget = { sourceId: number; backupId: number; targetPath: string }

export interface RestoreService {
  plan(target: RestoreTarget): Promise<RestorePlan>
  start(target: RestoreTarget): Promise<{ jobId: number }>
}
