import { describe, expect, test } from 'vitest'
import type { DataRow, DataVersion, DecodedRow, DifferenceRow, FamilyDifference } from '#contract'
import { base64FromBytes } from '../../../src-renderer/base/key-text.ts'
import {
  differenceColumns,
  differenceWords,
  mostChanged,
  sidedFacts,
  thingText,
} from '../../../src-renderer/places/compare/difference-words.ts'
import { rowWords, versionShown } from '../../../src-renderer/places/parts/row-words.ts'
import { oldestFirst } from '../../../src-renderer/stores/instants.ts'

const base64 = (text: string) => base64FromBytes(new TextEncoder().encode(text))
const raw = (value: string, more: Partial<DataRow> = {}): DataRow => ({
  key: base64('k'),
  sequence: 1,
  kind: 'value',
  value: base64(value),
  valueSizeBytes: value.length,
  parts: [],
  decoded: null,
  ...more,
})
const decoded = (properties: Record<string, string>, labels = ['Customer']): DecodedRow => ({
  type: 'node',
  id: '41',
  tenant: 'default',
  labels,
  source: null,
  target: null,
  properties: Object.entries(properties).map(([name, text]) => ({ name, type: 'string', text: `"${text}"` })),
  createdAtMs: null,
  updatedAtMs: Date.UTC(2026, 10, 23),
})
const before = raw('', { decoded: decoded({ name: 'Ada', country: 'NL' }) })
const after = raw('', { decoded: decoded({ name: 'Ada', country: 'SE', since: '2010' }, ['Customer', 'Gold']) })
const row = (kind: DifferenceRow['kind'], left: DataRow | null, right: DataRow | null): DifferenceRow => ({
  key: base64('k'),
  kind,
  left,
  right,
})

describe('a difference in one line', () => {
  test('says of a changed thing what changed, and of any other what it holds', () => {
    expect(
      [
        row('changed', before, after),
        row('removed', before, null),
        row('added', null, raw('v')),
        row('changed', raw('old'), raw('')),
      ].map(differenceWords),
    ).toEqual([
      'labels: Customer → Customer, Gold · country: NL → SE · since: none → 2010',
      'name: Ada · country: NL',
      'v',
      'old → empty value',
    ])
  })

  test('names the thing by its id, or by its key', () => {
    expect([thingText(row('changed', before, after)), thingText(row('added', null, raw('v')))]).toEqual([
      'node 41',
      'k',
    ])
    const titles = [row('removed', before, null), row('added', null, raw('v'))].map((one) =>
      differenceColumns([one]).map(({ title }) => title),
    )
    expect(titles).toEqual([
      ['Change', 'Thing', 'Labels', 'What'],
      ['Change', 'Key', 'What'],
    ])
  })
})

test('both sides of a thing stand beside each other by property', () => {
  expect(sidedFacts(before.decoded, after.decoded, 'UTC')).toEqual([
    { name: 'labels', left: 'Customer', right: 'Customer, Gold' },
    { name: 'name', left: 'Ada', right: 'Ada' },
    { name: 'country', left: 'NL', right: 'SE' },
    { name: 'updated', left: '2026-11-23 00:00:00.000 UTC', right: '2026-11-23 00:00:00.000 UTC' },
    { name: 'since', left: null, right: '2010' },
  ])
  expect(sidedFacts(null, null, 'UTC')).toEqual([])
})

test('the family with most differences is looked at first', () => {
  const family = (name: string, addedCount: number, changedCount: number): FamilyDifference => ({
    name,
    addedCount,
    removedCount: 0,
    changedCount,
    comparedCount: 9,
    sharedTableCount: 0,
    labels: [],
    otherLabelCount: 0,
    damageCount: 0,
  })
  expect(mostChanged([family('default', 0, 0), family('nodes', 1, 2), family('edges', 2, 0)])).toBe('nodes')
  expect(mostChanged([])).toBe(null)
})

test('rows that are not plain values say what they are', () => {
  const part = { name: '', value: '', sizeBytes: 1 }
  expect([rowWords(before), rowWords(raw('', { kind: 'merge', parts: [part] })), rowWords(raw(''))]).toEqual([
    'Customer · name: Ada · country: NL',
    '1 merge operand',
    'empty value',
  ])
  expect(rowWords(raw('', { decoded: decoded({ text: 'x'.repeat(999) }) })).length).toBe(241)
})

test('the version that is seen is the newest one up to the instant', () => {
  const version = (sequence: number): DataVersion => ({
    sequence,
    kind: 'put',
    committedAtUs: null,
    file: '1.log',
    row: null,
  })
  const versions = [version(9), version(5), version(2)]
  expect([9, 8, 2, 1].map((shown) => versionShown(versions, shown)?.sequence ?? null)).toEqual([9, 5, 2, null])
})

test('of two instants the older one stands at the left', () => {
  const at = (backupId: number, upToSequence: number | null) => ({ sourceId: 1, backupId, upToSequence })
  expect(oldestFirst(at(3, null), at(2, null))).toEqual([at(2, null), at(3, null)])
  expect(oldestFirst(at(2, null), at(2, 7))).toEqual([at(2, 7), at(2, null)])
  expect(oldestFirst(at(2, 5), at(2, 7))).toEqual([at(2, 5), at(2, 7)])
  expect(oldestFirst(at(2, null), at(2, null))).toEqual([at(2, null), at(2, null)])
})
