import { limits } from '#base/limits.ts'
import type { FamilyCount } from '#contract'
import type { JobKindDefinition } from '../jobs/job-kind.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'
import type { StatePlace } from '../workers/messages.ts'
import { rowProgress } from './row-progress.ts'
import { stateTitle } from './state-places.ts'

export type CountInput = { place: StatePlace; columnFamilyId: number | null }

/** Counts the rows of a state, each family by several threads where it can be cut. */
export function countKind(options: { pool: WorkerPool; threadCount: number }): JobKindDefinition<CountInput> {
  const { pool, threadCount } = options
  return {
    kind: 'count',
    title: ({ place }) => `Count the rows of ${stateTitle(place)}`,
    backupIdOf: ({ place }) => place.backupId,
    async run(context, { place, columnFamilyId }) {
      const { share } = rowProgress(context, 'Counting rows')
      const { families } = await pool.run('split-family', { place, columnFamilyId, partCount: threadCount })
      const counted: FamilyCount[] = []
      for (const family of families) {
        const bounds = [null, ...family.bounds, null]
        const parts = bounds.slice(1).map((to, index) =>
          pool.run('count-rows', {
            ...share,
            place,
            columnFamilyId: family.columnFamilyId,
            from: bounds[index] ?? null,
            to,
          }),
        )
        counted.push(sumOf(await Promise.all(parts)))
      }
      return { kind: 'count', families: counted }
    },
    resume: null,
  }
}

/** Parts of one family; labels that a part left out of its list are missing here. */
function sumOf(parts: readonly FamilyCount[]): FamilyCount {
  const [first, ...others] = parts as readonly [FamilyCount, ...FamilyCount[]]
  if (others.length === 0) return first
  const labels = new Map<string, number>()
  for (const part of parts) {
    for (const { name, rowCount } of part.labels) labels.set(name, (labels.get(name) ?? 0) + rowCount)
  }
  const sorted = [...labels].sort(([, left], [, right]) => right - left)
  const sum = (field: 'rowCount' | 'keyBytes' | 'valueBytes' | 'damageCount' | 'otherLabelCount') =>
    parts.reduce((total, part) => total + part[field], 0)
  return {
    columnFamilyId: first.columnFamilyId,
    name: first.name,
    rowCount: sum('rowCount'),
    keyBytes: sum('keyBytes'),
    valueBytes: sum('valueBytes'),
    labels: sorted.slice(0, limits.labelsShownMax).map(([name, rowCount]) => ({ name, rowCount })),
    otherLabelCount: sum('otherLabelCount') + Math.max(0, sorted.length - limits.labelsShownMax),
    damageCount: sum('damageCount'),
  }
}
