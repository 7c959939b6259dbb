import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import type { PlannedRecovery } from '../../contract/recovery.ts'
import { BackupDirectory } from '../../repository/backup-directory.ts'
import { ArchiveCommits } from './archive-commits.ts'
import { RepositoryBases } from './base-lookup.ts'
import { planRecovery } from './plan-recovery.ts'
import type { RecoveryRequest } from './plan-request.ts'
import { readRecoveryFacts } from './read-facts.ts'

/** retention may remove files while they are read */
const TRIES_MAX = 3

/**
 * Plans a recovery from a repository as it is on the disk now. Nothing is written.
 * @throws AppError NOT_A_BACKUP_DIRECTORY and others when it cannot be read; DamageError when it is not known which
 * repository it is
 */
export function makeRecoveryPlan(
  path: string,
  request: RecoveryRequest,
  { clock, measuredBytesPerSecond }: { readonly clock: Clock; readonly measuredBytesPerSecond: number | null },
): PlannedRecovery {
  for (let attempt = 1; ; attempt += 1) {
    const directory = new BackupDirectory(path)
    const facts = readRecoveryFacts(directory)
    const lookups = { commits: new ArchiveCommits(directory), bases: new RepositoryBases(directory) }
    try {
      return planRecovery(facts, request, lookups, { nowUs: clock.nowUs(), measuredBytesPerSecond })
    } catch (cause) {
      const isGone = cause instanceof AppError && cause.code === 'PATH_NOT_FOUND'
      if (!isGone || attempt === TRIES_MAX) throw cause
    }
  }
}
