import type { ArchivedCommit } from '../../contract/recovery.ts'
import type { BackupDirectory } from '../../repository/backup-directory.ts'
import { ArchiveCommits } from './archive-commits.ts'
import { RepositoryBases } from './base-lookup.ts'
import { type CommitLookup, keptCommit, SegmentDamage, type WalkedCommit } from './commit-lookup.ts'
import { cutAtTime } from './cut-at-time.ts'
import type { RecoveryFacts } from './facts.ts'
import { behind, firstCommitIn, withTime } from './find-commits.ts'
import type { Lookups } from './lookups.ts'
import { readRecoveryFacts } from './read-facts.ts'
import { requireTimeline } from './require-timeline.ts'
import { positionOf, type Track, type TrackSegment, trackOf } from './track.ts'

/**
 * The last commits up to an instant and the first ones behind it, in the order of their sequences. A time divides them as
 * it would in a recovery. What is damaged is left out.
 * @param timeline null: the current one
 * @throws AppError BAD_REQUEST for a timeline that is not there; DamageError
 */
export function readCommitsAround(
  directory: BackupDirectory,
  timeline: string | null,
  at: { readonly sequence: number } | { readonly timeUs: number },
  beforeCount: number,
  afterCount: number,
): ArchivedCommit[] {
  const facts = readRecoveryFacts(directory)
  const track = trackOf(facts, requireTimeline(facts, timeline))
  const commits = new TolerantCommits(directory)
  const bases = new RepositoryBases(directory)
  const sequence = 'sequence' in at ? at.sequence : instantOf(facts, track, { commits, bases }, at.timeUs)
  return [...lastUpTo(track, commits, sequence, beforeCount), ...firstBehind(track, commits, sequence, afterCount)]
}

/** The archive's commits without those of damaged segments. */
class TolerantCommits extends ArchiveCommits {
  override walk(...[segment, range, visit]: Parameters<ArchiveCommits['walk']>): void {
    try {
      super.walk(segment, range, visit)
    } catch (cause) {
      if (!(cause instanceof SegmentDamage)) throw cause
    }
  }
}

/** Where no full says from where to look, the first commit after the time divides. */
function instantOf(facts: RecoveryFacts, track: Track, lookups: Lookups, timeUs: number): number {
  const cut = cutAtTime(facts, track, lookups, { kind: 'time', timeUs, isInclusive: true })
  if (cut.kind === 'cut') return cut.sequence
  const range = behind(cut.position ?? -1)
  const after = firstCommitIn(
    track,
    lookups.commits,
    range,
    withTime((each) => each > timeUs),
  )
  return after === null ? Number.MAX_SAFE_INTEGER : after.firstSequence - 1
}

function lastUpTo(track: Track, commits: CommitLookup, sequence: number, count: number): ArchivedCommit[] {
  let found: ArchivedCommit[] = []
  for (let position = positionOf(track, sequence); position >= 0 && found.length < count; position -= 1) {
    const segment = track.segments[position]
    if (segment === undefined) continue
    const wanted = count - found.length
    const ring: ArchivedCommit[] = []
    walk(commits, segment, (commit) => {
      if (commit.lastSequence > sequence) return false
      ring.push(keptCommit(commit))
      if (ring.length > 2 * wanted) ring.splice(0, ring.length - wanted)
      return undefined
    })
    found = [...ring.slice(-wanted), ...found]
  }
  return found
}

function firstBehind(track: Track, commits: CommitLookup, sequence: number, count: number): ArchivedCommit[] {
  const found: ArchivedCommit[] = []
  for (let position = positionOf(track, sequence); position < track.segments.length; position += 1) {
    const segment = track.segments[position]
    if (segment === undefined || found.length >= count) break
    walk(commits, segment, (commit) => {
      if (commit.lastSequence > sequence) found.push(keptCommit(commit))
      return found.length < count
    })
  }
  return found
}

function walk(
  commits: CommitLookup,
  segment: TrackSegment,
  visit: (commit: WalkedCommit) => boolean | undefined,
): void {
  const range = { afterSequence: segment.firstSequence - 1, untilSequence: segment.lastSequence }
  commits.walk(segment.segment, range, visit)
}
