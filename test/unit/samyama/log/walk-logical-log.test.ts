import { beforeEach, describe, expect, test } from 'vitest'
import { DamageError } from '../../../../src-main/base/damage.ts'
import { memorySource } from '../../../../src-main/base/memory-source.ts'
import { encodePropertyValue } from '../../../../src-main/samyama/encode.ts'
import { encodeLogicalRecord } from '../../../../src-main/samyama/log/encode-record.ts'
import type { LogEntry, LogicalRecord } from '../../../../src-main/samyama/log/log-entry.ts'
import type { LogicalLogWalkOptions, LogicalLogWalkResult } from '../../../../src-main/samyama/log/log-walk.ts'
import { walkLogicalLog } from '../../../../src-main/samyama/log/walk-logical-log.ts'
import { fromHex, fromText } from '../worked-example.ts'
import { exampleEntries, smallCrcRecord, smallEntry, smallXorRecord } from './example-records.ts'

const NAME = 'wal/wal-0000000000000001.log'
const A1: LogicalLogWalkOptions = { layout: 'A1' }
const noEntries = {
  createNode: 0,
  createEdge: 0,
  deleteNode: 0,
  deleteEdge: 0,
  updateNodeProperties: 0,
  updateEdgeProperties: 0,
  checkpoint: 0,
}
const nothing: LogicalLogWalkResult = {
  end: 'clean',
  endOffsetBytes: 0,
  unreadBytes: 0,
  entryCounts: noEntries,
  formCounts: { xor: 0, crc32: 0 },
  undecodedCount: 0,
  damages: [],
  damageCount: 0,
  tear: null,
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

let records: LogicalRecord[]

beforeEach(() => {
  records = []
})

/** Walks the bytes and keeps what the visitor is given. */
function walk(bytes: Uint8Array, options = A1): LogicalLogWalkResult {
  return walkLogicalLog(memorySource(NAME, bytes), options, {
    record: (record) => records.push(structuredClone(record)),
  })
}

function damage(offsetBytes: number, problem: string, expected: string | null = null, found: string | null = null) {
  return { file: NAME, offsetBytes, structure: 'logical log record', problem, expected, found }
}

/** A copy with one byte changed. */
function changed(bytes: Uint8Array, at: number, mask = 0x10): Uint8Array {
  const copy = bytes.slice()
  copy[at]! ^= mask
  return copy
}

describe('the records that an engine writes', () => {
  test.each(exampleEntries)(
    '$entry.type is written as the engine does and read back',
    ({ entry, sizeBytes, xor, head }) => {
      const record = encodeLogicalRecord(entry, 9n, 'xor')
      const entryBytes = record.subarray(12, -4)
      expect([entryBytes.byteLength, record.at(-4)]).toEqual([sizeBytes, xor])
      expect(entryBytes.subarray(0, fromHex(head).byteLength)).toEqual(fromHex(head))
      expect(walk(record)).toEqual({
        ...nothing,
        endOffsetBytes: sizeBytes + 16,
        entryCounts: { ...noEntries, [entry.type]: 1 },
        formCounts: { xor: 1, crc32: 0 },
      })
      expect(records).toMatchObject([{ offsetBytes: 0, sizeBytes: sizeBytes + 16, form: 'xor', sequence: 9n, entry }])
    },
  )

  test('the whole frames of both forms are as documented, and may follow each other in one file', () => {
    expect(encodeLogicalRecord(smallEntry, 1n, 'xor')).toEqual(smallXorRecord)
    expect(encodeLogicalRecord(smallEntry, 1n, 'crc32')).toEqual(smallCrcRecord)
    expect(walk(joined(smallXorRecord, smallCrcRecord))).toEqual({
      ...nothing,
      endOffsetBytes: 81 + 82,
      entryCounts: { ...noEntries, createNode: 2 },
      formCounts: { xor: 1, crc32: 1 },
    })
    const both = { sequence: 1n, entry: smallEntry, properties: [] }
    expect(records).toEqual([
      { ...both, offsetBytes: 0, sizeBytes: 81, form: 'xor' },
      { ...both, offsetBytes: 81, sizeBytes: 82, form: 'crc32' },
    ])
  })

  test('an update of a release before 1.0.0 has no version', () => {
    const entry: LogEntry = {
      ...(exampleEntries[4]!.entry as LogEntry & { type: 'updateNodeProperties' }),
      version: null,
    }
    expect(walk(encodeLogicalRecord(entry, 1n, 'xor'))).toMatchObject({ end: 'clean', damageCount: 0 })
    expect(records.map((record) => record.entry)).toEqual([entry])
  })

  test('properties are read in the layout asked for, those of 1.11 always as generation B', () => {
    const map = encodePropertyValue({ type: 'map', entries: [{ name: 'when', value: { type: 'date', days: 3 } }] }, 'B')
    const entry: LogEntry = { ...smallEntry, properties: map.subarray(4) }
    const bytes = joined(encodeLogicalRecord(entry, 1n, 'xor'), encodeLogicalRecord(entry, 2n, 'crc32'))
    expect(walk(bytes).undecodedCount).toBe(1)
    expect(records.map((record) => record.properties)).toEqual([
      null,
      [{ name: 'when', value: { type: 'date', days: 3 } }],
    ])
    expect(walk(bytes, { layout: 'B' }).undecodedCount).toBe(0)
  })

  test('a record larger than the window is read whole', () => {
    const properties = new Uint8Array(3 * 1024 * 1024)
    const large = encodeLogicalRecord({ ...smallEntry, properties }, 1n, 'crc32')
    expect(walk(joined(smallXorRecord, large, smallXorRecord))).toMatchObject({
      end: 'clean',
      formCounts: { xor: 2, crc32: 1 },
    })
  })

  test('an empty file is a clean log without records', () => {
    expect(walk(new Uint8Array(0))).toEqual(nothing)
  })
})

describe('a torn tail', () => {
  test.each(exampleEntries)('$entry.type cut at any byte is torn, not damaged', ({ entry }) => {
    for (const form of ['xor', 'crc32'] as const) {
      const record = encodeLogicalRecord(entry, 2n, form)
      for (let cut = 1; cut < record.byteLength; cut += 1) {
        const problem = cut < 4 ? 'the length is cut off' : 'the record is cut off'
        expect(walk(joined(smallXorRecord, record.subarray(0, cut)))).toEqual({
          ...nothing,
          end: 'torn',
          endOffsetBytes: 81,
          unreadBytes: cut,
          entryCounts: { ...noEntries, createNode: 1 },
          formCounts: { xor: 1, crc32: 0 },
          tear: damage(81, problem),
        })
      }
    }
  })

  test('zeros to the end of the file are space that was never written', () => {
    expect(walk(joined(smallXorRecord, new Uint8Array(2 * 1024 * 1024)))).toMatchObject({
      end: 'torn',
      endOffsetBytes: 81,
      tear: damage(81, 'zeros to the end'),
    })
  })
})

describe('damage', () => {
  const two = joined(smallXorRecord, smallXorRecord)

  test('an XOR mismatch is reported as what little it is, and the next record is read', () => {
    expect(walk(changed(two, 30))).toEqual({
      ...nothing,
      end: 'damaged',
      endOffsetBytes: 162,
      entryCounts: { ...noEntries, createNode: 1 },
      formCounts: { xor: 1, crc32: 0 },
      damages: [damage(0, 'XOR mismatch (even a match would prove little)', '0x00000057', '0x00000047')],
      damageCount: 1,
    })
    expect(records.map((record) => record.offsetBytes)).toEqual([81])
  })

  test('a CRC-32 mismatch in the last record is damage, not a torn tail', () => {
    expect(walk(joined(smallXorRecord, changed(smallCrcRecord, 40)))).toMatchObject({
      end: 'damaged',
      endOffsetBytes: 81,
      unreadBytes: 0,
      damages: [damage(81, 'checksum mismatch', '0xa95897b3', '0x1cea64de')],
    })
  })

  test('an entry that does not decode is damage at its place, and bytes left over are too', () => {
    const unknown = encodeLogicalRecord(smallEntry, 1n, 'xor')
    unknown[12] = 7
    unknown[77]! ^= 7
    expect(walk(joined(unknown, smallXorRecord))).toMatchObject({
      end: 'damaged',
      endOffsetBytes: 162,
      damages: [
        {
          file: NAME,
          offsetBytes: 12,
          structure: 'entry variant',
          problem: 'unknown',
          expected: 'less than 7',
          found: '7',
        },
      ],
    })
    const longer = joined(smallXorRecord.subarray(0, 77), new Uint8Array(9), smallXorRecord.subarray(77))
    longer[0] = 0x4d + 9
    expect(walk(longer).damages).toMatchObject([{ offsetBytes: 77, problem: 'bytes left over', found: '9' }])
  })

  test('a length that points past the end but fits no entry is damage, and reading stops', () => {
    expect(walk(changed(two, 1, 0x01))).toMatchObject({
      end: 'damaged',
      endOffsetBytes: 0,
      unreadBytes: 162,
      damages: [damage(0, 'the length goes past the end and fits no entry', 'at most 158 bytes', '333 bytes')],
    })
  })

  test('a length that leads to no record stops the walk', () => {
    const three = joined(smallXorRecord, smallXorRecord, smallXorRecord)
    expect(walk(changed(three, 0, 0x10))).toMatchObject({ end: 'damaged', unreadBytes: 243, damageCount: 1 })
    expect(walk(changed(three, 0, 0x4d))).toMatchObject({
      end: 'damaged',
      unreadBytes: 243,
      damages: [damage(0, 'the length is too small for a record', null, '0 bytes')],
    })
  })

  test('a record beyond the size limit is skipped', () => {
    expect(walk(two, { layout: 'A1', recordBytesMax: 76 })).toMatchObject({
      end: 'damaged',
      unreadBytes: 162,
      damages: [damage(0, 'the record is too large', 'at most 76 bytes', '77 bytes')],
    })
    const checkpoint = encodeLogicalRecord(exampleEntries[6]!.entry, 3n, 'crc32')
    expect(walk(joined(smallXorRecord, checkpoint), { layout: 'A1', recordBytesMax: 76 })).toMatchObject({
      endOffsetBytes: 81 + checkpoint.byteLength,
      formCounts: { xor: 0, crc32: 1 },
    })
  })

  test('an unknown form of record is damage', () => {
    expect(walk(joined(changed(smallCrcRecord, 4, 3), smallXorRecord))).toMatchObject({
      formCounts: { xor: 1, crc32: 0 },
      damages: [damage(0, 'unknown form of record', '1', '2')],
    })
  })

  test('a file with the mark of the planned format is not read', () => {
    expect(walk(joined(fromText('SGWL'), two))).toEqual({
      ...nothing,
      end: 'unknownFormat',
      unreadBytes: 166,
      damages: [damage(0, 'the file has the mark of an unknown format', null, 'SGWL')],
      damageCount: 1,
    })
  })

  test('damage that the visitor finds counts as damage of its record', () => {
    const found = damage(0, 'no such tenant')
    const result = walkLogicalLog(memorySource(NAME, smallXorRecord), A1, {
      record: () => {
        throw new DamageError({ ...found, offsetBytes: null })
      },
    })
    expect(result).toEqual({ ...nothing, end: 'damaged', damages: [found], damageCount: 1 })
  })

  test('a file that becomes shorter while it is read is a change of the source', () => {
    const source = { ...memorySource(NAME, smallXorRecord), sizeBytes: 100 }
    expect(() => walkLogicalLog(source, A1, { record: () => {} })).toThrow('the file became shorter while it was read')
  })
})
