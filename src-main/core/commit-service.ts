import type { CommitService } from '../api/services.ts'
import type { JobManager } from '../jobs/manager.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'
import { type StatePlaces, sourceOf } from './state-places.ts'

/** Looks into the commits of a state's logs. */
export function commitService(options: { pool: WorkerPool; jobs: JobManager; places: StatePlaces }): CommitService {
  const { pool, jobs, places } = options
  return {
    list: ({ state, before, limit }) => pool.run('list-commits', { place: places.of(state), before, limit }),
    at: ({ state, timeUs }) => pool.run('commit-at', { place: places.of(state), timeUs }),
    findAccidents: (state) => {
      const job = jobs.start('find-accidents', sourceOf(state), { place: places.of(state) })
      return { jobId: job.jobId }
    },
  }
}
