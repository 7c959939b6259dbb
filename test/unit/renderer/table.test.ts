import { describe, expect, test } from 'vitest'
import { indexAfterKey } from '../../../src-renderer/base/grid-keys.ts'
import { nextSorting, sortRows } from '../../../src-renderer/base/sort.ts'

describe('sorting', () => {
  const rows = [{ v: 2 }, { v: null }, { v: 10 }, { v: 1 }]

  test('puts rows without a value last in both directions', () => {
    expect(sortRows(rows, (row) => row.v, 'ascending').map((row) => row.v)).toEqual([1, 2, 10, null])
    expect(sortRows(rows, (row) => row.v, 'descending').map((row) => row.v)).toEqual([10, 2, 1, null])
  })

  test('orders numbers inside text as numbers and keeps equal rows in order', () => {
    expect(sortRows(['b10', 'b9', 'a'], (row) => row, 'ascending')).toEqual(['a', 'b9', 'b10'])
    expect(
      sortRows(
        [
          [1, 'x'],
          [1, 'y'],
        ],
        ([value]) => value ?? null,
        'descending',
      ),
    ).toEqual([
      [1, 'x'],
      [1, 'y'],
    ])
  })

  test('goes ascending, descending, and back to the order of the rows', () => {
    const first = nextSorting(null, 'size')
    const second = nextSorting(first, 'size')
    expect([first, second, nextSorting(second, 'size'), nextSorting(second, 'name')]).toEqual([
      { columnId: 'size', direction: 'ascending' },
      { columnId: 'size', direction: 'descending' },
      null,
      { columnId: 'name', direction: 'ascending' },
    ])
  })
})

describe('keys in a table', () => {
  test('move the cursor and stop at both ends', () => {
    const keys = ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End']
    expect(keys.map((key) => indexAfterKey(key, 5, 100, 20))).toEqual([6, 4, 25, 0, 0, 99])
    expect(keys.map((key) => indexAfterKey(key, 95, 100, 20))).toEqual([96, 94, 99, 75, 0, 99])
  })

  test('start at the first row, and do nothing without rows or for other keys', () => {
    expect(indexAfterKey('ArrowDown', -1, 3, 20)).toBe(0)
    expect([indexAfterKey('ArrowDown', -1, 0, 20), indexAfterKey('x', 0, 3, 20)]).toEqual([null, null])
  })
})
