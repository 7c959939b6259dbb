import type { ArchivedCommit } from '../../contract/recovery.ts'
import {
  type CommitLookup,
  type CommitSummary,
  keptCommit,
  type SequenceRange,
  type WalkedCommit,
} from './commit-lookup.ts'
import { CommitTally } from './commit-tally.ts'
import { positionOf, type Track, type TrackSegment } from './track.ts'

const END = Number.MAX_SAFE_INTEGER

/** The commit that a sequence belongs to; null when the archive does not hold it. */
export function commitWith(track: Track, commits: CommitLookup, sequence: number): ArchivedCommit | null {
  const each = track.segments[positionOf(track, sequence)]
  if (each === undefined || each.firstSequence > sequence) return null
  let found: ArchivedCommit | null = null
  commits.walk(each.segment, rangeOf(each), (commit) => {
    if (commit.lastSequence < sequence) return undefined
    if (commit.firstSequence <= sequence) found = keptCommit(commit)
    return false
  })
  return found
}

/**
 * The sequence that the last whole commit up to another sequence ends with; the sequence itself where the archive does
 * not hold it, and so cannot tell.
 */
export function wholeCommitEnd(track: Track, commits: CommitLookup, sequence: number): number {
  const commit = commitWith(track, commits, sequence)
  if (commit === null || commit.lastSequence === sequence) return sequence
  return commit.firstSequence - 1
}

/** Which commits are looked for, and whether there may be one among some. */
export type CommitSearch = {
  readonly isWanted: (commit: WalkedCommit) => boolean
  readonly mayHold: (summary: CommitSummary) => boolean
}

/** Commits with a time of which a later one is wanted too. */
export function withTime(isWanted: (timeUs: number) => boolean): CommitSearch {
  return {
    isWanted: ({ committedAtUs }) => committedAtUs !== null && isWanted(committedAtUs),
    mayHold: ({ latestTimeUs }) => latestTimeUs !== null && isWanted(latestTimeUs),
  }
}

/** The first commit in a range that is looked for; null when no commit of the archive is. */
export function firstCommitIn(
  track: Track,
  commits: CommitLookup,
  range: SequenceRange,
  search: CommitSearch,
): ArchivedCommit | null {
  let found: ArchivedCommit | null = null
  for (const each of segmentsIn(track, range)) {
    const part = within(each, range)
    if (!search.mayHold(commits.summarize(each.segment, part))) continue
    commits.walk(each.segment, part, (commit) => {
      if (!search.isWanted(commit)) return undefined
      found = keptCommit(commit)
      return false
    })
    if (found !== null) break
  }
  return found
}

/** How many commits in a range are looked for. */
export function countCommits(track: Track, commits: CommitLookup, range: SequenceRange, search: CommitSearch): number {
  let count = 0
  for (const each of segmentsIn(track, range)) {
    const part = within(each, range)
    if (!search.mayHold(commits.summarize(each.segment, part))) continue
    commits.walk(each.segment, part, (commit) => {
      if (search.isWanted(commit)) count += 1
      return undefined
    })
  }
  return count
}

/** What the archived commits in a range come to. */
export function summarize(track: Track, commits: CommitLookup, range: SequenceRange): CommitSummary {
  const tally = new CommitTally()
  for (const each of segmentsIn(track, range)) tally.addAll(commits.summarize(each.segment, within(each, range)))
  return tally.summary()
}

/** The segments that hold a part of a range. */
export function segmentsIn(track: Track, range: SequenceRange): readonly TrackSegment[] {
  if (range.afterSequence >= range.untilSequence) return []
  const from = positionOf(track, range.afterSequence + 1)
  const to = positionOf(track, range.untilSequence)
  const last = track.segments[to]
  const isLastIn = last !== undefined && last.firstSequence <= range.untilSequence
  return track.segments.slice(from, isLastIn ? to + 1 : to)
}

/** Everything behind a sequence. */
export function behind(afterSequence: number): SequenceRange {
  return { afterSequence, untilSequence: END }
}

function rangeOf(each: TrackSegment): SequenceRange {
  return { afterSequence: each.firstSequence - 1, untilSequence: each.lastSequence }
}

function within(each: TrackSegment, range: SequenceRange): SequenceRange {
  const { afterSequence, untilSequence } = rangeOf(each)
  return {
    afterSequence: Math.max(afterSequence, range.afterSequence),
    untilSequence: Math.min(untilSequence, range.untilSequence),
  }
}
