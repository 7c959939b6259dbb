import type { ListedBackup } from '../../repository/own/list/listed-backup.ts'
import { type PathPart, pathTo } from '../../repository/own/list/timeline-path.ts'
import type { DamagedSegment, RecoveryFacts, SegmentFact } from './facts.ts'

/** A segment as far as a timeline follows it: not behind the point where it forked. */
export type TrackSegment = {
  readonly segment: SegmentFact
  readonly firstSequence: number
  readonly lastSequence: number
}

/** Commits without a hole between them. */
export type Stretch = { readonly firstSequence: number; readonly lastSequence: number }

/** A timeline with all that it comes from: its commits from the first on, as far as they are known. */
export type Track = {
  readonly timeline: string
  readonly path: readonly PathPart[]
  /** ascending, none overlaps another one */
  readonly segments: readonly TrackSegment[]
  /** ascending, with a hole between each two */
  readonly stretches: readonly Stretch[]
  /** fulls, ascending by where they end; of foreign ones that is not below their floor */
  readonly fulls: readonly ListedBackup[]
  /** increments, in the same order */
  readonly increments: readonly ListedBackup[]
  readonly damaged: readonly DamagedSegment[]
}

/** A timeline's track through the repository. */
export function trackOf(facts: RecoveryFacts, timeline: string): Track {
  const path = pathTo(timeline, facts.timelines)
  const segments = segmentsOn(facts, path)
  const on = facts.backups
    .filter((backup) => isOnPath(path, backup.timeline, endOf(backup)))
    .sort((left, right) => endOf(left) - endOf(right) || left.id - right.id)
  return {
    timeline,
    path,
    segments,
    stretches: stretchesOf(segments),
    fulls: on.filter(({ kind }) => kind === 'full'),
    increments: on.filter(({ kind }) => kind === 'increment'),
    damaged: path.flatMap((part) => archiveOf(facts, part.timeline)?.damaged ?? []),
  }
}

/** Whether a state of a timeline belongs to a path. */
export function isOnPath(path: readonly PathPart[], timeline: string | null, sequence: number): boolean {
  return path.some((part) => part.timeline === timeline && sequence <= part.untilSequence)
}

/** The stretch that holds a sequence; undefined where nothing of it is archived. */
export function stretchAt(track: Track, sequence: number): Stretch | undefined {
  const stretch = track.stretches[lastBegun(track.stretches, sequence)]
  return stretch !== undefined && sequence <= stretch.lastSequence ? stretch : undefined
}

/** The position of the segment that holds a sequence, or of the first one behind it. */
export function positionOf(track: Track, sequence: number): number {
  const begun = lastBegun(track.segments, sequence)
  const segment = track.segments[begun]
  return segment !== undefined && sequence <= segment.lastSequence ? begun : begun + 1
}

/** Whether all commits behind one sequence up to another one are archived. */
export function isCovered(track: Track, afterSequence: number, untilSequence: number): boolean {
  if (afterSequence >= untilSequence) return true
  return (stretchAt(track, afterSequence + 1)?.lastSequence ?? -1) >= untilSequence
}

/** The last sequence that the archive of this track knows of; -1 for none. */
export function archivedEnd(track: Track): number {
  return track.segments.at(-1)?.lastSequence ?? -1
}

/** Where a backup ends, as far as that is known without reading its logs. */
export function endOf(backup: ListedBackup): number {
  return backup.lastSequence ?? backup.sequenceFloor ?? -1
}

function segmentsOn(facts: RecoveryFacts, path: readonly PathPart[]): TrackSegment[] {
  const segments: TrackSegment[] = []
  for (const part of path) {
    for (const segment of archiveOf(facts, part.timeline)?.segments ?? []) {
      const firstSequence = Math.max(segment.firstSequence, part.afterSequence + 1)
      const lastSequence = Math.min(segment.lastSequence, part.untilSequence)
      // one that goes back over another says nothing certain: two histories have these numbers
      const isBehind = firstSequence > (segments.at(-1)?.lastSequence ?? -1)
      if (isBehind && firstSequence <= lastSequence) segments.push({ segment, firstSequence, lastSequence })
    }
  }
  return segments
}

function archiveOf(facts: RecoveryFacts, timeline: string) {
  return facts.archives.find((archive) => archive.timeline === timeline)
}

function stretchesOf(segments: readonly TrackSegment[]): Stretch[] {
  const stretches: { firstSequence: number; lastSequence: number }[] = []
  for (const { firstSequence, lastSequence } of segments) {
    const last = stretches.at(-1)
    if (last !== undefined && firstSequence === last.lastSequence + 1) last.lastSequence = lastSequence
    else stretches.push({ firstSequence, lastSequence })
  }
  return stretches
}

/** The position of the last one that begins at a sequence or before it; -1 for none. */
function lastBegun(ascending: readonly Stretch[], sequence: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle]?.firstSequence ?? 0) <= sequence) low = middle + 1
    else high = middle
  }
  return low - 1
}
