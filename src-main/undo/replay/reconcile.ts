import { AppError } from '#base/app-error.ts'
import type { IdPair, RowsKind } from './journal.ts'
import { integerIn } from './live-graph.ts'
import { allIds, type IdRange } from './marker.ts'
import { ask, noteConflict, type ReplayContext } from './replay-context.ts'

const PAGE_ROWS = 10_000

/**
 * Finds out what became of batches whose answer was lost, by the marks of their rows on the server. A row that was made twice,
 * because a lost query arrived later, is deleted once.
 */
export async function reconcile(context: ReplayContext, kind: RowsKind): Promise<void> {
  const { journal, isWriting } = context
  // without a journal, an unfinished run may have left marks all the same
  const ranges = journal.isFresh ? [allIds] : journal.doubtful(kind)
  for (const range of ranges) await reconcileRange(context, kind, range)
  if (isWriting) journal.settle(kind)
}

/** Deletes what arrived late and was made again meanwhile. */
export async function removeLate(context: ReplayContext, kind: RowsKind, ranges: readonly IdRange[]): Promise<void> {
  for (const range of ranges) await reconcileRange(context, kind, range)
}

async function reconcileRange(context: ReplayContext, kind: RowsKind, range: IdRange): Promise<void> {
  const { marker, journal } = context
  for (let next = range; ; ) {
    const rows = await ask(context, marker.findQuery(kind, next, PAGE_ROWS))
    const pairs: IdPair[] = []
    for (const [idCell, markerCell] of rows) {
      const newId = integerIn(idCell)
      const oldId = markerCell?.kind === 'text' ? marker.idIn(markerCell.text) : null
      if (newId === null || oldId === null) continue
      const known = journal.made[kind].get(oldId) ?? pairs.find(([each]) => each === oldId)?.[1]
      if (known === undefined) pairs.push([oldId, newId])
      else if (known !== newId) await removeDuplicate(context, kind, newId, oldId)
    }
    journal.done(kind, pairs)
    const lastCell = rows.at(-1)?.[1]
    const last = lastCell?.kind === 'text' ? marker.idIn(lastCell.text) : null
    if (rows.length < PAGE_ROWS || last === null || last >= next.last) return
    next = { first: last, last: next.last }
    // a page of one row's duplicates alone would come again for ever
    if (pairs.length === 0) next = { first: last + 1n, last: next.last }
  }
}

async function removeDuplicate(context: ReplayContext, kind: RowsKind, newId: bigint, oldId: bigint): Promise<void> {
  if (!context.isWriting) return
  try {
    await ask(context, context.marker.deleteQuery(kind, newId, oldId))
    context.counts.duplicateCount += 1
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'SERVER_FAILED') throw error
    noteConflict(context, `Row ${newId} is a second copy of row ${oldId}, and is in use: it stays.`)
  }
}
