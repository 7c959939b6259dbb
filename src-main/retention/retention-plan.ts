import { ageLimitUs, countedAges } from './counted-ages.ts'
import { neededBackups } from './needed-backups.ts'
import { newestFullWhileUnproved, newestProvedFull, newestSoundFull } from './newest-sound-full.ts'
import type { RetentionBackup, RetentionPolicy } from './retention-backup.ts'

export type RetentionRule = 'max-count' | 'max-age'

export type KeepReason =
  | 'within-policy'
  | 'pinned'
  | 'in-use'
  | 'newest-sound-full'
  | 'newest-full'
  | 'needed'
  | 'ambiguous'

export type RetentionPlan = {
  /** oldest first; a backup that is both too many and too old names the count */
  readonly gone: readonly { readonly id: number; readonly rule: RetentionRule; readonly text: string }[]
  /** newest first */
  readonly kept: readonly { readonly id: number; readonly reason: KeepReason; readonly text: string }[]
}

/**
 * Which backups go by the policy, and why each of the others stays. Counts and ages are over all backups as the list
 * shows them, damaged ones too; newest means the highest id. Never gone: what a kept backup needs, the newest sound full
 * and the newest one that was proved, the newest full of all while none was, what is pinned or in use, and an id that stands twice.
 * @param order.pinnedIds backups that somebody marked to be kept
 * @param order.inUseIds backups that a running restore or verification reads
 */
export function retentionPlan(order: {
  readonly backups: readonly RetentionBackup[]
  readonly policy: RetentionPolicy
  readonly nowUs: number
  readonly pinnedIds: ReadonlySet<number>
  readonly inUseIds: ReadonlySet<number>
}): RetentionPlan {
  const newestFirst = order.backups.toSorted((left, right) => right.id - left.id)
  const rules = brokenRules(newestFirst, order.policy, order.nowUs)
  const reasons = ownReasons(newestFirst, rules, order)
  for (const [id, { byId }] of neededBackups(newestFirst, new Set(reasons.keys()))) {
    if (!reasons.has(id)) reasons.set(id, { reason: 'needed', text: `backup ${byId} needs it` })
  }
  return {
    gone: newestFirst.toReversed().flatMap(({ id }) => (reasons.has(id) ? [] : (rules.get(id) ?? []))),
    kept: newestFirst.flatMap(({ id }) => {
      const reason = reasons.get(id)
      return reason === undefined ? [] : [{ id, ...reason }]
    }),
  }
}

type Broken = RetentionPlan['gone'][number]
type Reason = { reason: KeepReason; text: string }

function brokenRules(newestFirst: readonly RetentionBackup[], policy: RetentionPolicy, nowUs: number) {
  const { maxCount, maxAgeDays } = policy
  const ages = countedAges(newestFirst, { nowUs, maxAgeDays })
  const broken = new Map<number, Broken>()
  newestFirst.forEach(({ id }, index) => {
    if (maxCount > 0 && index >= maxCount) {
      broken.set(id, { id, rule: 'max-count', text: `more than ${maxCount} backups: ${index} are newer` })
    } else if (maxAgeDays > 0 && (ages.get(id) ?? 0) > ageLimitUs(maxAgeDays)) {
      broken.set(id, { id, rule: 'max-age', text: `older than ${maxAgeDays} days` })
    }
  })
  return broken
}

/** Why backups stay for their own sake. */
function ownReasons(
  newestFirst: readonly RetentionBackup[],
  rules: ReadonlyMap<number, Broken>,
  order: { pinnedIds: ReadonlySet<number>; inUseIds: ReadonlySet<number> },
): Map<number, Reason> {
  const soundFull = newestSoundFull(newestFirst)
  const provedFull = newestProvedFull(newestFirst)
  const unproved = newestFullWhileUnproved(newestFirst)
  const twice = idsThatStandTwice(newestFirst)
  const reasonOf = (id: number): Reason | null => {
    if (!rules.has(id)) return { reason: 'within-policy', text: 'no rule says that it goes' }
    if (order.pinnedIds.has(id)) return { reason: 'pinned', text: 'it is pinned' }
    if (order.inUseIds.has(id)) return { reason: 'in-use', text: 'it is being read' }
    if (id === soundFull) return { reason: 'newest-sound-full', text: 'it is the newest sound full backup' }
    if (id === provedFull) return { reason: 'newest-sound-full', text: 'it is the newest full backup that was proved' }
    if (id === unproved)
      return { reason: 'newest-full', text: 'it is the newest full backup, and none was proved sound' }
    return twice.has(id) ? { reason: 'ambiguous', text: 'two backups have this id' } : null
  }
  return new Map(
    newestFirst.flatMap(({ id }) => {
      const reason = reasonOf(id)
      return reason === null ? [] : [[id, reason]]
    }),
  )
}

function idsThatStandTwice(newestFirst: readonly RetentionBackup[]): Set<number> {
  return new Set(newestFirst.filter(({ id }, index) => newestFirst[index + 1]?.id === id).map(({ id }) => id))
}
