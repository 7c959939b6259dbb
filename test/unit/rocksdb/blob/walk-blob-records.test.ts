import { describe, expect, test } from 'vitest'
import { limits } from '#base/limits.ts'
import { memorySource } from '#base/memory-source.ts'
import { type BlobVerification, walkBlobRecords } from '../../../../src-main/rocksdb/blob/walk-blob-records.ts'
import { fixtureBytes, seededRandom } from '../fixtures.ts'
import { blobFooter, blobHeader, blobRecord } from './blob-writer.ts'

const SEED = 20260811
const HEADER = { columnFamilyId: 0, compression: 0, hasTtl: false, expiration: { beginS: 0, endS: 0 } }
const whole = Buffer.concat([
  blobHeader(),
  blobRecord('a', 'first'),
  blobRecord('b', ''),
  blobRecord('c', 'third'),
  blobFooter(3),
])
/** where the records and the footer start */
const [, SECOND, THIRD, FOOTER] = [30, 68, 101, 139] as const

type Walked = Pick<BlobVerification, 'recordCount' | 'bytes'> & {
  readonly visited: unknown
  readonly damages: string[]
}

function walk(bytes: Uint8Array): Walked {
  const visited: number[][] = []
  const result = walkBlobRecords(memorySource('9.blob', bytes), (...record) => visited.push(record))
  expect(result.damageCount).toBe(result.damages.length)
  const damages = result.damages.map(({ offsetBytes, structure, problem }) => `${offsetBytes} ${structure}: ${problem}`)
  return { recordCount: result.recordCount, bytes: result.bytes, visited, damages }
}

function changed(at: number): Buffer {
  const bytes = Buffer.from(whole)
  bytes[at]! ^= 0x10
  return bytes
}

const first = [63, 1, 5]
const second = [SECOND + 33, 1, 0]
const third = [THIRD + 33, 1, 5]

describe('a walk over a blob file', () => {
  test('tells of every record in file order', () => {
    const visited: number[][] = []
    expect(walkBlobRecords(memorySource('9.blob', whole), (...record) => visited.push(record))).toEqual({
      header: HEADER,
      footer: { blobCount: 3, expiration: { beginS: 0, endS: 0 } },
      recordCount: 3,
      bytes: FOOTER - 30,
      damages: [],
      damageCount: 0,
    })
    expect(visited).toEqual([first, second, third])
  })

  test('of a file that was not closed finds no damage', () => {
    expect(walk(whole.subarray(0, FOOTER))).toEqual({
      recordCount: 3,
      bytes: FOOTER - 30,
      visited: [first, second, third],
      damages: [],
    })
    expect(walk(blobHeader())).toEqual({ recordCount: 0, bytes: 0, visited: [], damages: [] })
  })

  test('passes by damaged contents', () => {
    const all = { recordCount: 3, bytes: FOOTER - 30 }
    const expected = {
      ...all,
      visited: [first, third],
      damages: [`${SECOND} blob record: checksum mismatch of key and value`],
    }
    expect(walk(changed(SECOND + 32))).toEqual(expected)
    expect(walk(changed(SECOND + 28))).toEqual(expected)
  })

  test.each([0, 8, 16, 24])('ends at a record header that is damaged at byte %i', (at) => {
    expect(walk(changed(SECOND + at))).toEqual({
      recordCount: 1,
      bytes: 38,
      visited: [first],
      damages: [`${SECOND} blob record: checksum mismatch of the header`],
    })
  })

  test.each<[string, Uint8Array, string]>([
    ['a damaged header', changed(0), '0 blob file header: magic number of a blob file is missing'],
    [
      'a footer with a damaged magic number',
      changed(FOOTER),
      `${FOOTER} blob file footer: magic number of a blob file is missing`,
    ],
    ['a damaged footer', changed(FOOTER + 8), `${FOOTER} blob file footer: checksum mismatch`],
    [
      'a file that is cut in a value',
      whole.subarray(0, FOOTER - 1),
      `${THIRD} blob record: goes past the end of the records`,
    ],
    ['a file that is cut in a record header', whole.subarray(0, THIRD + 31), `${THIRD} blob record: is cut`],
    [
      'a footer that counts other records',
      Buffer.concat([whole.subarray(0, FOOTER), blobFooter(4)]),
      `${FOOTER} blob file footer: wrong number of records`,
    ],
    [
      'a record that claims more than there is',
      Buffer.concat([whole.subarray(0, FOOTER), blobRecord('d', 'x', { value: 2n ** 53n - 1n })]),
      `${FOOTER} blob record: goes past the end of the records`,
    ],
    [
      'a record that claims more than a number holds',
      Buffer.concat([whole.subarray(0, FOOTER), blobRecord('d', 'x', { value: 2n ** 64n - 1n })]),
      `${FOOTER + 8} blob record: 64-bit number is too large`,
    ],
  ])('names %s', (_, bytes, damage) => {
    expect(walk(bytes).damages).toEqual([damage])
  })

  test('reads a large value in pieces and may be stopped between them', () => {
    const value = 'v'.repeat(3 * limits.readChunkBytes)
    const bytes = Buffer.concat([blobHeader(), blobRecord('key', value), blobFooter(1)])
    let largestBytes = 0
    const memory = memorySource('9.blob', bytes)
    const source = {
      ...memory,
      readInto(target: Uint8Array, at: number) {
        largestBytes = Math.max(largestBytes, target.length)
        return memory.readInto(target, at)
      },
    }
    let checkpoints = 0
    const count = {
      checkpoint: () => {
        checkpoints += 1
      },
    }
    expect(walkBlobRecords(source, () => {}, count).damages).toEqual([])
    expect([checkpoints, largestBytes]).toEqual([4, limits.readChunkBytes])
    const stop = new Error('stopped')
    const stopping = {
      checkpoint: () => {
        checkpoints -= 1
        if (checkpoints === 2) throw stop
      },
    }
    expect(() => walkBlobRecords(source, () => {}, stopping)).toThrow(stop)
  })

  test('of a file of RocksDB 11 finds its records sound', () => {
    const result = walk(fixtureBytes('sst/v11_wide_blobindex_000010.blob'))
    expect(result).toEqual({ recordCount: 2, bytes: 292, visited: expect.anything(), damages: [] })
  })
})

test(`every flipped bit behind the file header is found (seed ${SEED})`, () => {
  const random = seededRandom(SEED)
  const original = fixtureBytes('sst/v11_wide_blobindex_000010.blob')
  for (let index = 0; index < 500; index += 1) {
    const bytes = original.slice()
    const at = 30 + random(bytes.length - 30)
    bytes[at]! ^= 1 << random(8)
    expect(walk(bytes).damages.length, `byte ${at}`).toBeGreaterThan(0)
  }
})
