import type {
  AccidentFinding,
  Commit,
  CommitPage,
  DamageInfo,
  DataPage,
  DataRow,
  DataVersion,
  DifferencePage,
  DirectoryListing,
  ErrorInfo,
  FamilyCount,
  FamilyDifference,
  StateDescription,
} from '#contract'
import type { CopyTask, CopyTaskOutput } from '../restore/copy-files.ts'
import type { PreparedRestore, RestoreOrder } from '../restore/prepare.ts'
import type { TargetCheck } from '../restore/target.ts'
import type { ContentTask, ContentTaskOutput } from '../verify/check-contents.ts'
import type { HashTask, HashTaskOutput } from '../verify/hash-ranges.ts'
import type { VerificationOrder, VerificationPlan } from '../verify/plan.ts'
import type { RecoveryTasks } from './recovery-messages.ts'
import type { RepositoryTasks } from './repository-messages.ts'

/** A state that a task opens. */
export type StatePlace = {
  /** a backup directory, or with `backupId` null the directory of a database */
  readonly path: string
  readonly backupId: number | null
  readonly upToSequence: number | null
  /** rows from the future are not believed when the codec is chosen */
  readonly nowMs: number
}

/** How a task hears of a stop and tells how far it is: a 32-bit count of what it has done, which wraps. */
export type JobShare = { readonly control: SharedArrayBuffer; readonly counter: SharedArrayBuffer }

/** The rows of a family from `from` up to but not including `to`. */
export type CountTask = JobShare & {
  readonly place: StatePlace
  readonly columnFamilyId: number
  readonly from: Uint8Array | null
  readonly to: Uint8Array | null
}

/** Every task a worker thread can do: what goes in and what comes out. All of it survives structured cloning. */
export type Tasks = RecoveryTasks &
  RepositoryTasks & {
    'inspect-directory': { input: { path: string }; output: { root: string; fingerprint: string } }
    browse: { input: { path: string; limit: number }; output: DirectoryListing }
    'index-source': {
      input: {
        sourceId: number
        path: string
        catalogPath: string
        nowUs: number
        control: SharedArrayBuffer
        counters: SharedArrayBuffer
      }
      output: { backupCount: number; readFileCount: number }
    }
    'drop-forgotten': { input: { catalogPath: string }; output: null }
    'describe-state': { input: { place: StatePlace }; output: StateDescription }
    'data-page': {
      input: {
        place: StatePlace
        columnFamilyId: number
        after: Uint8Array | null
        from: Uint8Array | null
        to: Uint8Array | null
        isReverse: boolean
        limit: number
        valueBytesMax: number
      }
      output: DataPage
    }
    'data-value': {
      input: { place: StatePlace; columnFamilyId: number; key: Uint8Array; valueBytesMax: number }
      output: { row: DataRow | null; isCut: boolean }
    }
    'data-history': {
      input: { place: StatePlace; columnFamilyId: number; key: Uint8Array; limit: number; valueBytesMax: number }
      output: { versions: DataVersion[]; isCut: boolean; damages: DamageInfo[] }
    }
    'split-family': {
      input: { place: StatePlace; columnFamilyId: number | null; partCount: number }
      output: { families: { columnFamilyId: number; name: string; bounds: Uint8Array[] }[] }
    }
    'count-rows': { input: CountTask; output: FamilyCount }
    'compare-family': {
      input: { left: StatePlace; right: StatePlace; columnFamilyName: string } & JobShare
      output: FamilyDifference
    }
    'compare-page': {
      input: {
        left: StatePlace
        right: StatePlace
        columnFamilyName: string
        after: Uint8Array | null
        limit: number
        valueBytesMax: number
      }
      output: DifferencePage
    }
    'list-commits': { input: { place: StatePlace; before: number | null; limit: number }; output: CommitPage }
    'commit-at': { input: { place: StatePlace; timeUs: number }; output: { last: Commit; firstAfter: Commit | null } }
    'find-accidents': {
      input: { place: StatePlace; limit: number } & JobShare
      output: { commitCount: number; findings: AccidentFinding[]; otherFindingCount: number }
    }
    'plan-verification': { input: VerificationOrder; output: VerificationPlan }
    'hash-ranges': { input: HashTask; output: HashTaskOutput }
    'check-contents': { input: ContentTask; output: ContentTaskOutput }
    'check-target': {
      input: { path: string; backupId: number; targetPath: string; restoreId: string | null }
      output: TargetCheck
    }
    'prepare-restore': { input: RestoreOrder & { isResumed: boolean }; output: PreparedRestore }
    'copy-files': { input: CopyTask; output: CopyTaskOutput }
    'publish-restore': { input: PreparedRestore; output: { writtenBytes: number } }
    'discard-restore': { input: { targetPath: string; restoreId: string }; output: { isRemoved: boolean } }
  }

export type TaskName = keyof Tasks

export type ToWorker = { taskId: number; name: TaskName; input: unknown }

export type FromWorker =
  | { taskId: number; outcome: 'done'; output: unknown }
  | { taskId: number; outcome: 'stopped' }
  | { taskId: number; outcome: 'failed'; error: ErrorInfo }
