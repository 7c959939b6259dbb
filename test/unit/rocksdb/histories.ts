import fc from 'fast-check'
import type { RowContent } from '../../../src-main/rocksdb/view/row.ts'
import { bytesOf, textOf } from './fixtures.ts'
import { batch, batchRecord } from './log-writer.ts'
import type { TestTable } from './small-database.ts'

/** what operands stand on where there is no value: an empty one is another state */
const NO_BASE = '(none)'

export const KEYS = ['a', 'aa', 'b', 'b\0', 'c', 'd', 'dd', 'e']
/** longer than what is always kept in memory, so that it is read from the log again */
const LONG = 'long '.repeat(30)

/** One change of a history; a range deletion goes from `key` to `rangeEnd(value)`. */
export type Change = { kind: 'put' | 'merge' | 'delete' | 'range'; key: string; value: string; sequence: number }
export type Batch = readonly Change[]

const change = fc.record({
  kind: fc.constantFrom('put', 'put', 'put', 'merge', 'delete', 'range' as const),
  key: fc.constantFrom(...KEYS),
  value: fc.constantFrom('', '1', LONG, ...KEYS),
})
export const history = fc
  .array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 14 })
  .map((batches): Batch[] => {
    let sequence = 0
    return batches.map((changes) =>
      changes.map((each) => {
        sequence += 1
        return { ...each, sequence } as Change
      }),
    )
  })

const tags = { put: 1, merge: 2, delete: 0, range: 0x0f }

export function batchOf(changes: Batch): Buffer {
  const records = changes.map(({ kind, key, value }) =>
    kind === 'delete' ? batchRecord(0, key) : batchRecord(tags[kind], key, kind === 'range' ? rangeEnd(value) : value),
  )
  return batch(changes[0]!.sequence, changes.length, ...records)
}

/** Where a range deletion ends: any key will do, also one before its begin. */
export const rangeEnd = (value: string) => (value.length > 2 ? 'zz' : value)

export const compareKeys = (left: string, right: string) => Buffer.compare(bytesOf(left), bytesOf(right))

/** The versions of changes as a table of level 0 holds them. */
export function tableOf(changes: Batch): TestTable {
  const points = changes.filter(({ kind }) => kind !== 'range')
  const sorted = points.toSorted((left, right) => compareKeys(left.key, right.key) || right.sequence - left.sequence)
  return {
    level: 0,
    smallest: '',
    largest: 'zz',
    puts: sorted.map(({ kind, key, value, sequence }) => [key, sequence, kind === 'delete' ? '' : value, tags[kind]]),
    tombstones: changes
      .filter(({ kind }) => kind === 'range')
      .map(({ key, value, sequence }) => [key, rangeEnd(value), sequence] as const)
      .toSorted((left, right) => compareKeys(left[0], right[0]) || right[2] - left[2]),
  }
}

/** What a reader sees after these changes: key to value, or operands over a base. */
export function replay(changes: Batch): Map<string, string> {
  const rows = new Map<string, string>()
  for (const { kind, key, value } of changes) {
    if (kind === 'put') rows.set(key, value)
    if (kind === 'merge') rows.set(key, rows.has(key) ? `${value}+${rows.get(key)}` : `${value}+${NO_BASE}`)
    if (kind === 'delete') rows.delete(key)
    if (kind !== 'range') continue
    for (const other of [...rows.keys()]) {
      if (compareKeys(key, other) <= 0 && compareKeys(other, rangeEnd(value)) < 0) rows.delete(other)
    }
  }
  return new Map([...rows].sort(([left], [right]) => compareKeys(left, right)))
}

export function valueText(content: RowContent): string {
  if (content.kind === 'value') return textOf(content.value.bytes)
  if (content.kind !== 'merge') return content.kind
  return [
    ...content.operands.map(({ bytes }) => textOf(bytes)),
    content.base === null ? NO_BASE : valueText(content.base),
  ].join('+')
}
