import type { ArchiveFiles } from '../../repository/archive/archive-files.ts'
import { type SegmentVisitor, type SegmentWalk, walkSegment } from '../../repository/archive/walk-segment.ts'
import type { Commit } from '../../rocksdb/commits/commit.ts'
import { CommitReader } from '../../rocksdb/commits/commit-reader.ts'

/** A reader whose commits go to whoever wants them at the moment. */
export class DirectedReader {
  visit: ((commit: Commit) => void) | null = null
  readonly reader = new CommitReader({ commit: (commit) => this.visit?.(commit) })
}

export type KnownWalk = SegmentWalk & {
  /** has seen the segment to its end, with what was prepared before it */
  readonly directed: DirectedReader
}

/**
 * Walks a segment, and before it as many others as hold what was prepared for its two-phase commits: without that they seem to
 * use up no sequence numbers.
 * @param paths of all segments, ascending
 * @param index of the one that is walked
 * @param depth how many segments are walked at least, that one included
 * @param begin called for each attempt: only what the last visitor is told counts
 * @throws AppError
 */
export function walkKnowing(
  files: ArchiveFiles,
  paths: readonly string[],
  index: number,
  depth: number,
  begin: () => SegmentVisitor,
): KnownWalk {
  for (let from = Math.max(0, index + 1 - depth); ; from = Math.max(0, from - (index - from) - 1)) {
    const directed = new DirectedReader()
    for (const path of paths.slice(from, index)) walkOne(files, path, {}, directed)
    const visitor = begin()
    directed.visit = (commit) => visitor.commit?.(commit)
    const walk = walkOne(files, paths[index] ?? '', visitor, directed)
    directed.visit = null
    if (directed.reader.unknownPreparedCount === 0 || from === 0) return { ...walk, directed }
  }
}

function walkOne(files: ArchiveFiles, path: string, visitor: SegmentVisitor, directed: DirectedReader): SegmentWalk {
  const source = files.open(path)
  try {
    return walkSegment(source, visitor, directed.reader)
  } finally {
    source.close()
  }
}
