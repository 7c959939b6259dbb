import { limits } from '#base/limits.ts'
import type { DataService, SourceService } from '../api/services.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'

/** Reads rows in a worker thread: a hostile file can neither block nor crash the core. */
export function dataService(pool: WorkerPool, sources: SourceService): DataService {
  return {
    page: ({ sourceId, after, from, ...rest }) =>
      pool.run('data-page', {
        ...rest,
        path: sources.get(sourceId).path,
        after: after === null ? null : Buffer.from(after, 'base64'),
        from: from === null ? null : Buffer.from(from, 'base64'),
        valueBytesMax: limits.valuePreviewBytesMax,
      }),
    value: ({ sourceId, key, ...rest }) =>
      pool.run('data-value', {
        ...rest,
        path: sources.get(sourceId).path,
        key: Buffer.from(key, 'base64'),
        valueBytesMax: limits.wholeValueBytesMax,
      }),
  }
}
