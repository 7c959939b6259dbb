import type { ArchivedSegment, TimelineArchive } from '../list/archive-files.ts'
import type { RepositoryScan } from '../list/scan-repository.ts'
import { pathTo } from '../list/timeline-path.ts'

/**
 * The closed segments that no backup needs and that no full is left to be replayed onto. Nothing as long as anything
 * about a backup or the timelines is unknown. A timeline keeps its newest segment, where the archive goes on.
 */
export function needlessSegments(scan: RepositoryScan): ArchivedSegment[] {
  const { backups, timelines } = scan
  const fulls = backups.filter(({ kind }) => kind === 'full')
  const isUnclear = fulls.some(({ timeline, sequenceFloor }) => timeline === null || sequenceFloor === null)
  if (isUnclear || timelines === null || !scan.isEveryNeedKnown || !scan.isListWhole) return []
  return scan.archives.flatMap((archive) =>
    replayedByNone(archive, scan).filter(({ isClosed, path }) => isClosed && !scan.neededPaths.has(path)),
  )
}

function replayedByNone(archive: TimelineArchive, scan: RepositoryScan): readonly ArchivedSegment[] {
  const floor = oldestReplay(archive.timeline, scan)
  if (floor === null) return isDeserted(archive.timeline, scan) ? archive.segments : []
  return archive.segments.slice(0, -1).filter(({ lastSequence }) => lastSequence !== null && lastSequence <= floor)
}

/** The lowest sequence that a full ends at, from which this timeline's commits can be replayed; null without one. */
function oldestReplay(timeline: string, { backups, timelines }: RepositoryScan): number | null {
  const floors = pathTo(timeline, timelines?.timelines ?? []).flatMap((part) =>
    backups.flatMap(({ kind, timeline: own, sequenceFloor }) => {
      const isBase = kind === 'full' && own === part.timeline && sequenceFloor !== null
      return isBase && sequenceFloor <= part.untilSequence ? [sequenceFloor] : []
    }),
  )
  return floors.length === 0 ? null : Math.min(...floors)
}

/** No backup will come any more, none is left, and the current timeline can be restored. */
function isDeserted(timeline: string, { backups, timelines }: RepositoryScan): boolean {
  const current = timelines?.current
  const isCurrentSafe = backups.some((each) => each.isRestorable && each.timeline === current)
  return timeline !== current && isCurrentSafe && !backups.some((each) => each.timeline === timeline)
}
