import { DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { ByteReader } from '../../rocksdb/byte-reader.ts'
import type { CommitTimeKind } from '../../rocksdb/commits/commit.ts'
import { crc32c } from '../../rocksdb/crc32c.ts'
import { fixed32At } from '../../rocksdb/little-endian.ts'
import { damageAt, hexWord } from '../../rocksdb/place.ts'

/** Names format and version: docs/formats/repository.md, "Index of a segment". */
export const INDEX_MAGIC = 'LBIDX001'
/** magic, first and last sequence, size, checksum of the segment */
export const INDEX_HEADER_BYTES = 36
export const INDEX_CRC_BYTES = 4
/** kinds of time by their number in the file */
export const timeKinds: readonly CommitTimeKind[] = ['unknown', 'commit', 'arrival']

export type SegmentFacts = {
  readonly firstSequence: number
  /** the first minus one when no record used up a number */
  readonly lastSequence: number
  readonly sizeBytes: number
  /** of the whole segment, unmasked */
  readonly crc32c: number
}

export type IndexedFamily = {
  columnFamilyId: number
  /** merges and entities count */
  puts: number
  deletes: number
  rangeDeletes: number
}

/** A commit as an index tells it. The walk reuses the one object, families included: copy what must stay. */
export type IndexCommit = {
  firstSequence: number
  /** the first minus one when it used up no number */
  lastSequence: number
  /** where its record starts in the segment */
  offsetBytes: number
  timeUs: number | null
  timeKind: CommitTimeKind
  /** of arrival: made at most so long before */
  uncertaintyUs: number | null
  sizeBytes: number
  familyCount: number
  /** the first `familyCount` of them count */
  readonly families: IndexedFamily[]
}

export type SegmentIndex = SegmentFacts & {
  readonly columnFamilyIds: readonly number[]
  readonly commitCount: number
  /** Calls for each commit in order; stops when that says false. @throws DamageError */
  walk(visit: (commit: IndexCommit) => boolean | undefined): void
}

/**
 * Decodes the index of a closed segment. Its commits are read by walk(), in memory that does not depend on their number.
 * @param bytes the whole file
 * @throws DamageError
 */
export function decodeSegmentIndex(bytes: Uint8Array, file: string): SegmentIndex {
  const bodyBytes = bytes.length - INDEX_CRC_BYTES
  if (bodyBytes < INDEX_HEADER_BYTES) fail(file, 0, 'the file is too short', `${INDEX_HEADER_BYTES}`, `${bytes.length}`)
  const facts = decodeIndexHeader(bytes, file)
  const body = bytes.subarray(0, bodyBytes)
  const stored = fixed32At(bytes, bodyBytes)
  const computed = crc32c(body)
  if (stored !== computed) fail(file, bodyBytes, 'checksum mismatch', hexWord(stored), hexWord(computed))
  const reader = new ByteReader(body, { file, structure: 'segment index', offsetBytes: 0 })
  reader.position = INDEX_HEADER_BYTES
  const columnFamilyIds = readFamilies(reader)
  const commitCount = reader.fixed32()
  const commitsAt = reader.position
  const walk = (visit: (commit: IndexCommit) => boolean | undefined) => {
    reader.position = commitsAt
    walkCommits(reader, { ...facts, columnFamilyIds, commitCount }, visit)
  }
  return { ...facts, columnFamilyIds, commitCount, walk }
}

/** The facts at the start of an index, not proved by its checksum. @throws DamageError */
export function decodeIndexHeader(bytes: Uint8Array, file: string): SegmentFacts {
  const reader = new ByteReader(bytes, { file, structure: 'segment index', offsetBytes: 0 })
  const magic = Buffer.from(reader.slice(INDEX_MAGIC.length)).toString('latin1')
  if (magic !== INDEX_MAGIC) {
    reader.position = 0
    reader.fail('not the index of a segment', INDEX_MAGIC, magic)
  }
  const facts = {
    firstSequence: reader.fixed64(),
    lastSequence: reader.fixed64(),
    sizeBytes: reader.fixed64(),
    crc32c: reader.fixed32(),
  }
  if (facts.lastSequence < facts.firstSequence - 1) {
    reader.fail('ends before it begins', `${facts.firstSequence - 1} or more`, `${facts.lastSequence}`)
  }
  return facts
}

function readFamilies(reader: ByteReader): number[] {
  const count = reader.fixed32()
  // each has a byte at least: the count decides nothing before that is known
  const countMax = Math.min(reader.remaining, limits.walkedFamiliesMax)
  if (count > countMax) reader.fail('too many column families', `at most ${countMax}`, `${count}`)
  return Array.from({ length: count }, () => reader.varint32())
}

function walkCommits(
  reader: ByteReader,
  index: SegmentFacts & { readonly columnFamilyIds: readonly number[]; readonly commitCount: number },
  visit: (commit: IndexCommit) => boolean | undefined,
): void {
  const commit: IndexCommit = {
    firstSequence: index.firstSequence,
    lastSequence: index.firstSequence,
    offsetBytes: 0,
    timeUs: null,
    timeKind: 'unknown',
    uncertaintyUs: null,
    sizeBytes: 0,
    familyCount: 0,
    families: [],
  }
  let lastTimeUs = 0
  for (let done = 0; done < index.commitCount; done += 1) {
    commit.firstSequence = added(reader, commit.lastSequence, reader.varint64())
    commit.lastSequence = added(reader, commit.firstSequence, reader.varint64()) - 1
    commit.offsetBytes = added(reader, commit.offsetBytes, reader.varint64())
    if (commit.offsetBytes >= index.sizeBytes) reader.fail('a commit behind the end of the segment')
    lastTimeUs = readTime(reader, commit, lastTimeUs)
    commit.sizeBytes = reader.varint64()
    readCounts(reader, commit, index.columnFamilyIds)
    if (visit(commit) === false) return
  }
  if (reader.remaining > 0) reader.fail('bytes behind the last commit', 'none', `${reader.remaining}`)
}

function readTime(reader: ByteReader, commit: IndexCommit, lastTimeUs: number): number {
  const timeKind = timeKinds[reader.u8()]
  if (timeKind === undefined) return reader.fail('unknown kind of time')
  commit.timeKind = timeKind
  commit.timeUs = null
  commit.uncertaintyUs = null
  if (timeKind === 'unknown') return lastTimeUs
  const timeUs = added(reader, lastTimeUs, reader.signedVarint64())
  if (timeUs < 0) reader.fail('a time before 1970', undefined, `${timeUs}`)
  commit.timeUs = timeUs
  if (timeKind === 'arrival') commit.uncertaintyUs = reader.varint64()
  return timeUs
}

function readCounts(reader: ByteReader, commit: IndexCommit, columnFamilyIds: readonly number[]): void {
  const count = reader.varint32()
  if (count > columnFamilyIds.length)
    reader.fail('more families than there are', `${columnFamilyIds.length}`, `${count}`)
  commit.familyCount = count
  for (let index = 0; index < count; index += 1) {
    let family = commit.families[index]
    if (family === undefined) {
      family = { columnFamilyId: 0, puts: 0, deletes: 0, rangeDeletes: 0 }
      commit.families.push(family)
    }
    const familyIndex = reader.varint32()
    family.columnFamilyId =
      columnFamilyIds[familyIndex] ?? reader.fail('no such column family', undefined, `${familyIndex}`)
    family.puts = reader.varint64()
    family.deletes = reader.varint64()
    family.rangeDeletes = reader.varint64()
  }
}

function added(reader: ByteReader, base: number, difference: number): number {
  const sum = base + difference
  if (!Number.isSafeInteger(sum)) reader.fail('a number is too large', `at most ${Number.MAX_SAFE_INTEGER}`)
  return sum
}

function fail(file: string, offsetBytes: number, problem: string, expected: string, found: string): never {
  throw new DamageError(damageAt({ file, structure: 'segment index', offsetBytes }, problem, expected, found))
}
