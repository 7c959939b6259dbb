import { zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { ByteSource } from '#base/byte-source.ts'
import { memorySource } from '#base/memory-source.ts'
import type { LogWalkOptions } from '../../../src-main/rocksdb/log/log-walk.ts'
import { walkLog } from '../../../src-main/rocksdb/log/walk-log.ts'
import { bytesOf, expectedSections, fixtureBytes, fixtureNames, fixtureSource, textOf } from './fixtures.ts'
import { walText } from './golden-text.ts'
import { logOf, physicalRecord } from './log-writer.ts'

/** Everything a walk tells, with payloads as text. */
function walked(bytes: Uint8Array, options: Partial<LogWalkOptions> = {}) {
  const records: string[] = []
  const result = walkLog(
    memorySource('x.log', bytes),
    { logNumber: null, ...options },
    {
      record: (payload, offsetBytes) => records.push(`${offsetBytes} ${textOf(payload).slice(0, 20)}`),
    },
  )
  return {
    records,
    end: result.end,
    endOffsetBytes: result.endOffsetBytes,
    problems: result.damages.map((damage) => `${damage.offsetBytes} ${damage.problem}`),
    tear: result.tear === null ? null : `${result.tear.offsetBytes} ${result.tear.problem}`,
  }
}

const clean = (records: string[], endOffsetBytes: number) => ({
  records,
  end: 'clean',
  endOffsetBytes,
  problems: [],
  tear: null,
})

describe('walking a log', () => {
  const sections = expectedSections('expected_wal.txt')
  test.each([...sections.keys()])('reads %s as the reference decoder does', (name) => {
    const logNumber = /(\d{6})\.log$/.exec(name)?.[1]
    expect(walText(fixtureSource(name), logNumber === undefined ? null : Number(logNumber))).toEqual(sections.get(name))
  })

  test('has golden content for every log of the fixtures', () => {
    const logs = ['wal', 'backup_v1', 'backup_v2_api', 'db_two_cf_crashed'].flatMap((directory) =>
      fixtureNames(directory)
        .filter((name) => name.endsWith('.log'))
        .map((name) => `${directory}/${name}`),
    )
    expect([...sections.keys()].sort()).toEqual(logs.sort())
  })

  test('reads the test vectors in both framings', () => {
    const legacy = Buffer.from('e75a4d0011000101000000000000000100000001016b0176', 'hex')
    const recyclable = Buffer.from('1c78362c1100050700000001000000000000000100000001016b0176', 'hex')
    expect(walked(legacy).endOffsetBytes).toBe(24)
    expect(walked(recyclable, { logNumber: 7 }).endOffsetBytes).toBe(28)
    expect(walked(recyclable, { logNumber: 8 })).toEqual({ ...clean([], 0), end: 'recycled' })
  })

  test('ends at the first record of the former life of a recycled file', () => {
    const bytes = fixtureBytes('wal/recycled_000014.log')
    expect(walked(bytes, { logNumber: 14 })).toMatchObject({ end: 'recycled', endOffsetBytes: 880, problems: [] })
  })

  test('takes unreadable bytes behind live records of a recycled file for its former life', () => {
    const live = logOf([bytesOf('a'), bytesOf('b')], 14)
    const stale = logOf([bytesOf('old and long'), bytesOf('older')], 10)
    // the live end fell into the middle of an old record
    expect(walked(Buffer.concat([live, stale.subarray(5)]), { logNumber: 14 })).toEqual({
      ...clean(['0 a', '12 b'], 24),
      end: 'recycled',
    })
  })

  test('reports a damaged record of a recycled file when a live one follows', () => {
    const bytes = fixtureBytes('wal/recycled_000014.log')
    bytes[88 + 20]! ^= 1
    expect(walked(bytes, { logNumber: 14 })).toMatchObject({
      end: 'damaged',
      endOffsetBytes: 88,
      problems: ['88 checksum mismatch'],
    })
  })

  test('puts fragments over many blocks together and accepts the empty first one at a block end', () => {
    const large = Buffer.alloc(100_000, 'x')
    const filler = Buffer.alloc(32768 - 7 - 7, 'f')
    const bytes = logOf([filler, bytesOf('next'), large, bytesOf('end')])
    expect(bytes.readUInt16LE(32761 + 4)).toBe(0)
    expect(walked(bytes)).toEqual(
      clean(
        ['0 ffffffffffffffffffff', '32761 next', '32779 xxxxxxxxxxxxxxxxxxxx', `${bytes.length - 10} end`],
        bytes.length,
      ),
    )
  })

  test('tells a torn end from damage, wherever the file is cut', () => {
    const bytes = logOf([bytesOf('first'), Buffer.alloc(40_000, 'x')])
    for (const cut of [13, 18, 19, 500, 32768, 32770, 32775, bytes.length - 1]) {
      expect([cut, walked(bytes.subarray(0, cut))]).toEqual([
        cut,
        { ...clean(['0 first'], 12), end: 'torn', tear: expect.stringMatching(/^12 /) },
      ])
    }
  })

  test('accepts zeros at the end and skips zeroed blocks in the middle', () => {
    const head = logOf([bytesOf('a')])
    const zeros = Buffer.alloc(3 * 32768 - head.length)
    expect(walked(Buffer.concat([head, zeros]))).toEqual(clean(['0 a'], 8))
    expect(walked(Buffer.concat([head, zeros, logOf([bytesOf('b')])]))).toEqual(clean(['0 a', '98304 b'], 98304 + 8))
  })

  test('calls a record interrupted by zeros torn at the end and damaged before other records', () => {
    const first = physicalRecord(2, bytesOf('half'))
    const padded = Buffer.concat([first, Buffer.alloc(32768 - first.length)])
    expect(walked(padded)).toMatchObject({ end: 'torn', tear: '0 the record has no end', problems: [] })
    expect(walked(Buffer.concat([padded, physicalRecord(1, bytesOf('b'))]))).toMatchObject({
      end: 'damaged',
      problems: ['0 the record has no end'],
    })
  })

  test('stops at damage, or goes on at the next block when asked', () => {
    const bytes = logOf([bytesOf('a'), bytesOf('bad'), Buffer.alloc(32768 - 8 - 10 - 7, 'f'), bytesOf('later')])
    bytes[8 + 7]! ^= 0x80
    const stopped = {
      records: ['0 a'],
      end: 'damaged',
      endOffsetBytes: 8,
      problems: ['8 checksum mismatch'],
      tear: null,
    }
    expect(walked(bytes)).toEqual(stopped)
    expect(walked(bytes, { resync: true })).toEqual({
      ...stopped,
      records: ['0 a', '32768 later'],
      endOffsetBytes: bytes.length,
    })
  })

  test('reports a length past the block as damage, even at the end of the file', () => {
    const bytes = logOf([bytesOf('a'), bytesOf('b')])
    bytes.writeUInt16LE(0xffff, 8 + 4)
    expect(walked(bytes)).toMatchObject({ end: 'damaged', problems: ['8 record length goes past the block'] })
  })

  test('skips unknown types with the high bit and refuses the others', () => {
    const tail = physicalRecord(1, bytesOf('b'))
    expect(walked(Buffer.concat([physicalRecord(200, bytesOf('??')), tail]))).toEqual(clean(['9 b'], 17))
    expect(walked(Buffer.concat([physicalRecord(201, bytesOf('??'), 5), tail]))).toEqual(clean(['13 b'], 21))
    expect(walked(Buffer.concat([physicalRecord(50, bytesOf('??')), tail]))).toMatchObject({
      end: 'damaged',
      problems: ['7 unknown record type'],
    })
  })

  test('refuses fragments out of order', () => {
    const middle = physicalRecord(3, bytesOf('m'))
    const last = physicalRecord(4, bytesOf('l'))
    const full = physicalRecord(1, bytesOf('f'))
    const first = physicalRecord(2, bytesOf('1'))
    const resync = { resync: true }
    expect(walked(Buffer.concat([middle, full]), resync)).toMatchObject({
      records: ['8 f'],
      problems: ['0 a fragment without a first one'],
    })
    expect(walked(Buffer.concat([first, full, last]), resync)).toMatchObject({
      records: ['8 f'],
      problems: ['0 the record has no end', '16 a fragment without a first one'],
    })
  })

  test('refuses a recyclable record after a legacy one and the reverse', () => {
    const legacy = physicalRecord(1, bytesOf('l'))
    const recyclable = physicalRecord(5, bytesOf('r'), 3)
    const problems = ['a record of the other framing']
    for (const pair of [
      [legacy, recyclable],
      [recyclable, legacy],
    ]) {
      const result = walked(Buffer.concat(pair))
      expect([result.end, result.records.length, result.problems.map((line) => line.replace(/^\d+ /, ''))]).toEqual([
        'damaged',
        1,
        problems,
      ])
    }
  })

  test('does a bounded amount of work for a hundred thousand empty fragments', () => {
    const empty = physicalRecord(3, new Uint8Array(0))
    const block = Buffer.alloc(32768)
    for (let at = 0; at + 7 <= block.length; at += 7) block.set(empty, at)
    const first = physicalRecord(2, new Uint8Array(0))
    const blocks = Array.from({ length: 25 }, () => block)
    const bytes = Buffer.concat([...blocks, physicalRecord(4, bytesOf('end'))])
    bytes.set(first, 0)
    const startedAt = performance.now()
    expect(walked(bytes)).toEqual(clean(['0 end'], bytes.length))
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  test('refuses a record that grows past the limit', () => {
    const bytes = logOf([Buffer.alloc(200_000, 'x'), bytesOf('b')])
    expect(walked(bytes, { recordBytesMax: 100_000 })).toMatchObject({
      end: 'damaged',
      records: [],
      problems: ['0 the record is too large'],
    })
  })

  test('stops a decompression bomb at the limit and reports broken compression', () => {
    const setCompression = physicalRecord(9, Uint8Array.of(7, 0, 0, 0))
    const bomb = Buffer.concat([setCompression, logOf([zstdCompressSync(Buffer.alloc(50_000_000))])])
    expect(walked(bomb, { recordBytesMax: 1_000_000 }).problems).toEqual([
      '11 the compressed record unpacks to more than 1000000 bytes',
    ])
    const broken = Buffer.concat([setCompression, logOf([bytesOf('not zstd')])])
    expect(walked(broken).problems).toEqual([expect.stringMatching(/^11 the compressed record cannot be unpacked/)])
  })

  test('reads no more than a mebibyte at a time', () => {
    const bytes = logOf(Array.from({ length: 300 }, () => Buffer.alloc(16_000, 'x')))
    const memory = memorySource('x.log', bytes)
    let largestRead = 0
    const source: ByteSource = {
      ...memory,
      readInto(target, offsetBytes) {
        largestRead = Math.max(largestRead, target.length)
        return memory.readInto(target, offsetBytes)
      },
    }
    let records = 0
    const result = walkLog(
      source,
      { logNumber: null },
      {
        record() {
          records += 1
        },
      },
    )
    expect([result.end, records, largestRead]).toEqual(['clean', 300, 1024 * 1024])
  })

  test('says so when the file becomes shorter while it is read', () => {
    const source = { ...memorySource('x.log', new Uint8Array(10)), sizeBytes: 20 }
    expect(() => walkLog(source, { logNumber: null }, { record() {} })).toThrow('became shorter')
  })
})
