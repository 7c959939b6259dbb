import type { RecoveryOverview } from '../../contract/recovery.ts'
import { segmentEnd } from '../../repository/archive/segment-end.ts'
import type { BackupDirectory } from '../../repository/backup-directory.ts'
import type { ListedBackup } from '../../repository/own/list/listed-backup.ts'
import { orNote } from '../../repository/own/list/noted-damages.ts'
import { recoveryOf, type SegmentEnd, type TimelineRecovery } from '../../repository/own/list/recovery.ts'
import { type RepositoryScan, scanRepository } from '../../repository/own/list/scan-repository.ts'
import { readMarks } from '../../repository/own/marks.ts'

/** All that the timeline of a repository is drawn from but its commits. What is damaged hides nothing else. @throws AppError */
export function readRecoveryOverview(directory: BackupDirectory): RecoveryOverview {
  const scan = scanRepository(directory)
  return {
    timelines: recoveryOf(scan, rememberedEnds(directory)).map((recovery) => timelineOf(recovery, scan)),
    backups: scan.backups.toReversed().map(backupOf),
    marks: orNote([], 'marks.json', () => readMarks(directory)) ?? [],
  }
}

/** Each segment that a window ends with is read once. */
function rememberedEnds(directory: BackupDirectory): SegmentEnd {
  const ends = new Map<string, ReturnType<SegmentEnd>>()
  return (path) => {
    const known = ends.get(path)
    if (known !== undefined) return known
    const end = segmentEnd(directory, path)
    ends.set(path, end)
    return end
  }
}

type OverviewTimeline = RecoveryOverview['timelines'][number]

function timelineOf(recovery: TimelineRecovery, scan: RepositoryScan): OverviewTimeline {
  const { timeline, isCurrent, windows } = recovery
  const known = scan.timelines?.timelines.find(({ id }) => id === timeline)
  return {
    timeline,
    isCurrent,
    parent: known?.parent ?? null,
    forkSequence: known?.forkSequence ?? null,
    windows: windows.map((window) => ({ ...window })),
    gaps: [
      ...recovery.gaps.map(({ afterSequence, beforeSequence, reason }) => ({
        afterSequence,
        beforeSequence,
        fromUs: windows.find(({ toSequence }) => toSequence === afterSequence)?.toUs ?? null,
        toUs: windows.find(({ fromSequence }) => fromSequence === beforeSequence)?.fromUs ?? null,
        reason,
      })),
      ...gapBehind(recovery, scan),
    ],
  }
}

/** A hole behind the last window: commits that are archived behind it can only be gone back to after the next full. */
function gapBehind({ timeline, windows }: TimelineRecovery, { archives }: RepositoryScan): OverviewTimeline['gaps'] {
  const last = windows.at(-1)
  const archive = archives.find((each) => each.timeline === timeline)
  if (last === undefined || archive === undefined) return []
  const { toSequence, toUs } = last
  const next = archive.segments.find(({ firstSequence }) => firstSequence > toSequence + 1)
  if (next === undefined) return []
  const beforeSequence = next.firstSequence
  const recorded = archive.gaps.find((gap) => gap.afterSequence < beforeSequence && gap.beforeSequence > toSequence)
  const reason = recorded?.reason ?? null
  return [{ afterSequence: toSequence, beforeSequence, fromUs: toUs, toUs: null, reason }]
}

function backupOf(backup: ListedBackup): RecoveryOverview['backups'][number] {
  const { id, kind, timeline, createdAtUs, lastCommitAtUs, firstSequence, lastSequence } = backup
  const { totalBytes, isRestorable, label } = backup
  const sequences = { firstSequence, lastSequence }
  return { backupId: id, kind, timeline, createdAtUs, lastCommitAtUs, ...sequences, totalBytes, isRestorable, label }
}
