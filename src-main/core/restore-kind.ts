import type { Clock } from '#base/clock.ts'
import type { JobKindDefinition } from '../jobs/job-kind.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'
import { isRestoreResumable } from '../restore/leave-nothing.ts'
import type { RestoreOrder } from '../restore/prepare.ts'
import { runRestore } from '../restore/run-restore.ts'

export type RestoreInput = RestoreOrder & { sourceId: number }

/** Restores a backup into a new directory; goes on where it was interrupted. */
export function restoreKind(options: {
  pool: WorkerPool
  threadCount: number
  clock: Clock
}): JobKindDefinition<RestoreInput> {
  const { pool, threadCount, clock } = options
  return {
    kind: 'restore',
    backupIdOf: ({ backupId }) => backupId,
    title: ({ backupId, targetPath }) => `Restore backup ${backupId} to ${targetPath}`,
    async run(context, { sourceId: _sourceId, ...order }) {
      const restore = await runRestore(order, {
        threadCount,
        clock,
        control: context.control,
        trackProgress: context.trackProgress,
        wasCancelled: context.wasCancelled,
        isResumed: context.isResumed,
        prepare: (request) => pool.run('prepare-restore', request),
        copy: (task) => pool.run('copy-files', task),
        publish: (prepared) => pool.run('publish-restore', prepared),
        discard: (request) => pool.run('discard-restore', request),
      })
      return { kind: 'restore', restore }
    },
    resume: {
      isResumable: isRestoreResumable,
      discard: async ({ targetPath, restoreId }) => void (await pool.run('discard-restore', { targetPath, restoreId })),
    },
  }
}
