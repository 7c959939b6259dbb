import { limits } from '#base/limits.ts'
import type { CompareService } from '../api/services.ts'
import type { JobManager } from '../jobs/manager.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'
import { type StatePlaces, sourceOf } from './state-places.ts'

/** Compares two states: counts as a job, rows by the page. */
export function compareService(options: { pool: WorkerPool; jobs: JobManager; places: StatePlaces }): CompareService {
  const { pool, jobs, places } = options
  return {
    start: ({ left, right }) => {
      const input = { left: places.of(left), right: places.of(right) }
      return { jobId: jobs.start('compare', sourceOf(right), input).jobId }
    },
    page: ({ left, right, columnFamilyName, after, limit }) =>
      pool.run('compare-page', {
        left: places.of(left),
        right: places.of(right),
        columnFamilyName,
        after: after === null ? null : Buffer.from(after, 'base64'),
        limit,
        valueBytesMax: limits.valuePreviewBytesMax,
      }),
  }
}
