import { DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { valueType } from '../../rocksdb/value-type.ts'
import { splitFamily } from '../../rocksdb/view/split-family.ts'
import type { RowWalk } from '../../rocksdb/view/view.ts'
import { LabelTally } from '../../samyama/label-tally.ts'
import type { Tasks } from '../messages.ts'
import { JobPulse } from './job-pulse.ts'
import { stateAt } from './open-states.ts'

/** Where the families of a state are cut, so that several threads can count them. */
export function splitFamilies(input: Tasks['split-family']['input']): Tasks['split-family']['output'] {
  const { view } = stateAt(input.place)
  const families = view.columnFamilies.filter(({ id }) => input.columnFamilyId === null || id === input.columnFamilyId)
  return {
    families: families.map((family) => ({
      columnFamilyId: family.id,
      name: family.name,
      bounds: splitFamily(family, input.partCount),
    })),
  }
}

/** Counts the rows of a family between two keys. */
export function countRows(input: Tasks['count-rows']['input']): Tasks['count-rows']['output'] {
  const pulse = new JobPulse(input)
  const state = stateAt(input.place, () => pulse.beat(0))
  const name = state.familyName(input.columnFamilyId)
  const walk = state.view.walk(input.columnFamilyId, { from: input.from, checkpoint: () => pulse.row() })
  const { cursor, comparator } = walk
  const tally = new LabelTally(() => ({ rowCount: 0 }))
  const totals = { rowCount: 0, keyBytes: 0, valueBytes: 0, unreadable: 0 }
  try {
    for (; cursor.valid; cursor.next()) {
      const { key } = cursor
      if (input.to !== null && comparator.compare(key, key.length, input.to) >= 0) break
      pulse.row()
      totals.rowCount += 1
      totals.keyBytes += key.length
      const value = valueUnder(walk)
      if (value === null) totals.unreadable += 1
      totals.valueBytes += value?.length ?? 0
      if (value === null || cursor.type !== valueType.value) continue
      for (const label of state.codec?.labels(name, key, value) ?? []) {
        const counts = tally.of(label)
        if (counts !== null) counts.rowCount += 1
      }
    }
  } finally {
    walk.close()
  }
  const { labels, otherCount } = tally.top(limits.labelsShownMax, ({ rowCount }) => rowCount)
  const { unreadable, ...counted } = totals
  const damageCount = walk.damages.length + unreadable
  return { columnFamilyId: input.columnFamilyId, name, ...counted, labels, otherLabelCount: otherCount, damageCount }
}

/** Null when the log it lies in has changed. */
function valueUnder({ cursor }: RowWalk): Uint8Array | null {
  try {
    return cursor.value
  } catch (error) {
    if (error instanceof DamageError) return null
    throw error
  }
}
