import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import type { RecoveryPlan } from '../../contract/recovery.ts'
import { BackupDirectory } from '../../repository/backup-directory.ts'
import { parseVerifiedBackup, recordPath, VERIFIED_FOLDER } from '../../repository/own/format/records.ts'
import { pathTo } from '../../repository/own/list/timeline-path.ts'
import { readIdentity } from '../../repository/own/open-repository.ts'
import { readSealedFile } from '../../repository/own/sealed-file.ts'
import { readTimelines } from '../../repository/own/timelines.ts'
import { readMeta } from '../../repository/read-meta.ts'
import { ArchiveCommits } from './archive-commits.ts'
import { SegmentDamage } from './commit-lookup.ts'
import { CommitTally } from './commit-tally.ts'
import { factsDigestOf } from './facts-digest.ts'
import { segmentNow } from './segment-now.ts'

type PlannedSegment = RecoveryPlan['segments'][number]

/**
 * Proves that a plan's facts are still those of its repository. An archive that grew, an open segment that was closed, new
 * backups and new forks change nothing. The bytes of base and segments are proved when they are read.
 * @throws AppError PLAN_OUTDATED with what changed; others when the repository cannot be read
 */
export function checkPlanHolds(plan: RecoveryPlan): void {
  const directory = new BackupDirectory(plan.repositoryPath)
  try {
    checkRepository(directory, plan)
    checkBase(directory, plan)
    const tail = checkSegments(directory, plan)
    checkDigest(directory, plan, tail)
  } catch (cause) {
    if (cause instanceof DamageError || cause instanceof SegmentDamage) {
      throw outdated(plan, `something that it needs is damaged now (${cause.message})`, cause)
    }
    throw cause
  }
}

function checkRepository(directory: BackupDirectory, plan: RecoveryPlan): void {
  const repositoryId = readIdentity(directory)?.repositoryId ?? ''
  if (repositoryId !== plan.repositoryId) throw outdated(plan, `another repository lies there now (${repositoryId})`)
}

function checkBase(directory: BackupDirectory, plan: RecoveryPlan): void {
  const { backupId, metaDigest } = plan.base
  let found: string
  try {
    found = readMeta(directory, backupId).metaDigest
  } catch (cause) {
    if (!(cause instanceof AppError && cause.code === 'BACKUP_NOT_FOUND')) throw cause
    throw outdated(plan, `its base, backup ${backupId}, was removed`, cause)
  }
  if (found !== metaDigest) throw outdated(plan, `backup ${backupId} is another one than the plan's base`)
  const record = recordPath(VERIFIED_FOLDER, backupId)
  const verified = readSealedFile(directory, record, (body) => parseVerifiedBackup(body, backupId))
  if (verified?.result !== 'failed') return
  throw outdated(
    plan,
    `a verification of its base, backup ${backupId}, failed (${verified.problems[0] ?? 'no more is known'})`,
  )
}

/** What the commits between base and point come to now. */
function checkSegments(directory: BackupDirectory, plan: RecoveryPlan): RecoveryPlan['tail'] {
  const commits = new ArchiveCommits(directory)
  const tally = new CommitTally()
  let afterSequence = plan.base.lastSequence
  for (const planned of plan.segments) {
    const segment = segmentNow(directory, planned.path)
    if (segment === null) throw outdated(plan, `the segment ${planned.path} was removed`)
    const untilSequence = Math.min(planned.lastSequence, plan.effective.sequence)
    const crc32c = commits.crc32cOf(segment)
    if (!isSame(planned, { ...segment, crc32c }, untilSequence)) {
      throw outdated(plan, `the segment ${planned.path} is another one than the planned`)
    }
    tally.addAll(commits.summarize(segment, { afterSequence, untilSequence }))
    afterSequence = untilSequence
  }
  const { commitCount, sizeBytes } = tally
  if (commitCount !== plan.tail.commitCount || sizeBytes !== plan.tail.sizeBytes) {
    const was = `${plan.tail.commitCount} with ${plan.tail.sizeBytes} bytes`
    throw outdated(plan, `the commits up to the point are ${commitCount} with ${sizeBytes} bytes, and were ${was}`)
  }
  return { commitCount, sizeBytes }
}

function isSame(planned: PlannedSegment, now: PlannedSegment, untilSequence: number): boolean {
  if (now.firstSequence !== planned.firstSequence || now.lastSequence < untilSequence) return false
  if (planned.crc32c === null) return now.sizeBytes >= planned.sizeBytes
  return now.crc32c === planned.crc32c && now.sizeBytes === planned.sizeBytes
}

function checkDigest(directory: BackupDirectory, plan: RecoveryPlan, tail: RecoveryPlan['tail']): void {
  const { repositoryId, timeline, effective, base, segments } = plan
  const path = pathTo(timeline, readTimelines(directory)?.timelines ?? [])
  const digest = factsDigestOf({ repositoryId, path, sequence: effective.sequence, base, segments, tail })
  if (digest === plan.factsDigest) return
  throw outdated(plan, `where timeline ${timeline} comes from is not what it was, or the plan itself was changed`)
}

function outdated(plan: RecoveryPlan, what: string, cause?: unknown): AppError {
  return new AppError(
    'PLAN_OUTDATED',
    {
      message: `the plan does not hold any more: ${what}`,
      subject: plan.repositoryPath,
      unharmed: 'Nothing was written.',
      nextStep: 'Make a new plan and review it.',
    },
    cause === undefined ? undefined : { cause },
  )
}
