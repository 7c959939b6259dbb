import { randomUUID } from 'node:crypto'
import { fromErrorInfo } from '#base/error-info.ts'
import type { Job, RestorePlan } from '#contract'
import type { RestoreService, RestoreTarget, SourceService } from '../api/services.ts'
import { backupDetail } from '../catalog/backups.ts'
import { resumableJobs } from '../catalog/jobs.ts'
import type { ReadDatabase } from '../catalog/open.ts'
import type { JobManager } from '../jobs/manager.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'
import type { RestoreInput } from './restore-kind.ts'

/** Plans restores and starts them; a target with an interrupted restore of the same backup is gone on with. */
export function restoreService(options: {
  database: ReadDatabase
  pool: WorkerPool
  jobs: JobManager
  sources: SourceService
}): RestoreService {
  const { database, pool, jobs, sources } = options

  function interrupted(target: RestoreTarget): { job: Job; input: RestoreInput } | null {
    for (const { job, input } of resumableJobs(database, 'restore')) {
      const known = input as RestoreInput
      const isSameBackup = known.sourceId === target.sourceId && known.backupId === target.backupId
      if (isSameBackup && known.targetPath === target.targetPath) return { job, input: known }
    }
    return null
  }

  async function plan(target: RestoreTarget): Promise<RestorePlan> {
    const { path } = sources.get(target.sourceId)
    const order = { path, backupId: target.backupId, targetPath: target.targetPath }
    const fresh = await pool.run('check-target', { ...order, restoreId: null })
    const resumed = interrupted({ ...target, targetPath: fresh.resolvedTargetPath })
    const check =
      resumed === null ? fresh : await pool.run('check-target', { ...order, restoreId: resumed.input.restoreId })
    const lastVerification = backupDetail(database, target.sourceId, target.backupId)?.backup.lastVerification ?? null
    const { leftover: _leftover, ...facts } = check
    return {
      ...target,
      ...facts,
      lastVerification,
      warnings: warnings(lastVerification),
      resumesJobId: resumed?.job.jobId ?? null,
    }
  }

  return {
    plan,
    async start(target) {
      const { refusals, resumesJobId, resolvedTargetPath } = await plan(target)
      const refusal = refusals[0]
      if (refusal !== undefined) throw fromErrorInfo(refusal)
      if (resumesJobId !== null) return { jobId: jobs.resume(resumesJobId).jobId }
      const input: RestoreInput = {
        sourceId: target.sourceId,
        path: sources.get(target.sourceId).path,
        backupId: target.backupId,
        targetPath: resolvedTargetPath,
        restoreId: randomUUID(),
      }
      return { jobId: jobs.start('restore', target.sourceId, input).jobId }
    },
  }
}

function warnings(lastVerification: RestorePlan['lastVerification']): string[] {
  if (lastVerification === null) {
    return ['This backup was never verified. Each file is proved while it is copied; a damaged one stops the restore.']
  }
  if (lastVerification.outcome === 'failed') {
    return ['The last verification of this backup failed. The restore will stop at the first damaged file.']
  }
  return []
}
