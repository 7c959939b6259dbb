import type { FamilyDifference } from '#contract'
import type { JobKindDefinition } from '../jobs/job-kind.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'
import type { StatePlace } from '../workers/messages.ts'
import { rowProgress } from './row-progress.ts'
import { stateTitle } from './state-places.ts'

export type CompareInput = { left: StatePlace; right: StatePlace }

/** Counts what differs between two states, family by family. */
export function compareKind({ pool }: { pool: WorkerPool }): JobKindDefinition<CompareInput> {
  return {
    kind: 'compare',
    title: ({ left, right }) => `Compare ${stateTitle(left)} with ${stateTitle(right)}`,
    backupIdOf: ({ right }) => right.backupId,
    async run(context, { left, right }) {
      const { share } = rowProgress(context, 'Comparing rows')
      const sides = await Promise.all([left, right].map((place) => pool.run('describe-state', { place })))
      const names = new Set(sides.flatMap(({ columnFamilies }) => columnFamilies.map(({ name }) => name)))
      // all at once would open both states in as many threads
      const families: FamilyDifference[] = []
      for (const columnFamilyName of names) {
        families.push(await pool.run('compare-family', { left, right, columnFamilyName, ...share }))
      }
      return { kind: 'compare', families }
    },
    resume: null,
  }
}
