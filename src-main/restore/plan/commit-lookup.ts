import type { ArchivedCommit } from '../../contract/recovery.ts'
import type { SegmentFact } from './facts.ts'

/** Sequences behind `afterSequence`, up to `untilSequence`. A commit is in it when all of it is. */
export type SequenceRange = { readonly afterSequence: number; readonly untilSequence: number }

/** A commit while it is walked over: the one object is reused, copy what must stay. */
export type WalkedCommit = { -readonly [Field in keyof ArchivedCommit]: ArchivedCommit[Field] } & {
  /** of the families that it writes to */
  readonly columnFamilyIds: readonly number[]
}

/** What some commits come to. Commits that use up no sequence change nothing, and are left out. */
export type CommitSummary = {
  readonly commitCount: number
  readonly putCount: number
  /** range deletions count */
  readonly deleteCount: number
  readonly sizeBytes: number
  /** of the first and the last commit that has a time */
  readonly firstTimeUs: number | null
  readonly lastTimeUs: number | null
  readonly earliestTimeUs: number | null
  readonly latestTimeUs: number | null
  /** commits with a time before that of the one before them that has one */
  readonly stepBackCount: number
  readonly unknownTimeCount: number
  /** commits whose time is that of their arrival in the archive */
  readonly arrivalCount: number
  readonly columnFamilyIds: readonly number[]
}

/** The segment's index or the segment itself says something that cannot be. */
export class SegmentDamage extends Error {
  override readonly name = 'SegmentDamage'
  readonly segmentPath: string
  readonly problem: string

  constructor(segmentPath: string, problem: string, options?: ErrorOptions) {
    super(`${segmentPath}: ${problem}`, options)
    this.segmentPath = segmentPath
    this.problem = problem
  }
}

/** Finds the commits of the archive's segments. Every method throws SegmentDamage for a segment that cannot be read. */
export type CommitLookup = {
  /** Calls for each commit of a segment in a range, in the order of their sequences; stops when that says false. */
  walk(segment: SegmentFact, range: SequenceRange, visit: (commit: WalkedCommit) => boolean | undefined): void
  summarize(segment: SegmentFact, range: SequenceRange): CommitSummary
  /** Of the whole segment; null: it is open. */
  crc32cOf(segment: SegmentFact): number | null
}

/** The commit as it is kept. */
export function keptCommit(commit: WalkedCommit): ArchivedCommit {
  const { columnFamilyIds: _, ...kept } = commit
  return kept
}
