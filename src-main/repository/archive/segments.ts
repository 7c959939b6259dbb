import type { ByteSource } from '#base/byte-source.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { damageAt } from '../../rocksdb/place.ts'
import { type ArchiveFiles, readArchiveFile } from './archive-files.ts'
import {
  decodeIndexHeader,
  decodeSegmentIndex,
  INDEX_HEADER_BYTES,
  type SegmentFacts,
  type SegmentIndex,
} from './segment-index.ts'
import { firstSequenceInName, indexName, isSegmentName, timelineFolder } from './segment-names.ts'
import { walkSegment } from './walk-segment.ts'

/** A segment as it is listed. */
export type Segment = {
  /** seen from the repository: wal/<timeline>/… */
  readonly path: string
  readonly firstSequence: number
  /** the first minus one when it holds none */
  readonly lastSequence: number
  /** of an open one: up to the end of its last whole record */
  readonly sizeBytes: number
  /** null: open, its crc is not known */
  readonly crc32c: number | null
  readonly isOpen: boolean
}

export type SegmentList = {
  /** ascending; what is damaged is left out */
  readonly segments: readonly Segment[]
  readonly damages: readonly Damage[]
}

/**
 * The segments of a timeline, told by their names and the headers of their indexes. What is in them is proved when they are
 * read. Only the newest may be open: it is walked.
 * @throws AppError
 */
export function listSegments(files: ArchiveFiles, timeline: string): SegmentList {
  const folder = timelineFolder(timeline)
  const names = files.list(folder).filter(isSegmentName)
  const segments: Segment[] = []
  const damages: Damage[] = []
  for (const [index, name] of names.entries()) {
    try {
      const segment = readFacts(files, `${folder}/${name}`, index === names.length - 1)
      if (segment !== null) segments.push(segment)
    } catch (error) {
      if (!(error instanceof DamageError)) throw error
      damages.push(error.damage)
    }
  }
  return { segments, damages }
}

/** The index of a closed segment, proved. @throws DamageError, AppError */
export function readSegmentIndex(files: ArchiveFiles, segmentPath: string): { index: SegmentIndex; bytes: Uint8Array } {
  const path = indexName(segmentPath)
  const bytes = readArchiveFile(files, path, limits.segmentIndexBytesMax) ?? missing(path, 'the index is missing')
  return { index: decodeSegmentIndex(bytes, path), bytes }
}

function readFacts(files: ArchiveFiles, path: string, isNewest: boolean): Segment | null {
  const indexPath = indexName(path)
  if (files.stat(indexPath) !== null) return closedSegment(files, path, readHeader(files, indexPath))
  if (!isNewest) return missing(indexPath, 'a segment that is not the newest has no index')
  return openSegment(files, path)
}

function readHeader(files: ArchiveFiles, indexPath: string): SegmentFacts {
  const source = files.open(indexPath)
  try {
    return decodeIndexHeader(headOf(source), indexPath)
  } finally {
    source.close()
  }
}

function headOf(source: ByteSource): Uint8Array {
  const bytes = new Uint8Array(INDEX_HEADER_BYTES)
  return bytes.subarray(0, source.readInto(bytes, 0))
}

function closedSegment(files: ArchiveFiles, path: string, facts: SegmentFacts): Segment {
  const named = sequenceInPath(path)
  if (facts.firstSequence !== named)
    differs(path, 'begins with another sequence than its name', named, facts.firstSequence)
  const sizeBytes = files.stat(path)?.size ?? 0
  if (sizeBytes !== facts.sizeBytes) differs(path, 'has another size than its index says', facts.sizeBytes, sizeBytes)
  return { path, ...facts, isOpen: false }
}

/** Null while it is empty. */
function openSegment(files: ArchiveFiles, path: string): Segment | null {
  const source = files.open(path)
  try {
    const walk = walkSegment(source)
    const firstSequence = sequenceInPath(path)
    if (walk.firstSequence === null) return null
    if (walk.firstSequence !== firstSequence) {
      differs(path, 'begins with another sequence than its name', firstSequence, walk.firstSequence)
    }
    return {
      path,
      firstSequence,
      lastSequence: walk.lastSequence,
      sizeBytes: walk.endOffsetBytes,
      crc32c: null,
      isOpen: true,
    }
  } finally {
    source.close()
  }
}

function sequenceInPath(path: string): number {
  return firstSequenceInName(path.slice(path.lastIndexOf('/') + 1))
}

function missing(file: string, problem: string): never {
  throw new DamageError(damageAt({ file, structure: 'segment', offsetBytes: null }, problem))
}

function differs(file: string, problem: string, expected: number, found: number): never {
  throw new DamageError(damageAt({ file, structure: 'segment', offsetBytes: null }, problem, `${expected}`, `${found}`))
}
