// Goal: a diff finds exactly the keys whose rows differ, and reads nothing that both states share. Method: random
// histories, kept in tables, compacted tables and logs; compared with a replay.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DiffRequest, diffViews } from '../../../src-main/rocksdb/diff/diff-views.ts'
import type { View } from '../../../src-main/rocksdb/view/view.ts'
import { textOf } from './fixtures.ts'
import { type Batch, batchOf, compareKeys, history, replay, tableOf } from './histories.ts'
import { batch, batchRecord } from './log-writer.ts'
import { type TestTable, viewOf } from './small-database.ts'

type Found = { differences: [key: string, kind: string][]; sharedTableCount: number }

function found(left: View, right: View, request: Partial<DiffRequest> = {}): Found {
  const open = diffViews(left, right, { columnFamilyName: 'default', after: null, ...request })
  const { diff } = open
  const differences: Found['differences'] = []
  for (; diff.valid; diff.next()) differences.push([textOf(diff.key), diff.kind])
  expect(open.damages).toEqual([])
  open.close()
  return { differences, sharedTableCount: open.sharedTableCount }
}

function expected(left: Map<string, string>, right: Map<string, string>): Found['differences'] {
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort(compareKeys)
  return keys.flatMap((key): Found['differences'] => {
    const [before, after] = [left.get(key), right.get(key)]
    if (before === after) return []
    return [[key, before === undefined ? 'added' : after === undefined ? 'removed' : 'changed']]
  })
}

const lastOf = (batches: readonly Batch[]) => batches.at(-1)?.at(-1)?.sequence ?? 0

/** A table a batch, newest first; the first few compacted into one below them; the last few in the log. */
function stateOf(batches: readonly Batch[], compacted: number, logged: number): View {
  const flushed = batches.slice(0, Math.max(compacted, batches.length - logged))
  const below: TestTable[] =
    compacted === 0
      ? []
      : [
          {
            ...tableOf(flushed.slice(0, compacted).flat()),
            level: 1,
            fileNumber: 500 + compacted,
            uniqueId: `c${compacted}`,
          },
        ]
  const above = flushed.slice(compacted).map((each, index): TestTable => {
    const number = compacted + index
    return { ...tableOf(each), fileNumber: 100 + number, uniqueId: `t${number}` }
  })
  return viewOf([...above.toReversed(), ...below], batches.slice(flushed.length).map(batchOf), {
    lastSequence: lastOf(flushed),
    // the same for every table, so that a table is the same in both states
    largestSequence: 0,
    keptValueBytesMax: 0,
  })
}

const cases = fc.tuple(history, fc.nat(), fc.nat(), fc.nat(), fc.nat(), fc.nat()).map(([batches, ...numbers]) => {
  const [first = 0, leftCompacted = 0, rightCompacted = 0, leftLogged = 0, rightLogged = 0] = numbers
  const before = batches.slice(0, first % (batches.length + 1))
  return {
    batches,
    before,
    left: stateOf(before, leftCompacted % Math.min(3, before.length + 1), leftLogged % 4),
    right: stateOf(batches, rightCompacted % Math.min(3, batches.length + 1), rightLogged % 4),
  }
})

describe('a diff of two states', () => {
  test('finds the keys whose rows were added, removed or changed, in either direction', () => {
    let shared = 0
    fc.assert(
      fc.property(cases, ({ batches, before, left, right }) => {
        const [old, now] = [replay(before.flat()), replay(batches.flat())]
        const result = found(left, right)
        expect(result.differences).toEqual(expected(old, now))
        expect(found(right, left).differences).toEqual(expected(now, old))
        shared += result.sharedTableCount
      }),
      { numRuns: 250 },
    )
    // else the jumps were never tried
    expect(shared).toBeGreaterThan(100)
  }, 30_000)

  test('goes on behind any key', () => {
    fc.assert(
      fc.property(cases, ({ left, right }) => {
        const { differences } = found(left, right)
        differences.forEach(([key], index) => {
          const after = new TextEncoder().encode(key)
          expect(found(left, right, { after }).differences).toEqual(differences.slice(index + 1))
        })
      }),
      { numRuns: 100 },
    )
  })

  test('of two instants of one file set looks only at what came between them', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.nat(), (batches, first, flushed) => {
        const flushedCount = flushed % (batches.length + 1)
        const earlierCount = flushedCount + (first % (batches.length - flushedCount + 1))
        const tables = flushedCount === 0 ? [] : [{ ...tableOf(batches.slice(0, flushedCount).flat()), uniqueId: 't' }]
        const at = (upToSequence: number) =>
          viewOf(tables, batches.slice(flushedCount).map(batchOf), {
            lastSequence: lastOf(batches.slice(0, flushedCount)),
            largestSequence: 0,
            upToSequence,
          })
        const instant = lastOf(batches.slice(0, earlierCount))
        const open = diffViews(at(instant), at(lastOf(batches)), {
          columnFamilyName: 'default',
          after: null,
          sharedUpToSequence: instant,
        })
        const differences: Found['differences'] = []
        for (; open.diff.valid; open.diff.next()) differences.push([textOf(open.diff.key), open.diff.kind])
        expect(differences).toEqual(expected(replay(batches.slice(0, earlierCount).flat()), replay(batches.flat())))
        const later = batches.slice(earlierCount).flat()
        if (later.every(({ kind }) => kind !== 'range')) {
          expect(open.diff.comparedCount).toBe(new Set(later.map(({ key }) => key)).size)
        }
        open.close()
      }),
      { numRuns: 200 },
    )
  })

  test('compares values to their last byte, however they are stored and however long they are', () => {
    const long = 'x'.repeat(3 * 1024 * 1024)
    const timedPut = (value: string) => batch(1, 1, batchRecord(0x18, 'a', `${value}12345678`))
    const merge = (value: string) => batch(1, 1, batchRecord(2, 'a', value))
    const stateWith = (record: Uint8Array) => viewOf([], [record], { lastSequence: 0 })
    for (const record of [timedPut, merge]) {
      const [one, other, same] = [record(`${long}1`), record(`${long}2`), record(`${long}1`)].map(stateWith) as [
        View,
        View,
        View,
      ]
      expect([found(one, other).differences, found(one, same).differences]).toEqual([[['a', 'changed']], []])
    }
  })

  test('of a family that one side does not have shows all its rows', () => {
    const rows: Batch[] = [[{ kind: 'put', key: 'a', value: '1', sequence: 1 }]]
    const [left, right] = [stateOf([], 0, 0), stateOf(rows, 0, 0)]
    expect([found(left, right).differences, found(right, left).differences]).toEqual([
      [['a', 'added']],
      [['a', 'removed']],
    ])
    expect(() => found(left, right, { columnFamilyName: 'nodes' })).toThrow(
      expect.objectContaining({ code: 'COLUMN_FAMILY_NOT_FOUND' }),
    )
  })
})
