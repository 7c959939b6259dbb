import type { ControlSwitch } from '#base/abort.ts'
import type { PlannedRecovery, RecoveryPlan, RecoveryReport, RecoveryTarget, TypedPoint } from '#contract'
import type { SharedCopyTask } from '../backup/full/copy-shared.ts'
import type { CopyWork } from '../backup/full/copy-work.ts'
import type { FullOrder, PreparedFull } from '../backup/full/full-order.ts'
import type { LiveFiles } from '../backup/full/live-files.ts'
import type { WrittenFull } from '../backup/full/publish-full.ts'
import type { ArchivedCommits, CommitRange } from '../repository/archive/archived-commits.ts'
import type { Increment } from '../repository/own/format/increment.ts'
import type { Mark } from '../repository/own/format/marks.ts'
import type { Policy } from '../repository/own/format/policy.ts'
import type { VerifiedBackup } from '../repository/own/format/records.ts'
import type { BackupList, NeededFile } from '../repository/own/list/list-backups.ts'
import type { RemovedBackups } from '../repository/own/remove/remove-backups.ts'
import type { ContentTask, ContentTaskOutput } from '../verify/check-contents.ts'
import type { SegmentTask, SegmentTaskOutput } from '../verify/check-segments.ts'
import type { HashTask, HashTaskOutput } from '../verify/hash-ranges.ts'
import type { VerificationOrder, VerificationPlan } from '../verify/plan.ts'

export type RepositoryList = Pick<BackupList, 'backups' | 'recovery' | 'problems'>

/** What reads and writes files for the agent: each call runs in a thread of its own. */
export interface AgentThreads {
  readonly threadCount: number
  list(): Promise<RepositoryList>
  filesOf(backup: { id: number; kind: 'full' | 'increment' }): Promise<NeededFile[]>
  takeNextId(): Promise<number>
  captureFull(
    order: Omit<FullOrder, 'createdAtUs' | 'repositoryPath'>,
    control: SharedArrayBuffer,
  ): Promise<CapturedFull>
  copyShared(task: SharedCopyTask): Promise<boolean>
  publishFull(full: PreparedFull, work: CopyWork): Promise<WrittenFull>
  /** Lets go of the database; with `discarded` null the backup was published. */
  endFull(live: LiveFiles, discarded: { full: PreparedFull; work: CopyWork } | null): Promise<null>
  publishIncrement(increment: Increment): Promise<null>
  removeBackups(order: RemovalOrder): Promise<RemovedBackups>
  noteVerification(verified: VerifiedBackup): Promise<null>
  replacePolicy(policy: Policy): Promise<null>
  archivedCommits(timeline: string, range: CommitRange): Promise<ArchivedCommits>
  readFile(path: string, offsetBytes: number, lengthBytes: number): Promise<Uint8Array>
  planVerification(order: VerificationOrder): Promise<VerificationPlan>
  hashRanges(task: HashTask): Promise<HashTaskOutput>
  checkContents(task: ContentTask): Promise<ContentTaskOutput>
  checkSegments(task: Omit<SegmentTask, 'root'>): Promise<SegmentTaskOutput>
  planRecovery(order: { timeline: string; target: RecoveryTarget }): Promise<PlannedRecovery>
  readTypedPoint(text: string, zone: string): Promise<TypedPoint>
  /** Carries a plan out. Stopped or failed, nothing is left. @throws AppError, DamageError, StoppedError */
  recover(order: RecoveryOrder): Promise<RecoveryReport>
  addMark(mark: Omit<Mark, 'madeAtUs'>): Promise<Mark>
  marks(): Promise<readonly Mark[]>
  pinBackup(backupId: number, note: string): Promise<null>
  unpinBackup(backupId: number): Promise<null>
}

export type RecoveryOrder = {
  readonly plan: RecoveryPlan
  readonly targetPath: string
  readonly control: ControlSwitch
  /** given how to read it: 0 to 1, null while it is not known */
  readonly trackProgress: (read: () => number | null) => void
}

export type CapturedFull = { readonly live: LiveFiles; readonly full: PreparedFull }

export type RemovalOrder = {
  readonly ids: readonly number[]
  readonly withDependents: boolean
  readonly evenNewestSoundFull: boolean
  readonly inUseIds: readonly number[]
}
