import { describeDamage } from '#base/damage.ts'
import { FamilyDiff } from '../../rocksdb/diff/family-diff.ts'
import { KeyOrder } from '../../rocksdb/diff/key-order.ts'
import type { ColumnFamily } from '../../rocksdb/manifest/manifest-state.ts'
import type { RowWalk, View } from '../../rocksdb/view/view.ts'
import { keyText } from './compare-samples.ts'
import type { Differences } from './differences.ts'
import type { KeySpan } from './key-parts.ts'

const WORDS = { added: 'is there, and must not be', removed: 'is missing', changed: 'holds another value' } as const

/**
 * Compares every key of a family between two keys: a merge of two sorted streams, which passes over no table, common or not.
 * @returns how many keys were compared
 * @throws AppError
 */
export function compareAllKeys(
  views: { readonly expected: View; readonly found: View },
  families: { readonly expected: ColumnFamily; readonly found: ColumnFamily },
  span: KeySpan,
  differences: Differences,
  checkpoint: () => void,
): number {
  const options = { from: span.from, checkpoint }
  const left = views.expected.walk(families.expected.id, options)
  try {
    const right = views.found.walk(families.found.id, options)
    try {
      const count = compareWalks(left, right, span.to, differences, families.expected.name, checkpoint)
      for (const { damage } of [...left.damages, ...right.damages]) differences.add(`${describeDamage(damage)}.`)
      return count
    } finally {
      right.close()
    }
  } finally {
    left.close()
  }
}

function compareWalks(
  left: RowWalk,
  right: RowWalk,
  to: Uint8Array | null,
  differences: Differences,
  family: string,
  checkpoint: () => void,
): number {
  const order = new KeyOrder(left.comparator)
  const isBehind = (key: Uint8Array) => to !== null && order.compare(key, to) >= 0
  let overshotCount = 0
  const mayGoOn = () => {
    checkpoint()
    // both stand on the key that is the same
    if (!isBehind(left.cursor.key)) return true
    overshotCount = 1
    return false
  }
  const diff = new FamilyDiff({ left, right, order, touched: null, after: null, mayGoOn })
  for (; diff.valid; diff.next()) {
    checkpoint()
    if (isBehind(diff.key)) return diff.comparedCount - 1
    differences.add(`Key ${keyText(diff.key)} of family ${family} ${WORDS[diff.kind]}.`)
  }
  return diff.comparedCount - overshotCount
}
