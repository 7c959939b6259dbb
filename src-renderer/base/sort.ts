export type SortValue = string | number | null
export type Sorting = { readonly columnId: string; readonly direction: 'ascending' | 'descending' }

/** A sorted copy; rows without a value come last whichever way it goes, equal rows keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  sortValueOf: (row: Row) => SortValue,
  direction: Sorting['direction'],
): Row[] {
  const sign = direction === 'ascending' ? 1 : -1
  return rows
    .map((row) => ({ row, value: sortValueOf(row) }))
    .sort((left, right) => {
      if (left.value === null || right.value === null) return Number(left.value === null) - Number(right.value === null)
      return sign * compare(left.value, right.value)
    })
    .map(({ row }) => row)
}

/** What a click on a header makes of the sorting: ascending, descending, then as the rows came. */
export function nextSorting(current: Sorting | null, columnId: string): Sorting | null {
  if (current?.columnId !== columnId) return { columnId, direction: 'ascending' }
  return current.direction === 'ascending' ? { columnId, direction: 'descending' } : null
}

const collator = new Intl.Collator('en', { numeric: true })

function compare(left: string | number, right: string | number): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return collator.compare(String(left), String(right))
}
