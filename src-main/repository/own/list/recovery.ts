import type { ArchivedSegment } from './archive-files.ts'
import type { ListedBackup } from './listed-backup.ts'
import type { RepositoryScan } from './scan-repository.ts'
import { type PathPart, pathTo } from './timeline-path.ts'

/** Every commit in it can be gone back to: the states after `fromSequence` up to the one after `toSequence`. */
export type RecoveryWindow = {
  readonly fromSequence: number
  readonly toSequence: number
  /** the last commit of the state at that end; null: not known */
  readonly fromUs: number | null
  readonly toUs: number | null
}

export type TimelineRecovery = {
  readonly timeline: string
  readonly isCurrent: boolean
  /** ascending; they do not touch */
  readonly windows: readonly RecoveryWindow[]
  /** what lies between two windows, with what the archive knows of it */
  readonly gaps: readonly {
    readonly afterSequence: number
    readonly beforeSequence: number
    readonly reason: string | null
  }[]
}

/** Reads the end of a segment: of an open one, and for the time of its last commit. Null: not known. */
export type SegmentEnd = (path: string) => { lastSequence: number; lastCommitAtUs: number | null } | null

/**
 * To which points each timeline can be brought back, from the fulls that can be restored and the segments behind them,
 * on the timeline itself and on those that it was forked from. Without `segmentEnd` open segments do not count, and
 * the time of an end is known only where a backup ends.
 */
export function recoveryOf(scan: RepositoryScan, segmentEnd: SegmentEnd = () => null): TimelineRecovery[] {
  return timelinesOf(scan).map((timeline) => {
    const path = pathTo(timeline, scan.timelines?.timelines ?? [])
    const spans = path.flatMap((part) => spansOf(part, scan, segmentEnd))
    const points = path.flatMap((part) => pointsOf(part, scan.backups))
    const windows = windowsOf(points, mergeSpans(spans))
    return {
      timeline,
      isCurrent: timeline === scan.timelines?.current,
      windows: windows.map(({ fromSequence, toSequence, fromUs }) => {
        return { fromSequence, toSequence, fromUs, toUs: timeOf(toSequence, path, scan, segmentEnd) }
      }),
      gaps: gapsBetween(windows, path, scan),
    }
  })
}

type Span = { firstSequence: number; lastSequence: number }
type Point = { readonly sequence: number; readonly timeUs: number | null }

function timelinesOf(scan: RepositoryScan): string[] {
  const ids = [
    ...(scan.timelines?.timelines.map(({ id }) => id) ?? []),
    ...scan.archives.map(({ timeline }) => timeline),
    ...scan.backups.flatMap(({ timeline }) => timeline ?? []),
  ]
  return [...new Set(ids)].sort((left, right) => Number(left) - Number(right))
}

function spansOf(part: PathPart, scan: RepositoryScan, segmentEnd: SegmentEnd): Span[] {
  return segmentsOf(part, scan).flatMap((segment) => {
    const lastSequence =
      segment.lastSequence ?? (segment.isClosed ? null : (segmentEnd(segment.path)?.lastSequence ?? null))
    const first = Math.max(segment.firstSequence, part.afterSequence + 1)
    const last = Math.min(lastSequence ?? -1, part.untilSequence)
    return first <= last ? [{ firstSequence: first, lastSequence: last }] : []
  })
}

function segmentsOf(part: PathPart, scan: RepositoryScan): readonly ArchivedSegment[] {
  return scan.archives.find(({ timeline }) => timeline === part.timeline)?.segments ?? []
}

/** The states of the fulls that can be restored. */
function pointsOf(part: PathPart, backups: readonly ListedBackup[]): Point[] {
  return backups.flatMap(({ kind, isRestorable, timeline, lastSequence, lastCommitAtUs }) => {
    const isPoint = kind === 'full' && isRestorable && timeline === part.timeline
    if (!isPoint || lastSequence === null || lastSequence > part.untilSequence) return []
    return [{ sequence: lastSequence, timeUs: lastCommitAtUs }]
  })
}

function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const span of spans.toSorted((left, right) => left.firstSequence - right.firstSequence)) {
    const last = merged.at(-1)
    if (last !== undefined && span.firstSequence <= last.lastSequence + 1) {
      last.lastSequence = Math.max(last.lastSequence, span.lastSequence)
    } else merged.push({ ...span })
  }
  return merged
}

function windowsOf(points: readonly Point[], spans: readonly Span[]) {
  const windows: { fromSequence: number; toSequence: number; fromUs: number | null }[] = []
  for (const { sequence, timeUs } of points.toSorted((left, right) => left.sequence - right.sequence)) {
    const behind = spans.find((span) => span.firstSequence <= sequence + 1 && sequence + 1 <= span.lastSequence)
    const toSequence = behind?.lastSequence ?? sequence
    const last = windows.at(-1)
    if (last !== undefined && sequence <= last.toSequence + 1) last.toSequence = Math.max(last.toSequence, toSequence)
    else windows.push({ fromSequence: sequence, toSequence, fromUs: timeUs })
  }
  return windows
}

/** The time of the commit that ends at a sequence: a backup ends there, or a segment. */
function timeOf(
  sequence: number,
  path: readonly PathPart[],
  scan: RepositoryScan,
  segmentEnd: SegmentEnd,
): number | null {
  const part = path.find(({ afterSequence, untilSequence }) => afterSequence < sequence && sequence <= untilSequence)
  if (part === undefined) return null
  const backup = scan.backups.find((each) => {
    return each.timeline === part.timeline && each.lastSequence === sequence && each.lastCommitAtUs !== null
  })
  if (backup !== undefined) return backup.lastCommitAtUs
  const segment = segmentsOf(part, scan).findLast(({ firstSequence }) => firstSequence <= sequence)
  const end = segment === undefined ? null : segmentEnd(segment.path)
  return end?.lastSequence === sequence ? end.lastCommitAtUs : null
}

function gapsBetween(
  windows: readonly Pick<RecoveryWindow, 'fromSequence' | 'toSequence'>[],
  path: readonly PathPart[],
  scan: RepositoryScan,
): TimelineRecovery['gaps'] {
  const known = path.flatMap(({ timeline }) => scan.archives.find((each) => each.timeline === timeline)?.gaps ?? [])
  return windows.slice(1).map((window, index) => {
    const afterSequence = windows[index]?.toSequence ?? 0
    const beforeSequence = window.fromSequence
    const recorded = known.find((gap) => gap.afterSequence < beforeSequence && gap.beforeSequence > afterSequence)
    return { afterSequence, beforeSequence, reason: recorded?.reason ?? null }
  })
}
