// Goal: parts of the keys cover every key once, whatever the logs hold, and hold about as many operations each. Method: random logs;
// every key is offered to the filters of all parts.
import { expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import { type KeyParts, keyPartsOf } from '../../../../src-main/restore/proof/key-parts.ts'
import type { ColumnFamily } from '../../../../src-main/rocksdb/manifest/manifest-state.ts'
import { printedSeed } from '../../../support/long-run.ts'
import { seededRandom } from '../../rocksdb/fixtures.ts'
import { batch, familyRecord, logOf } from '../../rocksdb/log-writer.ts'

const family = (id: number, comparator: string | null = null): ColumnFamily => ({
  id,
  name: `family ${id}`,
  comparator,
  logNumber: 0,
  timestampsPersisted: true,
  files: [],
  blobFiles: [],
})

function partsOfKeys(keys: readonly string[], partCount: number, families: readonly ColumnFamily[]): KeyParts {
  const log = logOf(keys.map((key, index) => batch(index + 1, 1, familyRecord(5, families[0]!.id, key, 'value'))))
  const logs = [{ logNumber: 7, open: () => memorySource('000007.log', log) }]
  return keyPartsOf(logs, families, partCount, () => {})
}

/** The parts that want an operation on a key, with other bytes around it. */
function partsWanting(parts: KeyParts, columnFamilyId: number, key: string): number[] {
  const bytes = Buffer.from(`xx${key}yyy`, 'latin1')
  return Array.from({ length: parts.count }, (_, part) => part).filter(
    (part) => parts.filterOf(part)?.(columnFamilyId, bytes, 2, bytes.length - 3) ?? true,
  )
}

test.each([1, 2, 3, 7])('each key belongs to one of %i parts, which are about as large', (partCount) => {
  const random = seededRandom(printedSeed('keys in parts'))
  const keys = Array.from({ length: 5000 }, () => String.fromCharCode(random(256), random(256), random(256)))
  const parts = partsOfKeys(keys, partCount, [family(3)])
  const sizes = new Array<number>(partCount).fill(0)
  for (const key of [...keys, '', '\xff\xff\xff\xff', '\0']) {
    const wanting = partsWanting(parts, 3, key)
    expect(wanting).toHaveLength(1)
    sizes[wanting[0]!]! += 1
  }
  for (const size of sizes) expect(Math.abs(size - 5000 / partCount)).toBeLessThan(600)
})

test('the span of a part is what its filter wants', () => {
  const keys = Array.from({ length: 300 }, (_, index) => `key ${String(index).padStart(3, '0')}`)
  const parts = partsOfKeys(keys, 4, [family(0)])
  for (const key of keys) {
    const within = Array.from({ length: 4 }, (_, part) => parts.spanOf(0, part)).map((span) => {
      const bytes = Buffer.from(key)
      const isFrom = span !== null && (span.from === null || Buffer.compare(span.from, bytes) <= 0)
      return isFrom && (span.to === null || Buffer.compare(bytes, span.to) < 0)
    })
    expect(within.flatMap((isWithin, part) => (isWithin ? [part] : []))).toEqual(partsWanting(parts, 0, key))
  }
})

test('few keys make fewer parts, and a family in another order is in the first as a whole', () => {
  const few = partsOfKeys(['a', 'a', 'b'], 5, [family(0)])
  expect([few.spanOf(0, 0), few.spanOf(0, 4)]).toEqual([expect.objectContaining({ from: null }), null])
  for (const key of ['', 'a', 'b', 'c']) expect(partsWanting(few, 0, key)).toHaveLength(1)
  const reverse = partsOfKeys(['a', 'b', 'c'], 3, [family(0, 'rocksdb.ReverseBytewiseComparator')])
  expect([0, 1, 2].map((part) => reverse.spanOf(0, part))).toEqual([{ from: null, to: null }, null, null])
  expect(partsWanting(reverse, 0, 'b')).toEqual([0])
  // one that no log writes to
  expect(partsWanting(few, 9, 'key')).toEqual([0])
})
