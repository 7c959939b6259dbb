import type { Comparator } from '../comparator.ts'

/** True for versions of one key: timestamps at the end of user keys do not make them different. */
export function isSameKey(left: Uint8Array, right: Uint8Array, comparator: Comparator): boolean {
  if (left.length !== right.length) return false
  // keys differ at their end more often than at their start
  for (let index = left.length - comparator.timestampBytes - 1; index >= 0; index -= 1) {
    if (left[index] !== right[index]) return false
  }
  return true
}
