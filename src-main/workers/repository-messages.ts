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
import type { SegmentTask, SegmentTaskOutput } from '../verify/check-segments.ts'

/** A repository whose lock this process holds. */
export type WriterPlace = { readonly root: string; readonly instanceId: string }

/** What threads do for an agent. */
export type RepositoryTasks = {
  'list-repository': { input: { root: string }; output: Pick<BackupList, 'backups' | 'recovery' | 'problems'> }
  'files-of-backup': { input: { root: string; id: number; kind: 'full' | 'increment' }; output: NeededFile[] }
  'read-repository-file': {
    input: { root: string; path: string; offsetBytes: number; lengthBytes: number }
    output: Uint8Array
  }
  'take-next-id': { input: { writer: WriterPlace }; output: number }
  'capture-full': {
    input: {
      writer: WriterPlace
      databaseDirectory: string
      order: Omit<FullOrder, 'createdAtUs'>
      control: SharedArrayBuffer
    }
    output: { live: LiveFiles; full: PreparedFull }
  }
  'copy-shared': { input: SharedCopyTask; output: boolean }
  'publish-full': { input: { writer: WriterPlace; full: PreparedFull; work: CopyWork }; output: WrittenFull }
  'end-full': {
    input: { writer: WriterPlace; live: LiveFiles; discarded: { full: PreparedFull; work: CopyWork } | null }
    output: null
  }
  'publish-increment': { input: { writer: WriterPlace; increment: Increment }; output: null }
  'remove-backups': {
    input: {
      writer: WriterPlace
      ids: readonly number[]
      withDependents: boolean
      evenNewestSoundFull: boolean
      inUseIds: readonly number[]
    }
    output: RemovedBackups
  }
  'note-verification': { input: { writer: WriterPlace; verified: VerifiedBackup }; output: null }
  'add-mark': { input: { writer: WriterPlace; mark: Omit<Mark, 'madeAtUs'> }; output: Mark }
  'read-marks': { input: { root: string }; output: Mark[] }
  'pin-backup': { input: { writer: WriterPlace; id: number; note: string }; output: null }
  'unpin-backup': { input: { writer: WriterPlace; id: number }; output: null }
  'replace-policy': { input: { writer: WriterPlace; policy: Policy }; output: null }
  'archived-commits': { input: { root: string; timeline: string; range: CommitRange }; output: ArchivedCommits }
  'check-segments': { input: SegmentTask; output: SegmentTaskOutput }
}
