import { randomUUID } from 'node:crypto'
import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import { fromErrorInfo } from '#base/error-info.ts'
import type { Job, RecoveryPlan, RecoveryReport } from '#contract'
import type { RecoveryPlace, RecoveryPreflight, RecoveryService, SourceService } from '../api/services.ts'
import { newestSucceeded, resumableJobs } from '../catalog/jobs.ts'
import type { ReadDatabase } from '../catalog/open.ts'
import type { JobManager } from '../jobs/manager.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'
import type { RecoveryInput } from './recovery-kind.ts'

const MEASURED_BYTES_MIN = 16 * 1024 * 1024

/** Looks into the commits of repositories, plans recoveries and starts them; one that was interrupted is gone on with. */
export function recoveryService(options: {
  database: ReadDatabase
  dataFolder: string
  pool: WorkerPool
  jobs: JobManager
  sources: SourceService
  clock: Clock
}): RecoveryService {
  const { database, dataFolder, pool, jobs, sources, clock } = options
  const pathOf = (sourceId: number) => sources.get(sourceId).path

  async function preflight({ plan, targetPath }: RecoveryPlace): Promise<RecoveryPreflight> {
    const fresh = await pool.run('check-recovery-target', { plan, targetPath, restoreId: null })
    const resumed = interrupted(database, plan, fresh.resolvedTargetPath)
    const check =
      resumed === null
        ? fresh
        : await pool.run('check-recovery-target', { plan, targetPath, restoreId: resumed.restoreId })
    const { resolvedTargetPath, freeBytes, refusals } = check
    return { resolvedTargetPath, freeBytes, refusals, resumesJobId: resumed?.jobId ?? null }
  }

  return {
    overview: async (sourceId) => pool.run('recovery-overview', { path: pathOf(sourceId) }),
    activity: async ({ sourceId, ...order }) => pool.run('recovery-activity', { path: pathOf(sourceId), ...order }),
    commitsAround: async ({ sourceId, ...order }) =>
      pool.run('recovery-commits-around', { path: pathOf(sourceId), ...order }),
    typedPoint: async ({ sourceId, ...order }) =>
      pool.run('read-typed-point', { path: pathOf(sourceId), ...order, nowUs: clock.nowUs() }),
    plan: async ({ sourceId, ...order }) =>
      pool.run('plan-recovery', {
        path: pathOf(sourceId),
        ...order,
        excludedBackupIds: [],
        measuredBytesPerSecond: measuredRate(newestSucceeded(database, 'recovery')),
      }),
    preflight,
    async start({ sourceId, plan, targetPath, options: wishes }) {
      refuseOther(plan, pathOf(sourceId))
      await pool.run('check-plan', { plan })
      const { resolvedTargetPath, refusals, resumesJobId } = await preflight({ plan, targetPath })
      const [refusal] = refusals
      if (refusal !== undefined) throw fromErrorInfo(refusal)
      if (resumesJobId !== null) return { jobId: jobs.resume(resumesJobId).jobId }
      const place = { targetPath: resolvedTargetPath, restoreId: randomUUID() }
      const input: RecoveryInput = { sourceId, plan, ...place, options: wishes }
      return { jobId: jobs.start('recovery', sourceId, input).jobId }
    },
    report: async (jobId) => pool.run('sign-report', { dataFolder, report: reportOf(jobs.get(jobId)) }),
  }
}

/** A recovery of the same facts to the same place that did not come to its end. */
function interrupted(
  database: ReadDatabase,
  plan: RecoveryPlan,
  targetPath: string,
): { jobId: number; restoreId: string } | null {
  for (const { job, input } of resumableJobs(database, 'recovery')) {
    const known = input as RecoveryInput
    const isSame = known.plan.factsDigest === plan.factsDigest && known.targetPath === targetPath
    if (isSame) return { jobId: job.jobId, restoreId: known.restoreId }
  }
  return null
}

/** What the last recovery on this machine came to; a small one says nothing about a large one. */
function measuredRate(job: Job | null): number | null {
  if (job?.result?.kind !== 'recovery') return null
  const { writtenBytes, startedAtUs, finishedAtUs } = job.result.report
  return writtenBytes < MEASURED_BYTES_MIN || finishedAtUs <= startedAtUs
    ? null
    : (writtenBytes * 1e6) / (finishedAtUs - startedAtUs)
}

function refuseOther(plan: RecoveryPlan, path: string): void {
  if (plan.repositoryPath === path) return
  throw new AppError('BAD_REQUEST', {
    message: 'the plan is of another repository',
    subject: plan.repositoryPath,
    unharmed: 'Nothing was written.',
    nextStep: `Open that repository, or make a plan of ${path}.`,
  })
}

function reportOf(job: Job): RecoveryReport {
  if (job.result?.kind === 'recovery') return job.result.report
  throw new AppError('BAD_REQUEST', {
    message: 'there is no report: the job is no recovery that came to its end',
    subject: job.title,
    nextStep: 'Choose a recovery that succeeded.',
  })
}
