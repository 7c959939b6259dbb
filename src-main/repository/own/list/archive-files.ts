import type { Damage } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { ByteReader } from '../../../rocksdb/byte-reader.ts'
import type { BackupDirectory } from '../../backup-directory.ts'
import { BodyReader } from '../format/body-reader.ts'
import { TIMELINE_ID } from '../format/timelines.ts'
import { readSealedFile } from '../sealed-file.ts'
import type { FileSizes } from './file-sizes.ts'
import { indexPathOf } from './increment-row.ts'
import { orNote } from './noted-damages.ts'

const SEGMENT_NAME = /^([0-9]{20})\.(wal|idx)$/
const INDEX_MAGIC = 'LBIDX001'
const INDEX_HEAD_BYTES = 32

/** A segment of the archive, by its name and the head of its index. */
export type ArchivedSegment = {
  readonly path: string
  readonly firstSequence: number
  /** null: it is open, or its index says nothing certain */
  readonly lastSequence: number | null
  readonly sizeBytes: number
  /** 0 without one */
  readonly indexSizeBytes: number
  readonly isClosed: boolean
}

/** Sequences of which nothing is known, strictly between the two. */
export type ArchiveGap = { readonly afterSequence: number; readonly beforeSequence: number; readonly reason: string }

export type TimelineArchive = {
  readonly timeline: string
  /** ascending by first sequence */
  readonly segments: readonly ArchivedSegment[]
  readonly gaps: readonly ArchiveGap[]
  /** indexes whose segment is gone */
  readonly loneIndexes: readonly string[]
}

/** The archive of every timeline; what cannot be read is noted. */
export function readArchives(directory: BackupDirectory, sizes: FileSizes, problems: Damage[]): TimelineArchive[] {
  const timelines = (orNote(problems, 'wal', () => directory.list('wal')) ?? []).filter((name) =>
    TIMELINE_ID.test(name),
  )
  return timelines
    .sort((left, right) => Number(left) - Number(right))
    .map((timeline) => readArchive(directory, timeline, sizes, problems))
}

function readArchive(
  directory: BackupDirectory,
  timeline: string,
  sizes: FileSizes,
  problems: Damage[],
): TimelineArchive {
  const folder = `wal/${timeline}`
  const names = orNote(problems, folder, () => directory.list(folder)) ?? []
  const paths = names.filter(isArchiveName).map((name) => `${folder}/${name}`)
  const segmentPaths = paths.filter((path) => path.endsWith('.wal'))
  const known = new Set(segmentPaths.map(indexPathOf))
  return {
    timeline,
    segments: segmentPaths.map((path) => readSegment(directory, path, sizes, problems)),
    gaps: orNote(problems, `${folder}/gaps.json`, () => readGaps(directory, folder)) ?? [],
    loneIndexes: paths.filter((path) => path.endsWith('.idx') && !known.has(path)),
  }
}

function readSegment(directory: BackupDirectory, path: string, sizes: FileSizes, problems: Damage[]): ArchivedSegment {
  const indexPath = indexPathOf(path)
  const firstSequence = Number(path.slice(-24, -4))
  const sizeBytes = numberOr0(sizes.get(path))
  const indexSize = sizes.get(indexPath)
  const isClosed = indexSize !== 'missing'
  const lastSequence = isClosed
    ? orNote(problems, indexPath, () => lastSequenceOf(directory, indexPath, { firstSequence, sizeBytes }))
    : null
  return { path, firstSequence, lastSequence, sizeBytes, indexSizeBytes: numberOr0(indexSize), isClosed }
}

/** From the head of an index, docs/formats/repository.md; the rest and its checksum belong to who reads commits. */
function lastSequenceOf(
  directory: BackupDirectory,
  indexPath: string,
  segment: { firstSequence: number; sizeBytes: number },
): number {
  const source = directory.open(indexPath)
  try {
    const head = new Uint8Array(INDEX_HEAD_BYTES)
    const bytes = head.subarray(0, source.readInto(head, 0))
    const reader = new ByteReader(bytes, { file: indexPath, structure: 'head of an index', offsetBytes: 0 })
    const magic = new TextDecoder('latin1').decode(reader.slice(INDEX_MAGIC.length))
    if (magic !== INDEX_MAGIC) reader.fail('not an index of a segment', INDEX_MAGIC, magic)
    const firstSequence = reader.fixed64()
    if (firstSequence !== segment.firstSequence) {
      reader.fail('not the first sequence of the name', `${segment.firstSequence}`, `${firstSequence}`)
    }
    const lastSequence = reader.fixed64()
    if (lastSequence < firstSequence - 1) reader.fail('ends before it begins', `${firstSequence}`, `${lastSequence}`)
    const sizeBytes = reader.fixed64()
    if (sizeBytes !== segment.sizeBytes) {
      reader.fail('the segment has another size', `${sizeBytes} bytes`, `${segment.sizeBytes} bytes`)
    }
    return lastSequence
  } finally {
    source.close()
  }
}

function readGaps(directory: BackupDirectory, folder: string): ArchiveGap[] {
  const path = `${folder}/gaps.json`
  const parse = (body: unknown) =>
    new BodyReader(path, body).objects('gaps', (item) => ({
      afterSequence: item.count('afterSequence'),
      beforeSequence: item.count('beforeSequence'),
      reason: item.text('reason', limits.lockFileBytesMax),
    }))
  return readSealedFile(directory, path, parse) ?? []
}

function isArchiveName(name: string): boolean {
  const digits = SEGMENT_NAME.exec(name)?.[1]
  return digits !== undefined && Number.isSafeInteger(Number(digits))
}

function numberOr0(size: number | 'missing' | 'unusable'): number {
  return typeof size === 'number' ? size : 0
}
