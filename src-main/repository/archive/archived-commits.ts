import type { Damage } from '#base/damage.ts'
import { DamageError } from '#base/damage.ts'
import type { Commit, CommitTimeKind } from '../../rocksdb/commits/commit.ts'
import type { ArchiveFiles } from './archive-files.ts'
import type { IndexCommit } from './segment-index.ts'
import { listSegments, readSegmentIndex, type Segment } from './segments.ts'
import { walkSegment } from './walk-segment.ts'

/** A commit of the archive, by which somebody chooses a point to go back to. */
export type ArchivedCommit = {
  readonly firstSequence: number
  /** the first minus one when it used up no number */
  readonly lastSequence: number
  readonly timeUs: number | null
  readonly timeKind: CommitTimeKind
  readonly uncertaintyUs: number | null
  readonly sizeBytes: number
  readonly families: readonly ArchivedFamily[]
}

export type ArchivedFamily = {
  readonly columnFamilyId: number
  /** merges and entities count */
  readonly puts: number
  readonly deletes: number
  readonly rangeDeletes: number
}

/** Bounds are inclusive; null for none. A commit without a time is in no range of times. */
export type CommitRange = {
  readonly fromSequence: number | null
  readonly toSequence: number | null
  readonly fromUs: number | null
  readonly toUs: number | null
  readonly limit: number
}

export type ArchivedCommits = {
  /** in the order of their sequences */
  readonly commits: readonly ArchivedCommit[]
  /** the limit was reached before the end of the range */
  readonly hasMore: boolean
  readonly damages: readonly Damage[]
}

/** Ends the walk of a segment. */
class Enough extends Error {}

/**
 * The first commits of a timeline in a range, from the indexes of closed segments and by walking the open one. Times may go
 * back, as clocks do, so a range of times looks into every index whose sequences are in range.
 * @throws AppError
 */
export function readArchivedCommits(files: ArchiveFiles, timeline: string, range: CommitRange): ArchivedCommits {
  const { segments, damages } = listSegments(files, timeline)
  const collected = new Collector(range)
  const all: Damage[] = [...damages]
  for (const segment of segments) {
    if (segment.lastSequence < (range.fromSequence ?? 0) || collected.hasMore) continue
    if (segment.firstSequence > (range.toSequence ?? Number.MAX_SAFE_INTEGER)) break
    try {
      collectSegment(files, segment, collected)
    } catch (error) {
      if (!(error instanceof DamageError)) throw error
      all.push(error.damage)
    }
  }
  return { commits: collected.commits, hasMore: collected.hasMore, damages: all }
}

function collectSegment(files: ArchiveFiles, segment: Segment, collected: Collector): void {
  if (!segment.isOpen) {
    readSegmentIndex(files, segment.path).index.walk((commit) => collected.indexed(commit))
    return
  }
  const source = files.open(segment.path)
  try {
    walkSegment(source, {
      commit(commit) {
        if (!collected.walked(commit)) throw new Enough()
      },
    })
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  } finally {
    source.close()
  }
}

class Collector {
  readonly commits: ArchivedCommit[] = []
  hasMore = false
  readonly #range: CommitRange

  constructor(range: CommitRange) {
    this.#range = range
  }

  /** False when it wants no more. */
  indexed(commit: IndexCommit): boolean {
    if (!this.#takes(commit.firstSequence, commit.lastSequence, commit.timeUs)) return !this.hasMore
    const { firstSequence, lastSequence, timeUs, timeKind, uncertaintyUs, sizeBytes } = commit
    const families = commit.families.slice(0, commit.familyCount).map((family) => ({ ...family }))
    this.commits.push({ firstSequence, lastSequence, timeUs, timeKind, uncertaintyUs, sizeBytes, families })
    return true
  }

  /** The same of the open segment. */
  walked(commit: Commit): boolean {
    const { firstSequence, lastSequence, committedAtUs: timeUs, timeKind, uncertaintyUs, sizeBytes } = commit
    if (!this.#takes(firstSequence, lastSequence, timeUs)) return !this.hasMore
    const families = commit.families.map(({ columnFamilyId, puts, merges, deletes, rangeDeletes }) => ({
      columnFamilyId,
      puts: puts + merges,
      deletes,
      rangeDeletes,
    }))
    this.commits.push({ firstSequence, lastSequence, timeUs, timeKind, uncertaintyUs, sizeBytes, families })
    return true
  }

  #takes(firstSequence: number, lastSequence: number, timeUs: number | null): boolean {
    const { fromSequence, toSequence, fromUs, toUs, limit } = this.#range
    if (fromSequence !== null && Math.max(firstSequence, lastSequence) < fromSequence) return false
    if (toSequence !== null && firstSequence > toSequence) return false
    if (fromUs !== null && (timeUs === null || timeUs < fromUs)) return false
    if (toUs !== null && (timeUs === null || timeUs > toUs)) return false
    this.hasMore = this.commits.length >= limit
    return !this.hasMore
  }
}
