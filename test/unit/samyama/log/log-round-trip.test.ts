// Goal: whatever is written is read back, and no bytes make the walk fail. Method: random entries and mutations.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memorySource } from '../../../../src-main/base/memory-source.ts'
import { encodeLogicalRecord } from '../../../../src-main/samyama/log/encode-record.ts'
import type { LogEntry } from '../../../../src-main/samyama/log/log-entry.ts'
import { walkLogicalLog } from '../../../../src-main/samyama/log/walk-logical-log.ts'
import { emptyMap } from './example-records.ts'

const seed = Number(process.env.LIFEBOAT_SEED ?? Date.now() % 2 ** 31)
console.log(`logical log round trips and mutations: LIFEBOAT_SEED=${seed}`)

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const text = fc.string({ unit: 'binary', maxLength: 12 })
const properties = fc.oneof(fc.constant(emptyMap), fc.uint8Array({ maxLength: 40 }))
const version = fc.option(u64, { nil: null })

const arbitraryEntry: fc.Arbitrary<LogEntry> = fc.oneof(
  fc.record({
    type: fc.constant('createNode' as const),
    tenant: text,
    nodeId: u64,
    labels: fc.array(text, { maxLength: 3 }),
    properties,
  }),
  fc.record({
    type: fc.constant('createEdge' as const),
    tenant: text,
    edgeId: u64,
    source: u64,
    target: u64,
    edgeType: text,
    properties,
  }),
  fc.record({ type: fc.constant('deleteNode' as const), tenant: text, nodeId: u64 }),
  fc.record({ type: fc.constant('deleteEdge' as const), tenant: text, edgeId: u64 }),
  fc.record({ type: fc.constant('updateNodeProperties' as const), tenant: text, nodeId: u64, properties, version }),
  fc.record({ type: fc.constant('updateEdgeProperties' as const), tenant: text, edgeId: u64, properties, version }),
  fc.record({ type: fc.constant('checkpoint' as const), sequence: u64, timestampSeconds: i64 }),
)
const arbitraryRecord = fc.record({ entry: arbitraryEntry, sequence: u64, form: fc.constantFrom('xor', 'crc32') })
const arbitraryLog = fc.array(arbitraryRecord, { minLength: 1, maxLength: 6 })

function encodeLog(log: readonly { entry: LogEntry; sequence: bigint; form: 'xor' | 'crc32' }[]): Uint8Array[] {
  return log.map(({ entry, sequence, form }) => encodeLogicalRecord(entry, sequence, form))
}

function walk(bytes: Uint8Array) {
  const records: { entry: LogEntry; sequence: bigint; form: string }[] = []
  const result = walkLogicalLog(
    memorySource('wal', bytes),
    { layout: 'A1' },
    {
      record: ({ entry, sequence, form }) => records.push(structuredClone({ entry, sequence, form })),
    },
  )
  return { result, records }
}

test('records that were written are read back equal', () => {
  fc.assert(
    fc.property(arbitraryLog, (log) => {
      const { result, records } = walk(Buffer.concat(encodeLog(log)))
      expect(result).toMatchObject({ end: 'clean', damageCount: 0, unreadBytes: 0 })
      expect(records).toEqual(log)
    }),
    { seed, numRuns: 500 },
  )
})

test('a log cut anywhere is clean or torn, and keeps every record before the cut', () => {
  fc.assert(
    fc.property(arbitraryLog, fc.nat(), (log, cut) => {
      const parts = encodeLog(log)
      const bytes = Buffer.concat(parts)
      const piece = bytes.subarray(0, cut % (bytes.byteLength + 1))
      const { result, records } = walk(piece)
      const isAtEnd = result.endOffsetBytes === piece.byteLength
      expect(result).toMatchObject({ end: isAtEnd ? 'clean' : 'torn', damageCount: 0 })
      expect(records).toEqual(log.slice(0, records.length))
      expect(Buffer.concat(parts.slice(0, records.length)).byteLength).toBe(result.endOffsetBytes)
    }),
    { seed, numRuns: 500 },
  )
})

test('one changed bit in a record of the new form is never read as a record', () => {
  const whole = fc.array(
    arbitraryRecord.map((record) => ({ ...record, form: 'crc32' as const })),
    { minLength: 1, maxLength: 3 },
  )
  fc.assert(
    fc.property(whole, fc.nat(), fc.nat(7), (log, place, bit) => {
      const bytes = Buffer.concat(encodeLog(log))
      bytes[place % bytes.byteLength]! ^= 1 << bit
      const { result, records } = walk(bytes)
      expect(result.end).not.toBe('clean')
      for (const record of records) expect(log).toContainEqual(record)
    }),
    { seed, numRuns: 1000 },
  )
})

test('any bytes are a result, never another failure', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(arbitraryLog, changes, (log, edits) => {
      const bytes = Buffer.concat(encodeLog(log))
      for (const [place, mask] of edits) bytes[place % bytes.byteLength]! ^= mask
      const { result } = walk(bytes)
      expect(result.endOffsetBytes).toBeLessThanOrEqual(bytes.byteLength)
    }),
    { seed, numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(walk(bytes).result.unreadBytes).toBeLessThanOrEqual(bytes.byteLength)
    }),
    { seed, numRuns: 1000 },
  )
})
