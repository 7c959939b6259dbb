// Goal: an index gives back what was put into it, and nothing else is ever taken for one. Method: random commits; every byte
// of a real index turned; hostile counts and lengths under a right checksum.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DamageError } from '#base/damage.ts'
import {
  decodeIndexHeader,
  decodeSegmentIndex,
  type IndexCommit,
} from '../../../../src-main/repository/archive/segment-index.ts'
import { SegmentIndexBuilder } from '../../../../src-main/repository/archive/segment-index-builder.ts'
import type { Commit } from '../../../../src-main/rocksdb/commits/commit.ts'
import { crc32c } from '../../../../src-main/rocksdb/crc32c.ts'
import { problemOf } from '../../rocksdb/fixtures.ts'

const FILE = 'wal/1/x.idx'

const time = fc.oneof(
  fc.constant({ timeKind: 'unknown' as const, committedAtUs: null, uncertaintyUs: null }),
  fc.record({
    timeKind: fc.constant('commit' as const),
    committedAtUs: fc.nat({ max: 2 ** 52 - 1 }),
    uncertaintyUs: fc.constant(null),
  }),
  fc.record({
    timeKind: fc.constant('arrival' as const),
    committedAtUs: fc.nat({ max: 2 ** 52 - 1 }),
    uncertaintyUs: fc.nat({ max: 2 ** 32 - 1 }),
  }),
)
const family = fc.record({
  columnFamilyId: fc.nat({ max: 2 ** 32 - 1 }),
  puts: fc.nat({ max: 2 ** 40 }),
  deletes: fc.nat({ max: 300 }),
  rangeDeletes: fc.nat({ max: 3 }),
  merges: fc.nat({ max: 1000 }),
  bytes: fc.constant(0),
})
const step = fc.record({
  jump: fc.oneof(fc.constant(0), fc.nat({ max: 1000 })),
  count: fc.oneof(fc.constant(1), fc.nat({ max: 2 ** 32 })),
  recordBytes: fc.oneof(fc.constant(0), fc.nat({ max: 2 ** 30 })),
  time,
  sizeBytes: fc.nat({ max: 2 ** 30 }),
  families: fc.uniqueArray(family, { maxLength: 4, selector: ({ columnFamilyId }) => columnFamilyId }),
})

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** An index of commits, and what a decoder should tell of them. */
function built(firstSequence: number, steps: readonly Step[]) {
  const builder = new SegmentIndexBuilder(firstSequence)
  const expected: object[] = []
  let next = firstSequence
  let offsetBytes = 0
  for (const { jump, count, recordBytes, time: when, sizeBytes, families } of steps) {
    const first = next + jump
    const commit: Commit = {
      firstSequence: first,
      lastSequence: first + count - 1,
      ...when,
      logNumber: null,
      file: '',
      offsetBytes: 0,
      recordEndBytes: 0,
      isLastOfRecord: true,
      sizeBytes,
      families,
    }
    offsetBytes += recordBytes
    builder.add(commit, offsetBytes)
    const { committedAtUs: timeUs, timeKind, uncertaintyUs } = when
    const told = families.map(({ columnFamilyId, puts, merges, deletes, rangeDeletes }) => ({
      columnFamilyId,
      puts: puts + merges,
      deletes,
      rangeDeletes,
    }))
    expected.push({
      firstSequence: first,
      lastSequence: first + count - 1,
      offsetBytes,
      timeUs,
      timeKind,
      uncertaintyUs,
      sizeBytes,
      families: told,
    })
    next = first + count
  }
  const facts = { firstSequence, lastSequence: next - 1, sizeBytes: offsetBytes + 1, crc32c: 0xdeadbeef }
  return { bytes: builder.encode(facts), facts, expected }
}

function commitsOf(bytes: Uint8Array): object[] {
  const commits: object[] = []
  decodeSegmentIndex(bytes, FILE).walk(({ familyCount, families, ...commit }: IndexCommit) => {
    commits.push({ ...commit, families: families.slice(0, familyCount).map((each) => ({ ...each })) })
    return undefined
  })
  return commits
}

/** With the checksum that belongs to it. */
function sealed(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeUInt32LE(crc32c(copy.subarray(0, -4)), copy.length - 4)
  return copy
}

const plain = (over: Partial<Step> = {}): Step => ({
  jump: 0,
  count: 2,
  recordBytes: 30,
  time: { timeKind: 'commit', committedAtUs: 1_700_000_000_000_000, uncertaintyUs: null },
  sizeBytes: 40,
  families: [{ columnFamilyId: 5, puts: 1, deletes: 1, rangeDeletes: 0, merges: 0, bytes: 0 }],
  ...over,
})

describe('the index of a segment', () => {
  test('gives back random commits', () => {
    const property = fc.property(fc.nat({ max: 2 ** 50 }), fc.array(step, { maxLength: 40 }), (first, steps) => {
      const { bytes, facts, expected } = built(first, steps)
      const index = decodeSegmentIndex(bytes, FILE)
      const { columnFamilyIds: _ids, walk: _walk, ...told } = index
      expect(told).toEqual({ ...facts, commitCount: steps.length })
      expect(decodeIndexHeader(bytes.subarray(0, 36), FILE)).toEqual(facts)
      expect(commitsOf(bytes)).toEqual(expected)
    })
    fc.assert(property, { numRuns: 300 })
  })

  test('has the bytes that the format document shows', () => {
    const { bytes } = built(7, [plain()])
    expect(Buffer.from(bytes).toString('hex')).toBe(
      [
        Buffer.from('LBIDX001').toString('hex'),
        '0700000000000000', // first sequence
        '0800000000000000', // last sequence
        '1f00000000000000', // size of the segment
        'efbeadde', // its checksum
        '01000000',
        '05', // families
        '01000000', // commits
        '00021e01', // jump, count, offset, kind of time
        '8080f28183898506', // zigzag of the time
        '28', // size
        '0100010100', // one family: index, puts, deletes, range deletions
        Buffer.from(bytes.subarray(-4)).toString('hex'),
      ].join(''),
    )
  })

  test('with any byte turned is damage', () => {
    const { bytes } = built(
      3,
      Array.from({ length: 20 }, (_, index) => plain({ count: index })),
    )
    for (let at = 0; at < bytes.length; at += 1) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const copy = Buffer.from(bytes)
        copy[at] = (copy[at] ?? 0) ^ mask
        expect(() => commitsOf(copy), `byte ${at}`).toThrow(DamageError)
      }
    }
  })

  test('cut anywhere is damage', () => {
    const { bytes } = built(3, [plain(), plain()])
    for (let size = 0; size < bytes.length; size += 1) {
      expect(() => commitsOf(bytes.subarray(0, size)), `${size} bytes`).toThrow(DamageError)
      // also under a checksum that fits
      if (size > 4) expect(() => commitsOf(sealed(bytes.subarray(0, size))), `${size} bytes`).toThrow(DamageError)
    }
  })

  test('of hostile bytes under a right checksum is damage or an index, within bounds', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
      const { bytes } = built(3, [plain()])
      const forged = sealed(Buffer.concat([bytes.subarray(0, 36), tail, Buffer.alloc(4)]))
      try {
        expect(commitsOf(forged).length).toBeLessThanOrEqual(tail.length)
      } catch (error) {
        expect(error).toBeInstanceOf(DamageError)
      }
    })
    fc.assert(property, { numRuns: 2000 })
  })

  test('says what is wrong', () => {
    const { bytes } = built(3, [plain()])
    const changed = (at: number, value: number) => {
      const copy = Buffer.from(bytes)
      copy[at] = value
      return sealed(copy)
    }
    const problems = [
      problemOf(() => commitsOf(bytes.subarray(0, 20))),
      problemOf(() => commitsOf(changed(7, 0x32))),
      problemOf(() => commitsOf(changed(16, 0x01))),
      problemOf(() => commitsOf(changed(39, 0xff))),
      problemOf(() => commitsOf(changed(41, 0x09))),
      problemOf(() => commitsOf(changed(48, 0x03))),
    ].map((message) => message.replace(`${FILE} `, ''))
    expect(problems).toEqual([
      'at byte 0: segment index: the file is too short (expected 36, found 20)',
      'at byte 0: segment index: not the index of a segment (expected LBIDX001, found LBIDX002)',
      'at byte 36: segment index: ends before it begins (expected 2 or more, found 1)',
      'at byte 40: segment index: too many column families (expected at most 23, found 4278190081)',
      'at byte 63: segment index: varint runs past the end',
      'at byte 49: segment index: unknown kind of time',
    ])
  })

  test('has no time beyond the year 2112, where two would not fit into their difference', () => {
    const late = plain({ time: { timeKind: 'commit', committedAtUs: 2 ** 52, uncertaintyUs: null } })
    const early = plain({ time: { timeKind: 'commit', committedAtUs: 0, uncertaintyUs: null } })
    const times = (steps: Step[]) => commitsOf(built(3, steps).bytes).map((commit) => (commit as IndexCommit).timeUs)
    expect(times([early, late, early])).toEqual([0, null, 0])
  })
})
