import { join } from 'node:path'
import { writeFileDurably } from '#base/durable-file.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { limits } from '#base/limits.ts'
import { BodyReader } from '../own/format/body-reader.ts'
import { openSealedJson, sealJson } from '../sealed-json.ts'
import { type ArchiveFiles, readArchiveFile } from './archive-files.ts'
import { timelineFolder } from './segment-names.ts'

const REASON_LENGTH_MAX = 10_000

/** Nothing is known of the sequences strictly between. */
export type Gap = {
  readonly afterSequence: number
  readonly beforeSequence: number
  readonly foundAtUs: number
  readonly reason: string
}

/**
 * The gaps of a timeline in the order of their sequences; none where nothing was lost.
 * @throws DamageError, AppError
 */
export function readGaps(files: ArchiveFiles, timeline: string): Gap[] {
  const path = gapsPath(timeline)
  const bytes = readArchiveFile(files, path, limits.gapsFileBytesMax)
  if (bytes === null) return []
  const gaps = new BodyReader(path, openSealedJson(path, bytes)).objects('gaps', (item) => {
    const afterSequence = item.count('afterSequence')
    return {
      afterSequence,
      beforeSequence: item.count('beforeSequence', afterSequence + 2),
      foundAtUs: item.count('foundAtUs'),
      reason: item.text('reason', REASON_LENGTH_MAX),
    }
  })
  return gaps.sort((left, right) => left.afterSequence - right.afterSequence)
}

/** Replaces the gaps of a timeline, whose folder is there. @throws AppError DISK_FULL, ACCESS_DENIED, IO_FAILED */
export function writeGaps(repositoryPath: string, timeline: string, gaps: readonly Gap[], layer: FileLayer): void {
  writeFileDurably(join(repositoryPath, gapsPath(timeline)), sealJson({ gaps }), layer)
}

/** A gap that was found again, and has grown since, replaces what was known of it. */
export function withGap(gaps: readonly Gap[], gap: Gap): Gap[] {
  const known = gaps.find((each) => each.afterSequence === gap.afterSequence)
  if (known !== undefined && known.beforeSequence >= gap.beforeSequence) return [...gaps]
  const others = gaps.filter((each) => each !== known)
  return [...others, gap].sort((left, right) => left.afterSequence - right.afterSequence)
}

function gapsPath(timeline: string): string {
  return `${timelineFolder(timeline)}/gaps.json`
}
