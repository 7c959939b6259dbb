import type { Damage } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import type { DataRow, DifferenceRow } from '#contract'
import { diffViews } from '../../rocksdb/diff/diff-views.ts'
import type { DiffKind } from '../../rocksdb/diff/family-diff.ts'
import { LabelTally } from '../../samyama/label-tally.ts'
import type { StatePlace, Tasks } from '../messages.ts'
import { decodedRow, shortened } from './data-row.ts'
import { JobPulse } from './job-pulse.ts'
import { type OpenState, statesAt } from './open-states.ts'

/** A page that finds few differences ends after so many compared keys. */
const COMPARED_MAX = 200_000

/** Counts the differences of one column family. */
export function compareFamily(input: Tasks['compare-family']['input']): Tasks['compare-family']['output'] {
  const pulse = new JobPulse(input)
  const sides = statesAt(input.left, input.right, () => pulse.beat(0))
  const open = diffViews(sides.left.view, sides.right.view, {
    columnFamilyName: input.columnFamilyName,
    after: null,
    sharedUpToSequence: sharedUpTo(input.left, input.right, sides.left, sides.right),
    checkpoint: () => pulse.row(),
    mayGoOn: () => {
      pulse.row()
      return true
    },
  })
  const counts = { addedCount: 0, removedCount: 0, changedCount: 0 }
  const tally = new LabelTally(() => ({ addedCount: 0, removedCount: 0, changedCount: 0 }))
  const { diff } = open
  try {
    for (; diff.valid; diff.next()) {
      pulse.row()
      const field = fieldOf(diff.kind)
      counts[field] += 1
      for (const label of labelsAt(
        diff.kind === 'removed' ? sides.left : sides.right,
        input.columnFamilyName,
        diff.key,
      )) {
        const ofLabel = tally.of(label)
        if (ofLabel !== null) ofLabel[field] += 1
      }
    }
  } finally {
    open.close()
  }
  const { labels, otherCount } = tally.top(
    limits.labelsShownMax,
    ({ addedCount, removedCount, changedCount }) => addedCount + removedCount + changedCount,
  )
  const { comparedCount } = diff
  const { sharedTableCount, damages } = open
  const found = { comparedCount, sharedTableCount, labels, otherLabelCount: otherCount, damageCount: damages.length }
  return { name: input.columnFamilyName, ...counts, ...found }
}

/** Differences of one column family in key order, both rows of each. */
export function comparePage(input: Tasks['compare-page']['input']): Tasks['compare-page']['output'] {
  const sides = statesAt(input.left, input.right)
  const open = diffViews(sides.left.view, sides.right.view, {
    columnFamilyName: input.columnFamilyName,
    after: input.after,
    sharedUpToSequence: sharedUpTo(input.left, input.right, sides.left, sides.right),
    mayGoOn: (comparedCount) => comparedCount < COMPARED_MAX,
  })
  const { diff } = open
  const rows: DifferenceRow[] = []
  const damages: Damage[] = []
  let next: Uint8Array | null = null
  try {
    for (; diff.valid; diff.next()) {
      if (rows.length === input.limit) {
        next = Buffer.from(rows.at(-1)?.key ?? '', 'base64')
        break
      }
      const key = new Uint8Array(diff.key)
      const rowIn = (state: OpenState) => {
        const found = rowAt(state, input.columnFamilyName, key, input.valueBytesMax)
        damages.push(...found.damages)
        return found.row
      }
      const left = diff.kind === 'added' ? null : rowIn(sides.left)
      const right = diff.kind === 'removed' ? null : rowIn(sides.right)
      rows.push({ key: Buffer.from(key).toString('base64'), kind: diff.kind, left, right })
    }
    if (diff.isPaused) next = new Uint8Array(diff.key)
    return {
      rows,
      next: next === null ? null : Buffer.from(next).toString('base64'),
      damages: [...open.damages.map(({ damage }) => damage), ...damages],
      codec: (sides.right.codec ?? sides.left.codec)?.name ?? null,
    }
  } finally {
    open.close()
  }
}

function fieldOf(kind: DiffKind): 'addedCount' | 'removedCount' | 'changedCount' {
  return kind === 'added' ? 'addedCount' : kind === 'removed' ? 'removedCount' : 'changedCount'
}

/**
 * Instants of one backup share what came before the earlier one. A running database may have moved on between, and a
 * transaction that commits later may have written under earlier sequences.
 */
function sharedUpTo(
  left: StatePlace,
  right: StatePlace,
  leftState: OpenState,
  rightState: OpenState,
): number | undefined {
  if (left.path !== right.path || left.backupId !== right.backupId || left.backupId === null) return undefined
  if (leftState.view.wal.hasTransactions || rightState.view.wal.hasTransactions) return undefined
  return Math.min(leftState.view.lastSequence, rightState.view.lastSequence)
}

function idOf(state: OpenState, columnFamilyName: string): number | undefined {
  return state.view.columnFamilies.find(({ name }) => name === columnFamilyName)?.id
}

function rowAt(
  state: OpenState,
  columnFamilyName: string,
  key: Uint8Array,
  valueBytesMax: number,
): { row: DataRow | null; damages: Damage[] } {
  const columnFamilyId = idOf(state, columnFamilyName)
  if (columnFamilyId === undefined) return { row: null, damages: [] }
  const { row, damages } = state.view.get({ columnFamilyId, key, maxValueBytes: limits.wholeValueBytesMax })
  return {
    row: row === null ? null : shortened(decodedRow(state, columnFamilyName, row), valueBytesMax),
    damages: damages.map(({ damage }) => damage),
  }
}

function labelsAt(state: OpenState, columnFamilyName: string, key: Uint8Array): readonly string[] {
  const columnFamilyId = idOf(state, columnFamilyName)
  if (state.codec === null || columnFamilyId === undefined) return []
  const { row } = state.view.get({ columnFamilyId, key, maxValueBytes: limits.wholeValueBytesMax })
  if (row?.content.kind !== 'value') return []
  return state.codec.labels(columnFamilyName, key, row.content.value.bytes) ?? []
}
