import type { DataPage, DataRow, DirectoryListing, ErrorInfo } from '#contract'
import type { CopyTask, CopyTaskOutput } from '../restore/copy-files.ts'
import type { PreparedRestore, RestoreOrder } from '../restore/prepare.ts'
import type { TargetCheck } from '../restore/target.ts'
import type { HashTask, HashTaskOutput } from '../verify/hash-ranges.ts'
import type { VerificationOrder, VerificationPlan } from '../verify/plan.ts'

/** Every task a worker thread can do: what goes in and what comes out. All of it survives structured cloning. */
export type Tasks = {
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
  'data-page': {
    input: {
      path: string
      backupId: number
      columnFamilyId: number
      after: Uint8Array | null
      from: Uint8Array | null
      limit: number
      valueBytesMax: number
      nowMs: number
    }
    output: DataPage
  }
  'data-value': {
    input: {
      path: string
      backupId: number
      columnFamilyId: number
      key: Uint8Array
      valueBytesMax: number
      nowMs: number
    }
    output: { row: DataRow | null; isCut: boolean }
  }
  'plan-verification': { input: VerificationOrder; output: VerificationPlan }
  'hash-ranges': { input: HashTask; output: HashTaskOutput }
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
