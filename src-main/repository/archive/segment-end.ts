import { DamageError } from '#base/damage.ts'
import type { ArchiveFiles } from './archive-files.ts'
import { indexName } from './segment-names.ts'
import { readSegmentIndex } from './segments.ts'
import { walkSegment } from './walk-segment.ts'

/** Where a segment ends; of an open one, with its last whole record. Null when it is damaged. @throws AppError */
export function segmentEnd(
  files: ArchiveFiles,
  path: string,
): { lastSequence: number; lastCommitAtUs: number | null } | null {
  let lastCommitAtUs: number | null = null
  try {
    if (files.stat(indexName(path)) !== null) {
      const { index } = readSegmentIndex(files, path)
      index.walk(({ timeUs }) => {
        lastCommitAtUs = timeUs ?? lastCommitAtUs
        return undefined
      })
      return { lastSequence: index.lastSequence, lastCommitAtUs }
    }
    const source = files.open(path)
    try {
      const { lastSequence } = walkSegment(source, {
        commit: ({ committedAtUs }) => {
          lastCommitAtUs = committedAtUs ?? lastCommitAtUs
        },
      })
      return { lastSequence, lastCommitAtUs }
    } finally {
      source.close()
    }
  } catch (error) {
    if (error instanceof DamageError) return null
    throw error
  }
}
