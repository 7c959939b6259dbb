import type { SortValue } from '../base/sort.ts'

export type Column<Row> = {
  readonly id: string
  readonly title: string
  /** least width, in em */
  readonly width: number
  /** share of the width that is left over; 0 keeps the least width */
  readonly grow?: number
  readonly align?: 'right'
  readonly isMono?: boolean
  /** what the column sorts by, and copies when there is no `copyOf` */
  readonly valueOf: (row: Row) => SortValue
  readonly copyOf?: (row: Row) => string
}

/** The columns as tracks of a CSS grid. */
export function gridTracks(columns: readonly Column<never>[], widths: Readonly<Record<string, number>>): string {
  return columns
    .map(({ id, width, grow = 1 }) => {
      const chosen = widths[id]
      if (chosen !== undefined) return `${chosen}em`
      return grow === 0 ? `${width}em` : `minmax(${width}em, ${grow}fr)`
    })
    .join(' ')
}

export function leastWidth(columns: readonly Column<never>[], widths: Readonly<Record<string, number>>): number {
  return columns.reduce((sum, { id, width }) => sum + (widths[id] ?? width), 0)
}
