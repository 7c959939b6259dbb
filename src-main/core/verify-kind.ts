import type { Clock } from '#base/clock.ts'
import type { VerificationLevel } from '#contract'
import type { WriteDatabase } from '../catalog/open.ts'
import { keepVerification } from '../catalog/verifications.ts'
import type { JobKindDefinition } from '../jobs/job-kind.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'
import { runVerification } from '../verify/run-verification.ts'

export type VerifyInput = { sourceId: number; path: string; backupIds: number[] | null; level: VerificationLevel }

/** Verifies backups and keeps what it found. */
export function verifyKind(options: {
  pool: WorkerPool
  threadCount: number
  database: WriteDatabase
  clock: Clock
}): JobKindDefinition<VerifyInput> {
  const { pool, threadCount, database, clock } = options
  return {
    kind: 'verify',
    title: ({ path, backupIds, level }) => `Verify ${whichBackups(backupIds)} of ${path} · ${level}`,
    backupIdOf: ({ backupIds }) => (backupIds?.length === 1 ? (backupIds[0] ?? null) : null),
    async run(context, { sourceId, path, backupIds, level }) {
      const run = await runVerification(
        { path, backupIds, level },
        {
          threadCount,
          clock,
          control: context.control,
          trackProgress: context.trackProgress,
          plan: (order) => pool.run('plan-verification', order),
          hash: (task) => pool.run('hash-ranges', task),
          checkContents: (task) => pool.run('check-contents', task),
        },
      )
      const verificationId = keepVerification(database, { sourceId, level, ...run })
      return { kind: 'verify', verificationId, outcome: run.outcome, problemCount: run.problems.length }
    },
    resume: null,
  }
}

function whichBackups(backupIds: number[] | null): string {
  if (backupIds === null) return 'all backups'
  return backupIds.length === 1 ? `backup ${backupIds[0]}` : `${backupIds.length} backups`
}
