import type { RecoveryPlan, RecoveryTarget } from '../../contract/recovery.ts'
import type { BaseChoice } from './choose-base.ts'
import type { CommitSummary } from './commit-lookup.ts'
import type { RecoveryFacts } from './facts.ts'
import { factsDigestOf } from './facts-digest.ts'
import { behind, commitWith, segmentsIn, summarize } from './find-commits.ts'
import type { Lookups } from './lookups.ts'
import type { Cut } from './outcome.ts'
import type { PlanContext } from './plan-request.ts'
import { planWarnings } from './plan-warnings.ts'
import { archivedEnd, type Track } from './track.ts'

type Decision = {
  readonly facts: RecoveryFacts
  readonly track: Track
  readonly target: RecoveryTarget
  readonly cut: Cut
  readonly choice: Extract<BaseChoice, { kind: 'base' }>
  readonly lookups: Lookups
  readonly context: PlanContext
}

/** The plan of a decision, with all that it costs. */
export function describePlan({ facts, track, target, cut, choice, lookups, context }: Decision): RecoveryPlan {
  const { commits } = lookups
  const { sequence } = cut
  const base = baseOf(choice)
  const range = { afterSequence: base.lastSequence, untilSequence: sequence }
  const segments = segmentsIn(track, range).map(({ segment, lastSequence }) => {
    const { path, firstSequence, sizeBytes } = segment
    return { path, firstSequence, lastSequence, sizeBytes, crc32c: commits.crc32cOf(segment) }
  })
  const summary = summarize(track, commits, range)
  const tail = { commitCount: summary.commitCount, sizeBytes: summary.sizeBytes }
  const dropped = summarize(track, commits, behind(sequence))
  const lastKept = commitWith(track, commits, sequence)
  const neededBytes = base.totalBytes + segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const warnings = planWarnings({
    ...{ facts, track, commits, target, sequence, lastKept, dropped },
    baseSequence: base.lastSequence,
    tail: summary,
  })
  return {
    formatVersion: 1,
    repositoryId: facts.repositoryId,
    repositoryPath: facts.repositoryPath,
    madeAtUs: context.nowUs,
    target,
    timeline: track.timeline,
    effective: {
      sequence,
      lastKept,
      firstDropped: commitWith(track, commits, sequence + 1),
      proof: `${cut.proof} ${continuity(base.lastSequence, sequence)}`,
    },
    base,
    passedOver: [...choice.passedOver],
    segments,
    tail,
    loss: lossOf(track, sequence, dropped),
    neededBytes,
    ...expectationOf(neededBytes, context),
    warnings: [...cut.warnings, ...warnings],
    factsDigest: factsDigestOf({ repositoryId: facts.repositoryId, path: track.path, sequence, base, segments, tail }),
  }
}

function baseOf({ base: { full, look } }: Extract<BaseChoice, { kind: 'base' }>): RecoveryPlan['base'] {
  const { id: backupId, createdAtUs, fileCount, totalBytes } = full
  return { backupId, lastSequence: look.lastSequence, createdAtUs, fileCount, totalBytes, metaDigest: look.metaDigest }
}

function continuity(baseSequence: number, sequence: number): string {
  if (baseSequence === sequence) return 'It is the state of the base itself.'
  return `The archive holds every sequence from ${baseSequence + 1} to ${sequence} without a hole.`
}

function lossOf(track: Track, sequence: number, dropped: CommitSummary): RecoveryPlan['loss'] {
  const end = archivedEnd(track)
  return {
    commitCount: dropped.commitCount,
    putCount: dropped.putCount,
    deleteCount: dropped.deleteCount,
    firstCommittedAtUs: dropped.firstTimeUs,
    lastCommittedAtUs: dropped.lastTimeUs,
    lastSequence: end > sequence ? end : null,
  }
}

function expectationOf(
  neededBytes: number,
  { measuredBytesPerSecond }: PlanContext,
): Pick<RecoveryPlan, 'expectedDurationUs' | 'expectation'> {
  if (measuredBytesPerSecond === null || measuredBytesPerSecond <= 0) {
    return { expectedDurationUs: null, expectation: 'No recovery was measured on this machine so far.' }
  }
  const speed = (measuredBytesPerSecond / 1_000_000).toLocaleString('en-US', { maximumFractionDigits: 1 })
  return {
    expectedDurationUs: Math.round((neededBytes / measuredBytesPerSecond) * 1_000_000),
    expectation: `At ${speed} MB a second, as the last recovery on this machine.`,
  }
}
