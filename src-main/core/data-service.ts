import type { Clock } from '#base/clock.ts'
import { limits } from '#base/limits.ts'
import type { DataService, SourceService } from '../api/services.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'

/** Reads rows in a worker thread: a hostile file can neither block nor crash the core. */
export function dataService(options: { pool: WorkerPool; sources: SourceService; clock: Clock }): DataService {
  const { pool, sources, clock } = options
  const nowMs = () => Math.floor(clock.nowUs() / 1000)
  return {
    page: ({ sourceId, after, from, ...rest }) =>
      pool.run('data-page', {
        ...rest,
        path: sources.get(sourceId).path,
        after: after === null ? null : Buffer.from(after, 'base64'),
        from: from === null ? null : Buffer.from(from, 'base64'),
        valueBytesMax: limits.valuePreviewBytesMax,
        nowMs: nowMs(),
      }),
    value: ({ sourceId, key, ...rest }) =>
      pool.run('data-value', {
        ...rest,
        path: sources.get(sourceId).path,
        key: Buffer.from(key, 'base64'),
        valueBytesMax: limits.wholeValueBytesMax,
        nowMs: nowMs(),
      }),
  }
}
