import type { Row } from '../evaluate/scope.ts'
import { groupKeyOf } from '../values/group-key.ts'
import { order } from '../values/ordering.ts'
import type { CypherValue } from '../values/value.ts'

/** Rows held beyond those that can still be needed, before the rest is dropped. */
const SPARE_ROWS = 1024

/** A row of the result with the values it is sorted by. */
export type Projected = { readonly row: Row; readonly keys: readonly CypherValue[] }

/** Rows that no row before them equals. */
export function* distinctRows(input: Iterable<Projected>): Generator<Projected> {
  const seen = new Set<string>()
  for (const projected of input) {
    const key = groupKeyOf(projected.row)
    if (seen.has(key)) continue
    seen.add(key)
    yield projected
  }
}

/** Rows in order; equal ones as they came. Only the first `rowsMax` are kept. */
export function sortedRows(
  input: Iterable<Projected>,
  isDescending: readonly boolean[],
  rowsMax: number,
): Iterable<Projected> {
  const compareKeys = comparison(isDescending)
  const rows: Projected[] = []
  for (const projected of input) {
    rows.push(projected)
    if (rows.length < 2 * rowsMax + SPARE_ROWS) continue
    rows.sort(compareKeys)
    rows.length = rowsMax
  }
  rows.sort(compareKeys)
  rows.length = Math.min(rows.length, rowsMax)
  return rows
}

function comparison(isDescending: readonly boolean[]): (left: Projected, right: Projected) => number {
  return (left, right) => {
    for (const [index, descends] of isDescending.entries()) {
      const sign = order(left.keys[index] ?? null, right.keys[index] ?? null)
      if (sign !== 0) return descends ? -sign : sign
    }
    return 0
  }
}
