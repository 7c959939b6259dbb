// Goal: at every instant a view shows what a reader of the database would have seen then. Method: random histories, kept
// as a list of changes; some of them in tables, the rest in a log and in an archive; compared with a replay of the list.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import { encodeCommitMarker } from '../../../src-main/rocksdb/commits/commit-marker.ts'
import type { KeyVersion, ScanPage, ScanRequest } from '../../../src-main/rocksdb/view/requests.ts'
import type { Row } from '../../../src-main/rocksdb/view/row.ts'
import type { View } from '../../../src-main/rocksdb/view/view.ts'
import { bytesOf, textOf } from './fixtures.ts'
import {
  type Batch,
  batchOf,
  type Change,
  compareKeys,
  history,
  KEYS,
  rangeEnd,
  replay,
  tableOf,
  valueText,
} from './histories.ts'
import { batch, batchRecord, logOf, put } from './log-writer.ts'
import { viewOf } from './small-database.ts'

const pairsOf = (rows: readonly Row[]) => rows.map(({ key, content }) => [textOf(key), valueText(content)])

function rowsOf(view: View, request: Partial<ScanRequest> = {}): string[][] {
  const rows: Row[] = []
  let after: Uint8Array | null = null
  do {
    const page: ScanPage = view.scan({
      columnFamilyId: 0,
      from: null,
      limit: 2,
      maxValueBytes: 10_000,
      ...request,
      after,
    })
    expect(page.damages).toEqual([])
    rows.push(...page.rows)
    after = page.next
  } while (after !== null)
  return pairsOf(rows)
}

/** Tables, log and archive of a history that was flushed `flushed` batches ago and backed up `logged` batches later. */
function viewAt(batches: readonly Batch[], flushed: number, logged: number, upToSequence: number): View {
  const tables = batches.slice(0, flushed)
  const half = Math.ceil(tables.length / 2)
  const lastFlushed = tables.at(-1)?.at(-1)?.sequence ?? 0
  const parts = [tables.slice(half).flat(), tables.slice(0, half).flat()].filter((part) => part.length > 0)
  const archived = logOf(batches.slice(Math.max(0, logged - 1)).map(batchOf))
  return viewOf(parts.map(tableOf), batches.slice(flushed, logged).map(batchOf), {
    lastSequence: lastFlushed,
    largestSequence: lastFlushed,
    upToSequence,
    keptValueBytesMax: 0,
    archive: [{ logNumber: null, open: () => memorySource('archive.wal', archived) }],
  })
}

const cases = fc.tuple(history, fc.nat(), fc.nat(), fc.nat()).map(([batches, flushed, logged, instant]) => {
  const flushedCount = flushed % (batches.length + 1)
  const loggedCount = flushedCount + (logged % (batches.length - flushedCount + 1))
  const first = batches.slice(0, flushedCount).at(-1)?.at(-1)?.sequence ?? 0
  const last = batches.at(-1)?.at(-1)?.sequence ?? 0
  return { batches, flushed: flushedCount, logged: loggedCount, instant: first + (instant % (last - first + 1)) }
})

const seenAt = (batches: readonly Batch[], instant: number) =>
  batches.filter((changes) => changes.at(-1)!.sequence <= instant).flat()

describe('a view at an instant', () => {
  test('shows the rows that a reader saw after the last whole commit, forwards and backwards', () => {
    fc.assert(
      fc.property(cases, ({ batches, flushed, logged, instant }) => {
        const view = viewAt(batches, flushed, logged, instant)
        const expected = [...replay(seenAt(batches, instant))]
        expect(rowsOf(view)).toEqual(expected)
        expect(rowsOf(view, { isReverse: true })).toEqual(expected.toReversed())
        for (const [from, to] of [
          ['aa', 'd'],
          ['b', 'b'],
          ['', 'zz'],
        ] as const) {
          const range = { from: bytesOf(from), to: bytesOf(to) }
          const inside = expected.filter(([key]) => compareKeys(key, from) >= 0 && compareKeys(key, to) < 0)
          expect(rowsOf(view, range)).toEqual(inside)
          expect(rowsOf(view, { ...range, isReverse: true })).toEqual(inside.toReversed())
        }
        expect(view.damages).toEqual([])
        view.close()
      }),
      { numRuns: 300 },
    )
  })

  test('finds each key by itself, and walks over all of them', () => {
    fc.assert(
      fc.property(cases, ({ batches, flushed, logged, instant }) => {
        const view = viewAt(batches, flushed, logged, instant)
        const expected = replay(seenAt(batches, instant))
        const found = KEYS.map((key) => {
          const { row, damages } = view.get({ columnFamilyId: 0, key: bytesOf(key), maxValueBytes: 10_000 })
          expect(damages).toEqual([])
          return row === null ? undefined : valueText(row.content)
        })
        expect(found).toEqual(KEYS.map((key) => expected.get(key)))
        const walk = view.walk(0)
        const walked: Row[] = []
        for (; walk.cursor.valid; walk.cursor.next()) walked.push(walk.row(10_000))
        walk.close()
        expect(pairsOf(walked)).toEqual([...expected])
        view.close()
      }),
      { numRuns: 200 },
    )
  })

  test('knows every version of a key, deletions of its range included', () => {
    fc.assert(
      fc.property(cases, ({ batches, flushed, logged, instant }) => {
        const view = viewAt(batches, flushed, logged, instant)
        for (const key of KEYS) {
          const { versions, isCut } = view.history({
            columnFamilyId: 0,
            key: bytesOf(key),
            maxValueBytes: 10_000,
            limit: 99,
          })
          expect({ isCut, versions: versions.map(versionText) }).toEqual({
            isCut: false,
            versions: seenAt(batches, instant)
              .filter((each) => concerns(each, key))
              .map(changeText)
              .toReversed(),
          })
        }
        view.close()
      }),
      { numRuns: 200 },
    )
  })

  test('before the newest version in a table is refused, with the instant that can be seen', () => {
    const batches: Batch[] = [
      [{ kind: 'put', key: 'a', value: '1', sequence: 1 }],
      [{ kind: 'put', key: 'a', value: '2', sequence: 2 }],
    ]
    expect(() => viewAt(batches, 2, 2, 1)).toThrow(
      expect.objectContaining({
        code: 'INSTANT_NOT_COVERED',
        facts: expect.objectContaining({ nextStep: 'Choose an instant from sequence 2 on, or an older backup.' }),
      }),
    )
  })

  test('before what tables hold is refused also where a compaction took their sequences away', () => {
    const tables = [{ ...tableOf([]), puts: [['a', 0, 'new']] as const, level: 1 }]
    const at = (upToSequence: number) => viewOf(tables, [], { lastSequence: 7, largestSequence: 0, upToSequence })
    expect(() => at(3)).toThrow(expect.objectContaining({ code: 'INSTANT_NOT_COVERED' }))
    expect([rowsOf(at(7)), at(7).exactFromSequence]).toEqual([[['a', 'new']], 7])
  })

  test('inside a record of several commits ends with the last of them that is whole', () => {
    const { key, value } = encodeCommitMarker(1000)
    const marker = batchRecord(3, textOf(key) + textOf(value))
    const at = (record: Uint8Array, upToSequence: number) => {
      const view = viewOf([], [record], { lastSequence: 0, upToSequence })
      return [rowsOf(view).map(([name]) => name), view.lastSequence]
    }
    const two = batch(1, 3, marker, put('a', '1'), put('b', '2'), marker, put('c', '3'))
    expect([0, 1, 2, 3].map((upToSequence) => at(two, upToSequence))).toEqual([
      [[], 0],
      [[], 0],
      [['a', 'b'], 2],
      [['a', 'b', 'c'], 3],
    ])
    // the first of these commits holds nothing
    expect(at(batch(51, 2, marker, marker, put('a', '1'), put('b', '2')), 51)).toEqual([[], 50])
    // a name without a time is no marker
    const unmarked = batch(1, 2, put('a', '1'), batchRecord(3, `${textOf(key)}X`), put('b', '2'))
    expect(at(unmarked, 1)).toEqual([[], 0])
  })

  test('behind a gap in the archive stays before the gap, and says that operations are missing', () => {
    const at = (sequence: number): Batch => [{ kind: 'put', key: 'a', value: `${sequence}`, sequence }]
    const segments = [[at(2)], [at(4), at(5)]].map((each) => logOf(each.map(batchOf)))
    const view = viewOf([], [batchOf(at(1))], {
      lastSequence: 0,
      archive: segments.map((bytes, index) => ({ logNumber: null, open: () => memorySource(`${index}.wal`, bytes) })),
    })
    expect(rowsOf(view)).toEqual([['a', '2']])
    expect([view.lastSequence, view.wal.ignoredFiles]).toEqual([2, ['1.wal']])
    expect(view.damages.map(({ file, problem, expected, found }) => [file, problem, expected, found])).toEqual([
      ['1.wal', 'operations are missing before this log', '3', '4'],
    ])
  })
})

function concerns({ kind, key: begin, value }: Change, key: string): boolean {
  if (kind !== 'range') return begin === key
  return compareKeys(begin, key) <= 0 && compareKeys(key, rangeEnd(value)) < 0
}

const kinds = { put: 'put', merge: 'merge', delete: 'deletion', range: 'range-deletion' }

const changeText = ({ kind, value, sequence }: Change) =>
  `${sequence} ${kinds[kind]} ${kind === 'put' || kind === 'merge' ? value : ''}`

const versionText = ({ sequence, kind, content }: KeyVersion) =>
  `${sequence} ${kind} ${content === null ? '' : valueText(content)}`
