import type { ArchiveFiles } from './archive-files.ts'
import { type Gap, readGaps } from './gaps.ts'
import { listSegments, readSegmentIndex, type Segment } from './segments.ts'
import { walkSegment } from './walk-segment.ts'

/** Commits of a timeline that follow each other without a hole. */
export type ArchivedStretch = {
  readonly firstSequence: number
  readonly lastSequence: number
  /** of the first and the last commit with a time; null without any */
  readonly firstTimeUs: number | null
  readonly lastTimeUs: number | null
}

export type Recoverable = {
  /** ascending; a restore may go on from a full backup as long as it stays within one */
  readonly stretches: readonly ArchivedStretch[]
  readonly gaps: readonly Gap[]
}

/**
 * What the archive of a timeline covers. Where segments do not continue, a stretch ends, whether the gap was recorded or a
 * segment is missing or damaged.
 * @throws DamageError when gaps or the index at the end of a stretch cannot be read; AppError
 */
export function recoverableStretches(files: ArchiveFiles, timeline: string): Recoverable {
  const runs: Segment[][] = []
  for (const segment of listSegments(files, timeline).segments) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run !== undefined && last !== undefined && segment.firstSequence === last.lastSequence + 1) run.push(segment)
    else runs.push([segment])
  }
  const stretches = runs.flatMap((run) => {
    const [first, last] = [run[0], run.at(-1)]
    if (first === undefined || last === undefined || last.lastSequence < first.firstSequence) return []
    const { firstSequence } = first
    const { lastSequence } = last
    return [{ firstSequence, lastSequence, firstTimeUs: firstTime(files, run), lastTimeUs: lastTime(files, run) }]
  })
  return { stretches, gaps: readGaps(files, timeline) }
}

function firstTime(files: ArchiveFiles, run: readonly Segment[]): number | null {
  for (const segment of run) {
    const { first } = timesOf(files, segment)
    if (first !== null) return first
  }
  return null
}

function lastTime(files: ArchiveFiles, run: readonly Segment[]): number | null {
  for (const segment of run.toReversed()) {
    const { last } = timesOf(files, segment)
    if (last !== null) return last
  }
  return null
}

function timesOf(files: ArchiveFiles, segment: Segment): { first: number | null; last: number | null } {
  let first: number | null = null
  let last: number | null = null
  const note = (timeUs: number | null) => {
    first ??= timeUs
    last = timeUs ?? last
  }
  if (!segment.isOpen) {
    readSegmentIndex(files, segment.path).index.walk((commit) => {
      note(commit.timeUs)
      return undefined
    })
    return { first, last }
  }
  const source = files.open(segment.path)
  try {
    walkSegment(source, { commit: (commit) => note(commit.committedAtUs) })
  } finally {
    source.close()
  }
  return { first, last }
}
