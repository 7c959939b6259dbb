// Goal: whatever is written is read back, and no bytes make the reading fail. Method: random records and mutations.
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PropertyEntry, PropertyValue } from '../../../../src-main/samyama/property-value.ts'
import { parseJsonLine } from '../../../../src-main/samyama/snapshot/json-line.ts'
import type { SnapshotRecord } from '../../../../src-main/samyama/snapshot/snapshot-record.ts'
import { arbitraryEdge, arbitraryNode } from '../arbitrary-rows.ts'
import { headerFor, readItems, writeSnapshot } from './snapshot-support.ts'

const seed = Number(process.env.LIFEBOAT_SEED ?? Date.now() % 2 ** 31)
console.log(`snapshot round trips and mutations: LIFEBOAT_SEED=${seed}`)

const arbitraryRecords = fc
  .tuple(fc.array(arbitraryNode('B'), { maxLength: 5 }), fc.array(arbitraryEdge('B'), { maxLength: 5 }))
  .map(([nodes, edges]): SnapshotRecord[] => [...nodes, ...edges])

/** What a snapshot makes of a record: numbers JSON cannot carry are null, a repeated name keeps its last value. */
function carried(record: SnapshotRecord): SnapshotRecord {
  if (record.type === 'other') return record
  const properties = carriedEntries(record.properties)
  return record.type === 'node' ? { ...record, properties } : { ...record, properties, createdAtMs: 0 }
}

/** Sorted, because a map has no order. */
function carriedEntries(entries: readonly PropertyEntry[]): PropertyEntry[] {
  const byName = new Map(entries.map(({ name, value }) => [name, carriedValue(value)]))
  return [...byName].map(([name, value]) => ({ name, value })).sort((left, right) => (left.name < right.name ? -1 : 1))
}

function carriedValue(value: PropertyValue): PropertyValue {
  if (value.type === 'float' && !Number.isFinite(value.value)) return { type: 'null' }
  if (value.type === 'array') return { ...value, items: value.items.map(carriedValue) }
  if (value.type === 'map') return { ...value, entries: carriedEntries(value.entries) }
  if (value.type !== 'vector') return value
  return { ...value, values: value.values.map((item) => (Number.isFinite(item) ? item : Number.NaN)) }
}

test('records that were written are read back equal, but for what the writer reports', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRecords, async (records) => {
      const items = await readItems((await writeSnapshot(records)).bytes)
      expect(items[0]).toEqual({ type: 'header', header: headerFor(records) })
      expect(items.slice(1, -1).map((item) => carried(item as SnapshotRecord))).toEqual(records.map(carried))
      expect(items.at(-1)).toMatchObject({ type: 'end', damageCount: 0 })
    }),
    { seed, numRuns: 300 },
  )
})

test('records without anything to report are read back exactly', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRecords, async (records) => {
      const first = await writeSnapshot(records)
      const items = (await readItems(first.bytes)).slice(1, -1) as SnapshotRecord[]
      const again = await writeSnapshot(items)
      fc.pre(first.dropped.length === 0)
      expect(items.map(carried)).toEqual(records.map(carried))
      expect(await readItems(again.bytes)).toEqual(await readItems(first.bytes))
    }),
    { seed, numRuns: 100 },
  )
})

test('a JSON number is an exact integer or the nearest float, however it is written', () => {
  const digits = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
  fc.assert(
    fc.property(
      digits,
      fc.double({ noNaN: true, min: -1e308, max: 1e308 }),
      fc.nat(16),
      (integer, float, precision) => {
        expect(parseJsonLine(`[${integer}, {"a":${integer}}]`)).toEqual([integer, { a: integer }])
        const shortest = float.toExponential()
        expect(parseJsonLine(shortest)).toBe(Number(shortest))
        const fixed = float.toExponential(precision)
        expect(parseJsonLine(` [ ${fixed} ]`)).toEqual([Number(fixed)])
      },
    ),
    { seed, numRuns: 1000 },
  )
  expect(['-0', '-0.0', '0', '0.0', '1E2', '1e-400'].map(parseJsonLine)).toEqual([-0, -0, 0n, 0, 100, 0])
})

test('changed bytes are damage or other records, never another failure', async () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 })
  let damaged = 0
  await fc.assert(
    fc.asyncProperty(arbitraryRecords, changes, fc.boolean(), async (records, edits, isPacked) => {
      const { bytes } = await writeSnapshot(records)
      const target = isPacked ? bytes : new Uint8Array(gunzipSync(bytes))
      for (const [place, mask] of edits) target[place % target.byteLength]! ^= mask
      const items = await readItems(isPacked ? target : gzipSync(target))
      expect(items.filter((item) => item.type === 'end')).toHaveLength(1)
      if (items.some((item) => item.type === 'damage')) damaged += 1
    }),
    { seed, numRuns: 1000 },
  )
  expect(damaged).toBeGreaterThan(300)
})
