// Goal: what the writer frames is what was given to it, at any place of a file. Method: random payloads around block borders,
// read back by the walk, byte for byte as an independent writer frames them, and once by RocksDB's own reader.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import { LogWriter } from '../../../src-main/rocksdb/log/log-writer.ts'
import type { TimestampSize } from '../../../src-main/rocksdb/log/special-record.ts'
import { walkLog } from '../../../src-main/rocksdb/log/walk-log.ts'
import { runLdb, skipWithoutRocksdbTools } from '../../support/rocksdb-tools.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { batch, logOf, put } from './log-writer.ts'

/** Payload sizes that end near the borders of blocks, and far over them. */
const size = fc.oneof(
  fc.nat(60),
  fc.nat(700),
  fc.integer({ min: 32_700, max: 32_800 }),
  fc.integer({ min: 65_000, max: 66_000 }),
  fc.integer({ min: 0, max: 300_000 }),
)

function payloadOf(sizeBytes: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 31 + seed * 7) & 0xff)
}

/** A payload in three pieces, cut where `cuts` say. */
function inPieces(payload: Uint8Array, cuts: readonly [number, number]): Uint8Array[] {
  const [first, second] = cuts.map((cut) => cut % (payload.length + 1)).sort((left, right) => left - right)
  return [payload.subarray(0, first), payload.subarray(first, second), payload.subarray(second)]
}

function written(payloads: readonly (readonly Uint8Array[])[], offsetBytes = 0) {
  const chunks: Buffer[] = []
  const starts: number[] = []
  const writer = new LogWriter((bytes) => chunks.push(Buffer.from(bytes)), offsetBytes)
  for (const pieces of payloads) {
    starts.push(writer.nextRecordOffsetBytes)
    writer.append(pieces)
  }
  writer.flush()
  return { bytes: Buffer.concat(chunks), starts, sizeBytes: writer.sizeBytes }
}

function read(bytes: Uint8Array) {
  const payloads: Buffer[] = []
  const starts: number[] = []
  const ends: number[] = []
  const result = walkLog(
    memorySource('log', bytes),
    { logNumber: null },
    {
      record(payload, offsetBytes, _payloadOffsetBytes, endOffsetBytes) {
        payloads.push(Buffer.from(payload))
        starts.push(offsetBytes)
        ends.push(endOffsetBytes)
      },
    },
  )
  return { payloads, starts, ends, result }
}

describe('the log writer', () => {
  test('frames random payloads as RocksDB does, and tells their places before', () => {
    const property = fc.property(fc.array(fc.tuple(size, fc.nat(), fc.nat()), { maxLength: 12 }), (specs) => {
      const payloads = specs.map(([sizeBytes], index) => payloadOf(sizeBytes, index))
      const { bytes, starts, sizeBytes } = written(
        payloads.map((payload, index) => inPieces(payload, [specs[index]![1], specs[index]![2]])),
      )
      expect(sizeBytes).toBe(bytes.length)
      expect(bytes.equals(logOf(payloads))).toBe(true)
      const back = read(bytes)
      expect(back.payloads.map((payload, index) => payload.equals(payloads[index]!))).toEqual(payloads.map(() => true))
      expect(back.starts).toEqual(starts)
      expect(back.result).toEqual({
        end: 'clean',
        endOffsetBytes: bytes.length,
        damages: [],
        damageCount: 0,
        tear: null,
      })
    })
    fc.assert(property, { numRuns: 200 })
  })

  test('goes on at any end of a record in a file that is there', () => {
    const property = fc.property(fc.array(size, { minLength: 2, maxLength: 8 }), fc.nat(), (sizes, cut) => {
      const payloads = sizes.map(payloadOf)
      const whole = written(payloads.map((payload) => [payload])).bytes
      const firstCount = cut % payloads.length
      const start = written(payloads.slice(0, firstCount).map((payload) => [payload])).bytes
      const rest = written(
        payloads.slice(firstCount).map((payload) => [payload]),
        start.length,
      )
      expect(Buffer.concat([start, rest.bytes]).equals(whole)).toBe(true)
      expect(rest.sizeBytes).toBe(whole.length)
    })
    fc.assert(property, { numRuns: 100 })
  })

  test('leaves seven bytes of a block to an empty first fragment, and fewer to zeros', () => {
    const first = payloadOf(32_768 - 7 - 7, 1)
    expect(written([[first], [payloadOf(20, 2)]]).bytes.equals(logOf([first, payloadOf(20, 2)]))).toBe(true)
    const longer = payloadOf(32_768 - 7 - 6, 1)
    const { bytes, starts } = written([[longer], [payloadOf(20, 2)]])
    expect([bytes.length, starts]).toEqual([32_768 + 27, [0, 32_768]])
    expect(bytes.subarray(32_762, 32_768).equals(Buffer.alloc(6))).toBe(true)
  })

  test('forgets what was not flushed when it is given another place', () => {
    const chunks: Buffer[] = []
    const writer = new LogWriter((bytes) => chunks.push(Buffer.from(bytes)))
    writer.append([payloadOf(100, 1)])
    writer.reset(0)
    writer.append([payloadOf(50, 2)])
    writer.flush()
    expect(Buffer.concat(chunks).equals(logOf([payloadOf(50, 2)]))).toBe(true)
  })

  test('writes sizes of timestamps whole into one block', () => {
    const chunks: Buffer[] = []
    const writer = new LogWriter((bytes) => chunks.push(Buffer.from(bytes)))
    const sizes: TimestampSize[] = [
      { columnFamilyId: 3, sizeBytes: 8 },
      { columnFamilyId: 70_000, sizeBytes: 12 },
    ]
    writer.append([payloadOf(32_768 - 7 - 15, 1)])
    writer.appendTimestampSizes(sizes)
    writer.append([payloadOf(5, 2)])
    writer.flush()
    const told: unknown[] = []
    const result = walkLog(
      memorySource('log', Buffer.concat(chunks)),
      { logNumber: null },
      {
        record: (payload) => told.push(payload.length),
        timestampSizes: (found, offsetBytes) => told.push(found, offsetBytes),
      },
    )
    expect([told, result.end]).toEqual([[32_768 - 22, sizes, 32_768, 5], 'clean'])
  })

  test('is read by dump_wal', async (context) => {
    skipWithoutRocksdbTools(context)
    const values = [10, 100, 40_000, 32_700, 5, 90_000, 1]
    const batches = values.map((length, index) => batch(index + 1, 1, put(`k${index}`, 'v'.repeat(length))))
    const path = join(tempDir(), '000007.log')
    writeFileSync(path, written(batches.map((payload) => [payload])).bytes)
    const dumped = await runLdb(['dump_wal', `--walfile=${path}`])
    const facts = dumped.split('\n').flatMap((line) => /^(\d+,\d+,\d+),/.exec(line)?.[1] ?? [])
    expect(facts).toEqual(batches.map((payload, index) => `${index + 1},1,${payload.length}`))
  })
})
