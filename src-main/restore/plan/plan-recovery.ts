import { AppError } from '#base/app-error.ts'
import { toErrorInfo } from '#base/error-info.ts'
import type { PlannedRecovery, RecoveryPlan, RecoveryTarget } from '../../contract/recovery.ts'
import { chooseBase } from './choose-base.ts'
import { SegmentDamage } from './commit-lookup.ts'
import { cutAt } from './cut-at.ts'
import { describePlan } from './describe-plan.ts'
import type { RecoveryFacts } from './facts.ts'
import type { Lookups } from './lookups.ts'
import { nearestTo } from './nearest.ts'
import { type Refused, senseless } from './outcome.ts'
import type { PlanContext, RecoveryRequest } from './plan-request.ts'
import { trackOf } from './track.ts'

/**
 * Decides how a point is gone back to: the newest sound full whose state is not behind it, and the commits from there on
 * without a hole. Nothing is read but through the lookups. A segment that turns out damaged is planned around, which
 * mostly means a refusal with the nearest points.
 */
export function planRecovery(
  facts: RecoveryFacts,
  request: RecoveryRequest,
  lookups: Lookups,
  context: PlanContext,
): PlannedRecovery {
  for (let known = facts; ; ) {
    try {
      return planWith(known, request, lookups, context)
    } catch (cause) {
      if (!(cause instanceof SegmentDamage)) throw cause
      known = withoutSegment(known, cause)
    }
  }
}

function planWith(
  facts: RecoveryFacts,
  request: RecoveryRequest,
  lookups: Lookups,
  context: PlanContext,
): PlannedRecovery {
  const timeline = timelineOf(facts, request)
  if (typeof timeline !== 'string') return refusal(timeline, { nearestBefore: null, nearestAfter: null })
  const track = trackOf(facts, timeline)
  const excludedIds = new Set(request.excludedBackupIds ?? [])
  const nearest = (refused: Refused) =>
    refused.position === null
      ? { nearestBefore: null, nearestAfter: null }
      : nearestTo({ facts, track, lookups, excludedIds }, refused.position)
  const cut = cutAt(facts, track, request.target, lookups)
  if (cut.kind === 'refused') return refusal(cut, nearest(cut))
  const choice = chooseBase(facts, track, { sequence: cut.sequence, excludedIds }, lookups)
  if (choice.kind === 'refused') return refusal(choice, nearest(choice))
  const plan: RecoveryPlan = describePlan({ facts, track, target: request.target, cut, choice, lookups, context })
  return { kind: 'planned', plan }
}

/** The timeline to plan on. */
function timelineOf(facts: RecoveryFacts, { target, timeline }: RecoveryRequest): string | Refused {
  const known = [
    ...facts.timelines.map(({ id }) => id),
    ...facts.archives.map((archive) => archive.timeline),
    ...facts.backups.flatMap((backup) => backup.timeline ?? []),
  ]
  const asked = timeline ?? ownTimeline(facts, target) ?? facts.currentTimeline
  if (asked === null) {
    return senseless('DAMAGED', 'the file that says which timeline is the current one is damaged', 'Name a timeline.')
  }
  if (timeline === null || known.includes(asked)) return asked
  return senseless('BAD_REQUEST', `there is no timeline ${asked}`, `There are: ${[...new Set(known)].join(', ')}.`)
}

function ownTimeline(facts: RecoveryFacts, target: RecoveryTarget): string | null {
  if (target.kind === 'backup') return facts.backups.find(({ id }) => id === target.backupId)?.timeline ?? null
  if (target.kind === 'mark') return facts.marks.find(({ name }) => name === target.name)?.timeline ?? null
  return null
}

function refusal(
  { code, message, nextStep }: Refused,
  nearest: Pick<Extract<PlannedRecovery, { kind: 'refused' }>['refusal'], 'nearestBefore' | 'nearestAfter'>,
): PlannedRecovery {
  const error = new AppError(code, { message, unharmed: 'Nothing was changed.', nextStep })
  return { kind: 'refused', refusal: { error: { ...toErrorInfo(error), details: null }, ...nearest } }
}

function withoutSegment(facts: RecoveryFacts, { segmentPath, problem }: SegmentDamage): RecoveryFacts {
  const archives = facts.archives.map((archive) => {
    const segment = archive.segments.find(({ path }) => path === segmentPath)
    if (segment === undefined) return archive
    const segments = archive.segments.filter((each) => each !== segment)
    const damaged = [...archive.damaged, { path: segmentPath, firstSequence: segment.firstSequence, problem }]
    return { ...archive, segments, damaged }
  })
  return { ...facts, archives }
}
