import { AppError } from '#base/app-error.ts'
import { type Damage, DamageError, describeDamage } from '#base/damage.ts'
import { walkSegment } from '../../repository/archive/walk-segment.ts'
import type { BackupDirectory } from '../../repository/backup-directory.ts'
import { type ArchivedSegment, readArchives, type TimelineArchive } from '../../repository/own/list/archive-files.ts'
import { FileSizes } from '../../repository/own/list/file-sizes.ts'
import { orNote } from '../../repository/own/list/noted-damages.ts'
import { type RepositoryScan, scanRepository } from '../../repository/own/list/scan-repository.ts'
import { lockPath, readLockFile } from '../../repository/own/lock/lock-files.ts'
import { readMarks } from '../../repository/own/marks.ts'
import { readIdentity } from '../../repository/own/open-repository.ts'
import { readTimelines } from '../../repository/own/timelines.ts'
import type { ArchiveFact, DamagedSegment, RecoveryFacts, SegmentFact } from './facts.ts'

/**
 * The archive and the timelines alone, for who looks at commits: `backups` and `marks` are empty.
 * @throws DamageError, AppError as readRecoveryFacts
 */
export function readArchiveFacts(directory: BackupDirectory): RecoveryFacts {
  const problems: Damage[] = []
  const timelines = orNote(problems, 'timelines.json', () => readTimelines(directory))
  const archives = readArchives(directory, new FileSizes(directory), problems)
  const repositoryId = readIdentity(directory)?.repositoryId ?? ''
  return factsOf(directory, { timelines, archives, problems, backups: [] }, { repositoryId, marks: [] })
}

/**
 * All that a recovery is planned from: every small file of the repository is read once, and the open segment walked.
 * What is damaged hides nothing but itself, and stands in `problems`.
 * @throws AppError REPOSITORY_UNUSABLE for a later format; DamageError when it is not known which repository this is
 */
export function readRecoveryFacts(directory: BackupDirectory): RecoveryFacts {
  const repositoryId = readIdentity(directory)?.repositoryId ?? ''
  const scan = scanRepository(directory)
  const problems = [...scan.problems]
  const marks = orNote(problems, 'marks.json', () => readMarks(directory)) ?? []
  return factsOf(directory, { ...scan, problems }, { repositoryId, marks })
}

function factsOf(
  directory: BackupDirectory,
  scan: Pick<RepositoryScan, 'timelines' | 'archives' | 'backups' | 'problems'>,
  { repositoryId, marks }: Pick<RecoveryFacts, 'repositoryId' | 'marks'>,
): RecoveryFacts {
  const damages: Damage[] = [...scan.problems]
  const isTimelineKnown = scan.timelines !== null || directory.stat('timelines.json') === null
  const archives = scan.archives.map((archive) => archiveFact(directory, archive, damages))
  return {
    repositoryId,
    repositoryPath: directory.root,
    currentTimeline: scan.timelines?.current ?? (isTimelineKnown ? '1' : null),
    timelines: scan.timelines?.timelines ?? [],
    backups: scan.backups,
    archives,
    marks,
    writerSeenAtUs: writerSeenAt(directory),
    problems: damages.map(describeDamage),
  }
}

function archiveFact(directory: BackupDirectory, archive: TimelineArchive, damages: Damage[]): ArchiveFact {
  const { timeline, gaps } = archive
  const segments: SegmentFact[] = []
  const damaged: DamagedSegment[] = []
  for (const [index, segment] of archive.segments.entries()) {
    const isNewest = index === archive.segments.length - 1
    const fact = segment.isClosed
      ? closedFact(timeline, segment)
      : isNewest
        ? openFact(directory, timeline, segment, damages)
        : damagedFact(segment, 'it has no index and is not the newest one')
    if ('problem' in fact) damaged.push(fact)
    else if (fact.lastSequence >= fact.firstSequence) segments.push(fact)
  }
  return { timeline, segments, damaged, gaps }
}

function closedFact(timeline: string, segment: ArchivedSegment): SegmentFact | DamagedSegment {
  const { path, firstSequence, lastSequence, sizeBytes } = segment
  if (lastSequence === null) return damagedFact(segment, 'its index says nothing certain about it')
  return { path, timeline, firstSequence, lastSequence, sizeBytes, isOpen: false }
}

function openFact(
  directory: BackupDirectory,
  timeline: string,
  segment: ArchivedSegment,
  damages: Damage[],
): SegmentFact | DamagedSegment {
  const { path, firstSequence } = segment
  try {
    const source = directory.open(path)
    try {
      const walk = walkSegment(source)
      if (walk.firstSequence !== null && walk.firstSequence !== firstSequence) {
        return damagedFact(segment, `it begins with sequence ${walk.firstSequence}`)
      }
      damages.push(...walk.damages)
      const { lastSequence, endOffsetBytes: sizeBytes } = walk
      const isEmpty = walk.firstSequence === null
      return { path, timeline, firstSequence, lastSequence: isEmpty ? -1 : lastSequence, sizeBytes, isOpen: true }
    } finally {
      source.close()
    }
  } catch (cause) {
    if (cause instanceof DamageError || cause instanceof AppError) return damagedFact(segment, cause.message)
    throw cause
  }
}

function damagedFact({ path, firstSequence }: ArchivedSegment, problem: string): DamagedSegment {
  return { path, firstSequence, problem }
}

/** It proves nothing: a writer may live and not be able to write. */
function writerSeenAt(directory: BackupDirectory): number | null {
  try {
    return readLockFile(lockPath(directory.root))?.holder?.heartbeatAtUs ?? null
  } catch (cause) {
    if (cause instanceof AppError) return null
    throw cause
  }
}
