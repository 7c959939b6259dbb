import type { ByteSource } from '#base/byte-source.ts'
import type { Damage } from '#base/damage.ts'
import type { LogWalkResult } from '../log/log-walk.ts'

/** What one commit does to one column family. */
export type FamilyCounts = {
  columnFamilyId: number
  /** puts of any form: plain, timed, wide-column, blob index */
  puts: number
  /** deletes and single deletes */
  deletes: number
  rangeDeletes: number
  merges: number
  /** of keys and values */
  bytes: number
}

/** Where the time of a commit comes from: its own marker, the arrival mark of an archiver, or nowhere. */
export type CommitTimeKind = 'unknown' | 'commit' | 'arrival'

/** One commit. The walk changes and reuses the one object, families and their counts included: copy what must stay. */
export type Commit = {
  /**
   * The sequence numbers that the commit uses up, that of its marker Put included; without any, the last is the first
   * minus one. What was prepared and is written under older numbers (write-prepared policy) counts with the number of
   * the commit.
   */
  firstSequence: number
  lastSequence: number
  /** Unix microseconds; null when neither server nor archiver wrote a time (docs/formats/commit-time.md) */
  committedAtUs: number | null
  timeKind: CommitTimeKind
  /** of a time of arrival: the commit was made at most so long before it; null for the others */
  uncertaintyUs: number | null
  logNumber: number | null
  file: string
  /** where the record that holds the commit starts and ends in its log */
  offsetBytes: number
  recordEndBytes: number
  /** false when another commit of the same record follows */
  isLastOfRecord: boolean
  /** of its part of the record's payload, unpacked; of a two-phase commit also what was prepared */
  sizeBytes: number
  /** one for each family with operations, in the order of their first one */
  readonly families: FamilyCounts[]
}

/** Called in the order of the logs. */
export type CommitVisitor = {
  commit(commit: Commit): void
  /**
   * Called before the commit() of the commit it belongs to, and only for batches that are sound to the end; not for
   * marker Puts. Keys and values are views: copy what must stay.
   * @param type a valueType
   * @param value for a range deletion its exclusive end; empty for a deletion
   */
  operation?(type: number, columnFamilyId: number, sequence: number, key: Uint8Array, value: Uint8Array): void
}

/** A log to walk; whoever gave the source closes it. */
export type CommitSource = {
  /** null for a segment of an archive */
  readonly logNumber: number | null
  readonly source: ByteSource
}

export type CommitWalkOptions = {
  /** last sequence before the first log; null when it is not known: then the first log may start anywhere */
  readonly lastSequenceBefore: number | null
  /** last sequence that tables hold: archived logs begin behind it, or behind the logs before them */
  readonly flushedSequence?: number
  /** go on behind damage and over gaps, for salvage, where the engine would stop */
  readonly resync?: boolean
  /** called once a block: may throw to stop the walk */
  readonly checkpoint?: (() => void) | undefined
  /** size limit of one record, unpacked */
  readonly recordBytesMax?: number
}

export type CommitLogEnd = {
  readonly logNumber: number | null
  readonly file: string
  /** 'ignored': the walk had stopped before this log, and the log does not continue there */
  readonly end: LogWalkResult['end'] | 'ignored'
  /** end of the last whole record; 0 of an ignored log */
  readonly endOffsetBytes: number
  readonly tear: Damage | null
}

/** Where sequence numbers do not continue: operations are missing, or the numbers go back. */
export type SequenceGap = {
  readonly kind: 'missing' | 'back'
  readonly logNumber: number | null
  readonly file: string
  readonly offsetBytes: number
  readonly expectedSequence: number
  readonly foundSequence: number
}

/** A commit whose time lies before that of an earlier one. */
export type TimeStepBack = {
  readonly sequence: number
  readonly file: string
  readonly offsetBytes: number
  /** the latest time before it */
  readonly latestUs: number
  readonly committedAtUs: number
}

export type CommitWalkResult = {
  readonly commitCount: number
  /** last sequence that was used up; null when nothing was walked */
  readonly lastSequence: number | null
  readonly logs: readonly CommitLogEnd[]
  readonly damages: readonly Damage[]
  /** all damages, also those beyond limits.damagesKeptMax */
  readonly damageCount: number
  readonly gaps: readonly SequenceGap[]
  readonly timeStepsBack: { readonly count: number; readonly first: TimeStepBack | null }
  /** transactions prepared and not decided: they are no commits */
  readonly preparedCount: number
  /** two-phase commits whose prepared part lies before the first log: what they did is not known */
  readonly unknownPreparedCount: number
}
