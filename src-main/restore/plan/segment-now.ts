import { indexName } from '../../repository/archive/segment-names.ts'
import { readSegmentIndex } from '../../repository/archive/segments.ts'
import { walkSegment } from '../../repository/archive/walk-segment.ts'
import type { BackupDirectory } from '../../repository/backup-directory.ts'
import type { SegmentFact } from './facts.ts'

/**
 * A segment as it is on the disk now; null when it is gone.
 * @throws DamageError, AppError
 */
export function segmentNow(directory: BackupDirectory, path: string): SegmentFact | null {
  const stat = directory.stat(path)
  if (stat === null) return null
  const timeline = path.split('/')[1] ?? ''
  if (directory.stat(indexName(path)) !== null) {
    const { firstSequence, lastSequence } = readSegmentIndex(directory, path).index
    return { path, timeline, firstSequence, lastSequence, sizeBytes: stat.size, isOpen: false }
  }
  const source = directory.open(path)
  try {
    const { firstSequence, lastSequence, endOffsetBytes: sizeBytes } = walkSegment(source)
    return { path, timeline, firstSequence: firstSequence ?? 0, lastSequence, sizeBytes, isOpen: true }
  } finally {
    source.close()
  }
}
