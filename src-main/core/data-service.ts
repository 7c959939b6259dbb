import { limits } from '#base/limits.ts'
import type { DataService } from '../api/services.ts'
import type { JobManager } from '../jobs/manager.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'
import { type StatePlaces, sourceOf } from './state-places.ts'

const { valuePreviewBytesMax, wholeValueBytesMax } = limits

/** Reads rows in a worker thread: a hostile file can neither block nor crash the core. */
export function dataService(options: { pool: WorkerPool; jobs: JobManager; places: StatePlaces }): DataService {
  const { pool, jobs, places } = options
  return {
    describe: (state) => pool.run('describe-state', { place: places.of(state) }),
    page: ({ state, after, from, to, ...rest }) =>
      pool.run('data-page', {
        ...rest,
        place: places.of(state),
        after: bytesOf(after),
        from: bytesOf(from),
        to: bytesOf(to),
        valueBytesMax: valuePreviewBytesMax,
      }),
    value: ({ state, columnFamilyId, key }) =>
      pool.run('data-value', {
        place: places.of(state),
        columnFamilyId,
        key: Buffer.from(key, 'base64'),
        valueBytesMax: wholeValueBytesMax,
      }),
    history: ({ state, columnFamilyId, key, limit }) =>
      pool.run('data-history', {
        place: places.of(state),
        columnFamilyId,
        key: Buffer.from(key, 'base64'),
        limit,
        valueBytesMax: valuePreviewBytesMax,
      }),
    count: ({ state, columnFamilyId }) => {
      const job = jobs.start('count', sourceOf(state), { place: places.of(state), columnFamilyId })
      return { jobId: job.jobId }
    },
  }
}

function bytesOf(base64: string | null): Uint8Array | null {
  return base64 === null ? null : Buffer.from(base64, 'base64')
}
