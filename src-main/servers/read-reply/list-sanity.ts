import { isNumericId } from './backup-id.ts'
import type { ListFinding } from './list-maps.ts'
import type { ListedBackup } from './listed-backup.ts'
import { lowered, lowest } from './reading.ts'

/** a server's clock may go ahead of ours by this much: docs/formats/samyama.md §8.4 */
const SKEW_US = 3_600_000_000

/** Ids twice and times in the future: each lowers the list by one step; an id that comes twice is a guess. */
export function duplicatesAndFuture(found: ListFinding, nowUs: number): ListFinding {
  const counts = new Map<string, number>()
  for (const backup of found.value) counts.set(backup.id, (counts.get(backup.id) ?? 0) + 1)
  const twice = new Set([...counts].filter(([, count]) => count > 1).map(([id]) => id))
  const isAhead = found.value.some((backup) => (backup.created?.us ?? 0) > nowUs + SKEW_US)
  const value = found.value.map((backup) =>
    twice.has(backup.id) ? { ...backup, confidence: 'guess' as const } : backup,
  )
  let result: ListFinding = { ...found, value }
  if (twice.size > 0) result = doubted(result, 'An id comes more than once.')
  if (isAhead) result = doubted(result, "A time lies in the future: this machine's clock or the server's is wrong.")
  return result
}

/** Lowers a list and every backup of it by one step, and says why. */
export function doubted(found: ListFinding, warning: string): ListFinding {
  const confidence = lowered(found.confidence)
  const value = found.value.map((backup) => ({ ...backup, confidence: lowest(confidence, lowered(backup.confidence)) }))
  return { ...found, value, confidence, warnings: [...found.warnings, warning] }
}

/**
 * Ids that went away since `previous` although a backup older than one of them is still there: retention takes from the old end, so it
 * does not explain them. `removed` are the ids that this client had deleted or pruned itself.
 */
export function unexplainedLoss(
  previous: readonly ListedBackup[],
  current: readonly ListedBackup[],
  removed: ReadonlySet<string>,
): string[] {
  const kept = new Set(current.map((backup) => backup.id))
  const survivors = previous.filter((backup) => kept.has(backup.id))
  return previous
    .filter((backup) => !kept.has(backup.id) && !removed.has(backup.id))
    .filter((gone) => survivors.length === 0 || survivors.some((survivor) => isOlder(survivor, gone)))
    .map((backup) => backup.id)
}

/** By id only within the numeric kind, otherwise by time: §8.4. */
function isOlder(left: ListedBackup, right: ListedBackup): boolean {
  if (isNumericId(left.id) && isNumericId(right.id)) return Number(left.id) < Number(right.id)
  const leftUs = left.created?.us ?? null
  const rightUs = right.created?.us ?? null
  return leftUs !== null && rightUs !== null && leftUs < rightUs
}
