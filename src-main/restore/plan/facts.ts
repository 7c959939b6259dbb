import type { Mark } from '../../repository/own/format/marks.ts'
import type { Timeline } from '../../repository/own/format/timelines.ts'
import type { ArchiveGap } from '../../repository/own/list/archive-files.ts'
import type { ListedBackup } from '../../repository/own/list/listed-backup.ts'

/** A segment of the archive that can be read, as far as its name and the head of its index tell. */
export type SegmentFact = {
  /** seen from the repository */
  readonly path: string
  readonly timeline: string
  readonly firstSequence: number
  /** the first minus one when it holds none; of an open one that of its last whole record */
  readonly lastSequence: number
  /** of an open one up to the end of its last whole record */
  readonly sizeBytes: number
  readonly isOpen: boolean
}

/** A segment that cannot be used, and why. */
export type DamagedSegment = { readonly path: string; readonly firstSequence: number; readonly problem: string }

export type ArchiveFact = {
  readonly timeline: string
  /** ascending by first sequence */
  readonly segments: readonly SegmentFact[]
  readonly damaged: readonly DamagedSegment[]
  readonly gaps: readonly ArchiveGap[]
}

/** All that a recovery is planned from, as the small files of a repository say it. */
export type RecoveryFacts = {
  /** empty for a directory that only BackupEngine wrote */
  readonly repositoryId: string
  readonly repositoryPath: string
  /** null: the file that says it is damaged */
  readonly currentTimeline: string | null
  readonly timelines: readonly Timeline[]
  /** newest first */
  readonly backups: readonly ListedBackup[]
  readonly archives: readonly ArchiveFact[]
  readonly marks: readonly Mark[]
  /** when whoever writes into the repository last said that it is alive; null: nobody did */
  readonly writerSeenAtUs: number | null
  /** what could not be read: sentences */
  readonly problems: readonly string[]
}
