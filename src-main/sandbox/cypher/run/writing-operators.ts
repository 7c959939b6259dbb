import type { Row } from '../evaluate/scope.ts'
import type { Operator } from '../match/match-types.ts'
import type { Write } from '../write/compile-set.ts'
import type { Deletion } from '../write/delete-entities.ts'
import { keptRow } from './row-copy.ts'

export type WritingPlace = {
  /** clauses before this one look at the graph while rows are drawn: what is written now must not be seen by them */
  readonly followsReading: boolean
  /** nobody needs the rows */
  readonly isLast: boolean
}

/** Applies a write to every row before the first row goes on: the next clause sees all of what this one did. */
export function writingOperator(write: Write, place: WritingPlace): Operator {
  return function* writeAll(input) {
    const rows = place.followsReading ? Array.from(input, keptRow) : input
    if (place.isLast) {
      for (const row of rows) write(row)
      return
    }
    const written: Row[] = []
    for (const row of rows) {
      write(row)
      written.push(keptRow(row))
    }
    yield* written
  }
}

/** MERGE makes rows itself, and the rest is as for other writes. */
export function mergingOperator(merge: Operator, place: WritingPlace): Operator {
  return function* mergeAll(input) {
    const rows = merge(place.followsReading ? Array.from(input, keptRow) : input)
    if (place.isLast) {
      for (const _row of rows);
      return
    }
    yield* Array.from(rows, keptRow)
  }
}

/** DELETE keeps ids only, and rows where they are needed. */
export function deletingOperator({ collect, deleteAll }: Deletion, { isLast }: WritingPlace): Operator {
  return function* deleteRows(input) {
    const rows: Row[] = []
    for (const row of input) {
      collect(row)
      if (!isLast) rows.push(keptRow(row))
    }
    deleteAll()
    yield* rows
  }
}
