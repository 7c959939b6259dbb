import { DamageError, describeDamage } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { valueType } from '../../rocksdb/value-type.ts'
import type { RowWalk, View } from '../../rocksdb/view/view.ts'
import type { RowCodec } from '../../samyama/codec.ts'
import { LabelTally } from '../../samyama/label-tally.ts'

import type { KeySpan } from './key-parts.ts'

export type FamilyRows = {
  readonly rowCount: number
  /** empty where no codec knows labels */
  readonly labels: ReadonlyMap<string, number>
  /** sentences: what could not be read */
  readonly damages: readonly string[]
}

export type RowVisit = {
  readonly codec: RowCodec | null
  /** once for each row; the walk stands on it */
  row?(walk: RowWalk): void
  checkpoint(): void
}

/**
 * Counts the rows of a family between two keys, and the labels among them, in memory that does not depend on their number.
 * @throws AppError
 */
export function countFamily(
  view: View,
  family: { id: number; name: string },
  { from, to }: KeySpan,
  visit: RowVisit,
): FamilyRows {
  const walk = view.walk(family.id, { from, checkpoint: visit.checkpoint })
  const { cursor, comparator } = walk
  const tally = new LabelTally(() => ({ count: 0 }))
  let rowCount = 0
  let unreadableCount = 0
  try {
    for (; cursor.valid; cursor.next()) {
      if (to !== null && comparator.compare(cursor.key, cursor.key.length, to) >= 0) break
      visit.checkpoint()
      rowCount += 1
      if (visit.codec !== null && !countLabels(walk, family.name, visit.codec, tally)) unreadableCount += 1
      visit.row?.(walk)
    }
    const { labels } = tally.top(Number.MAX_SAFE_INTEGER, ({ count }) => count)
    return {
      rowCount,
      labels: new Map(labels.map(({ name, count }) => [name, count])),
      damages: [
        ...walk.damages.slice(0, limits.damagesKeptMax).map(({ damage }) => describeDamage(damage)),
        ...(unreadableCount > 0 ? [`${unreadableCount} values of family ${family.name} cannot be read`] : []),
      ],
    }
  } finally {
    walk.close()
  }
}

/** False when the value cannot be read: the log that it lies in has changed. */
function countLabels(
  { cursor }: RowWalk,
  family: string,
  codec: RowCodec,
  tally: LabelTally<{ count: number }>,
): boolean {
  if (cursor.type !== valueType.value) return true
  let value: Uint8Array
  try {
    value = cursor.value
  } catch (error) {
    if (error instanceof DamageError) return false
    throw error
  }
  for (const label of codec.labels(family, cursor.key, value) ?? []) {
    const counts = tally.of(label)
    if (counts !== null) counts.count += 1
  }
  return true
}
