import type { Clock } from '#base/clock.ts'
import type { JobKindDefinition } from '../jobs/job-kind.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'

export type IndexInput = { sourceId: number; path: string }

/** Reads what a source holds into the catalogue. */
export function indexKind(options: {
  pool: WorkerPool
  catalogPath: string
  clock: Clock
}): JobKindDefinition<IndexInput> {
  return {
    kind: 'index',
    title: ({ path }) => `Index ${path}`,
    backupIdOf: () => null,
    async run(context, { sourceId, path }) {
      const counters = new SharedArrayBuffer(8)
      const counts = new Int32Array(counters)
      context.trackProgress(() => ({
        phase: 'Reading backups',
        doneBytes: 0,
        totalBytes: null,
        doneCount: counts[0] ?? 0,
        totalCount: counts[1] === 0 ? null : (counts[1] ?? null),
        currentFile: null,
      }))
      const counted = await options.pool.run('index-source', {
        sourceId,
        path,
        catalogPath: options.catalogPath,
        nowUs: options.clock.nowUs(),
        control: context.control.shared,
        counters,
      })
      return { kind: 'index', ...counted }
    },
    resume: null,
  }
}
