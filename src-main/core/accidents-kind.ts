import { limits } from '#base/limits.ts'
import type { JobKindDefinition } from '../jobs/job-kind.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'
import type { StatePlace } from '../workers/messages.ts'
import { rowProgress } from './row-progress.ts'
import { stateTitle } from './state-places.ts'

/** Looks for accidents in the commits of a state. */
export function accidentsKind({ pool }: { pool: WorkerPool }): JobKindDefinition<{ place: StatePlace }> {
  return {
    kind: 'find-accidents',
    title: ({ place }) => `Look for accidents in ${stateTitle(place)}`,
    backupIdOf: ({ place }) => place.backupId,
    async run(context, { place }) {
      const { share } = rowProgress(context, 'Reading commits')
      const found = await pool.run('find-accidents', { place, limit: limits.findingsShownMax, ...share })
      return { kind: 'find-accidents', ...found }
    },
    resume: null,
  }
}
