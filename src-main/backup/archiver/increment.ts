import type { ArchiveFiles } from '../../repository/archive/archive-files.ts'
import type { Gap } from '../../repository/archive/gaps.ts'
import { listSegments, readSegmentIndex } from '../../repository/archive/segments.ts'
import type { IncrementSegment } from '../../repository/own/format/increment.ts'
import { crc32c } from '../../rocksdb/crc32c.ts'

/** What an incremental backup consists of (docs/formats/repository.md, `increments/<id>.json`). */
export type ClosedIncrement = {
  readonly firstSequence: number
  /** the first minus one when nothing was committed */
  readonly lastSequence: number
  readonly commitCount: number
  readonly firstCommitAtUs: number | null
  readonly lastCommitAtUs: number | null
  readonly segments: readonly IncrementSegment[]
  /** not empty: something between is lost, and only a full backup helps */
  readonly gaps: readonly Gap[]
}

/**
 * What closed segments hold behind a sequence.
 * @param gaps of the timeline
 * @throws AppError; DamageError when an index cannot be read
 */
export function readIncrement(
  files: ArchiveFiles,
  timeline: string,
  afterSequence: number,
  gaps: readonly Gap[],
): ClosedIncrement {
  const segments: IncrementSegment[] = []
  let commitCount = 0
  let firstCommitAtUs: number | null = null
  let lastCommitAtUs: number | null = null
  for (const segment of listSegments(files, timeline).segments) {
    const isEmpty = segment.lastSequence < segment.firstSequence
    if (segment.crc32c === null || isEmpty || segment.lastSequence <= afterSequence) continue
    const { index, bytes } = readSegmentIndex(files, segment.path)
    index.walk((commit) => {
      if (commit.firstSequence <= afterSequence) return undefined
      commitCount += 1
      firstCommitAtUs ??= commit.timeUs
      lastCommitAtUs = commit.timeUs ?? lastCommitAtUs
      return undefined
    })
    const { path: name, firstSequence, lastSequence, sizeBytes } = segment
    const indexFacts = { indexSizeBytes: bytes.length, indexCrc32c: crc32c(bytes) }
    segments.push({ name, firstSequence, lastSequence, sizeBytes, crc32c: segment.crc32c, ...indexFacts })
  }
  const first = segments[0]?.firstSequence ?? 0
  const behind = gaps.filter((gap) => gap.beforeSequence > afterSequence + 1)
  // what an archive lacks at its beginning is in no list of gaps
  const isShort = first > afterSequence + 1 && !behind.some((gap) => gap.afterSequence < first)
  const before = { afterSequence, beforeSequence: first, foundAtUs: 0, reason: 'the archive begins later' }
  return {
    firstSequence: afterSequence + 1,
    lastSequence: segments.at(-1)?.lastSequence ?? afterSequence,
    commitCount,
    firstCommitAtUs,
    lastCommitAtUs,
    segments,
    gaps: [...(isShort ? [before] : []), ...behind],
  }
}
