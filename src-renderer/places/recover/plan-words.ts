import type { RecoveryOptions, RecoveryPlan } from '#contract'
import { formatCount, formatDuration, formatQuantity } from '../../base/format.ts'

export type ProofLevel = RecoveryOptions['proofLevel']

export const proofTitles: Record<ProofLevel, string> = { counts: 'Counts', sampled: 'Sampled', full: 'Every row' }
export const proofMeanings: Record<ProofLevel, string> = {
  counts: 'The rows of every column family and label are counted here and there.',
  sampled: 'All rows are counted, and a sample of them is compared byte by byte.',
  full: 'All rows are counted, and every one is compared byte by byte.',
}

/** "Full 41 + 88 122 commits · about 4 m": what a recovery is made from. */
export function makingWords({ base, tail, expectedDurationUs }: RecoveryPlan): string {
  const parts = [`Full ${base.backupId} + ${formatQuantity(tail.commitCount, 'commit')}`]
  if (expectedDurationUs !== null) parts.push(`about ${formatDuration(expectedDurationUs)}`)
  return parts.join(' · ')
}

/** What the restored database will not have. */
export function lossWords({ loss }: RecoveryPlan): string {
  if (loss.commitCount === 0) return 'Nothing: no commit after this point is known.'
  const { firstCommittedAtUs, lastCommittedAtUs } = loss
  const stretch =
    firstCommittedAtUs === null || lastCommittedAtUs === null || lastCommittedAtUs <= firstCommittedAtUs
      ? ''
      : ` in ${formatDuration(lastCommittedAtUs - firstCommittedAtUs)}`
  return `${formatQuantity(loss.commitCount, 'commit')}${stretch}: ${formatQuantity(loss.putCount, 'put')} and ${formatQuantity(loss.deleteCount, 'delete')}.`
}

/** What the point is, for whoever does not see the timeline. */
export function pointWords(sequence: number | null, time: string | null): string {
  if (sequence === null) return time ?? 'No point chosen'
  return `${time === null ? '' : `${time}, `}sequence ${formatCount(sequence)}`
}

type Counted = { readonly name: string; readonly atPoint: number | null; readonly now: number | null }
type Families = readonly {
  readonly name: string
  readonly rowCount: number
  readonly labels: readonly { readonly name: string; readonly rowCount: number }[]
}[]

/** Counts side by side: by label where labels are known, by column family elsewhere. null: not counted. */
export function sideBySide(then: Families | null, now: Families | null): Counted[] {
  const hasLabels = [...(then ?? []), ...(now ?? [])].some(({ labels }) => labels.length > 0)
  const thenCounts = then === null ? null : countsOf(then, hasLabels)
  const nowCounts = now === null ? null : countsOf(now, hasLabels)
  const names = [...new Set([...(thenCounts?.keys() ?? []), ...(nowCounts?.keys() ?? [])])]
  return names.map((name) => ({
    name,
    atPoint: thenCounts === null ? null : (thenCounts.get(name) ?? 0),
    now: nowCounts === null ? null : (nowCounts.get(name) ?? 0),
  }))
}

function countsOf(families: Families, hasLabels: boolean): Map<string, number> {
  const counts = new Map<string, number>()
  for (const family of families) {
    const rows = hasLabels ? family.labels : [family]
    for (const { name, rowCount } of rows) counts.set(name, (counts.get(name) ?? 0) + rowCount)
  }
  return counts
}
