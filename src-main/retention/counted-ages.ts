import type { RetentionBackup } from './retention-backup.ts'

const DAY_US = 86_400_000_000

/**
 * The age of each backup as retention counts it, by id, in microseconds. Clocks jump, so an age is the sum of the times
 * between neighbours on the number line, from now backwards, with three rules:
 * - each of these times counts for half of the limit at most: neither one jump forwards nor a pause in which no backup
 *   was made can make everything old at once;
 * - a backup is never taken for older than one with a lower id: a clock that was set back ages nothing;
 * - a time that is unreadable or in the future says nothing: such a backup is as old as the one after it.
 */
export function countedAges(
  backups: readonly RetentionBackup[],
  options: { nowUs: number; maxAgeDays: number },
): Map<number, number> {
  const stepUsMax = (options.maxAgeDays * DAY_US) / 2
  const stamped = stamps(backups, options.nowUs).reverse()
  const ages = new Map<number, number>()
  let ageUs = 0
  let laterUs = options.nowUs
  for (const { id, stampUs } of stamped) {
    if (stampUs !== null) {
      ageUs += Math.min(laterUs - stampUs, stepUsMax)
      laterUs = stampUs
    }
    ages.set(id, ageUs)
  }
  return ages
}

/** How old a backup may be, in microseconds. */
export function ageLimitUs(maxAgeDays: number): number {
  return maxAgeDays * DAY_US
}

/** Ascending by id; a stamp is never below the one before it. */
function stamps(backups: readonly RetentionBackup[], nowUs: number): { id: number; stampUs: number | null }[] {
  let highestUs = 0
  return backups
    .toSorted((left, right) => left.id - right.id)
    .map(({ id, createdAtUs }) => {
      if (createdAtUs === null || createdAtUs > nowUs) return { id, stampUs: null }
      highestUs = Math.max(highestUs, createdAtUs)
      return { id, stampUs: highestUs }
    })
}
