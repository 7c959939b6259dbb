import type { ByteSource } from '#base/byte-source.ts'
import type { Damage } from '#base/damage.ts'
import type { Commit } from '../../rocksdb/commits/commit.ts'
import { CommitReader } from '../../rocksdb/commits/commit-reader.ts'
import type { LogWalkResult } from '../../rocksdb/log/log-walk.ts'
import { walkLog } from '../../rocksdb/log/walk-log.ts'

/** Called for each record of a segment in order; the payload is a view. */
export type SegmentVisitor = {
  commit?(commit: Commit): void
  /** after the commits of the record; `nextSequence` is what the next one should start with */
  record?(record: { startSequence: number; nextSequence: number; offsetBytes: number }): void
}

export type SegmentWalk = {
  /** null without a whole record */
  readonly firstSequence: number | null
  /** the first minus one when no record used up a number */
  readonly lastSequence: number
  readonly end: LogWalkResult['end']
  /** of the last whole record */
  readonly endOffsetBytes: number
  readonly damages: readonly Damage[]
}

/**
 * Walks a segment up to its last sound record. With a reader that has walked the segments before it, two-phase commits are
 * told with what was prepared there.
 * @throws AppError IO_FAILED, LIMIT_EXCEEDED; whatever the visitor throws
 */
export function walkSegment(source: ByteSource, visitor: SegmentVisitor = {}, reader?: CommitReader): SegmentWalk {
  let firstSequence: number | null = null
  let nextSequence = 0
  const ownReader = reader ?? new CommitReader({ commit: (commit) => visitor.commit?.(commit) })
  ownReader.beginLog(null, source.name)
  const { end, endOffsetBytes, damages } = walkLog(
    source,
    { logNumber: null },
    {
      record(payload, offsetBytes, payloadOffsetBytes, recordEndBytes) {
        const startSequence = ownReader.open(payload, payloadOffsetBytes)
        nextSequence = ownReader.read(offsetBytes, recordEndBytes)
        firstSequence ??= startSequence
        visitor.record?.({ startSequence, nextSequence, offsetBytes })
      },
    },
  )
  const first: number | null = firstSequence
  return { firstSequence: first, lastSequence: Math.max(nextSequence, first ?? 0) - 1, end, endOffsetBytes, damages }
}
