import type { Comparator } from '../comparator.ts'
import type { RangeTombstone } from '../internal-iterator.ts'

/** [begin, end) of user keys. */
export type KeySpan = { readonly begin: Uint8Array; readonly end: Uint8Array }

/** The keys that range deletions cover, as spans in order that do not touch. */
export function spansOf(tombstones: readonly RangeTombstone[], comparator: Comparator): KeySpan[] {
  const compare = (left: Uint8Array, right: Uint8Array) => comparator.compare(left, left.length, right)
  const sorted = tombstones
    .filter(({ begin, end }) => compare(begin, end) < 0)
    .sort((left, right) => compare(left.begin, right.begin))
  const spans: { begin: Uint8Array; end: Uint8Array }[] = []
  for (const { begin, end } of sorted) {
    const last = spans.at(-1)
    if (last === undefined || compare(last.end, begin) < 0) spans.push({ begin, end })
    else if (compare(last.end, end) < 0) last.end = end
  }
  return spans
}
