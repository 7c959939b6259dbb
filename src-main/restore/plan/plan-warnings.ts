import type { ArchivedCommit, RecoveryTarget } from '../../contract/recovery.ts'
import type { CommitLookup, CommitSummary } from './commit-lookup.ts'
import type { RecoveryFacts } from './facts.ts'
import { behind, countCommits, withTime } from './find-commits.ts'
import { holeBehind } from './hole.ts'
import { isAfterTarget } from './time-target.ts'
import { counted } from './time-text.ts'
import { endOf, stretchAt, type Track } from './track.ts'

export type Decided = {
  readonly facts: RecoveryFacts
  readonly track: Track
  readonly commits: CommitLookup
  readonly target: RecoveryTarget
  readonly baseSequence: number
  readonly sequence: number
  readonly lastKept: ArchivedCommit | null
  readonly tail: CommitSummary
  readonly dropped: CommitSummary
}

/** What somebody should know before the recovery, besides what the target itself said: sentences. */
export function planWarnings(decided: Decided): string[] {
  return [
    ...clockWarnings(decided),
    ...timelineWarnings(decided),
    ...unknownLoss(decided),
    ...incrementWarnings(decided),
    ...damageWarnings(decided),
  ]
}

function clockWarnings({ track, commits, target, baseSequence, sequence, tail, dropped, lastKept }: Decided): string[] {
  const warnings: string[] = []
  if (target.kind !== 'time') return warnings
  const tailRange = { afterSequence: baseSequence, untilSequence: sequence }
  const isAfter = (timeUs: number) => isAfterTarget(target, timeUs)
  const keptLate = countCommits(track, commits, tailRange, withTime(isAfter))
  const droppedEarly = countCommits(track, commits, behind(sequence), {
    isWanted: ({ committedAtUs }) => committedAtUs !== null && !isAfter(committedAtUs),
    mayHold: ({ earliestTimeUs }) => earliestTimeUs !== null && !isAfter(earliestTimeUs),
  })
  const stepBackCount = tail.stepBackCount + dropped.stepBackCount
  if (stepBackCount > 0) {
    const what = [
      keptLate === 0
        ? ''
        : `${counted(keptLate, 'commit')} before the point ${keptLate === 1 ? 'bears a time' : 'bear times'} after the target and ${keptLate === 1 ? 'is' : 'are'} kept`,
      droppedEarly === 0
        ? ''
        : `${counted(droppedEarly, 'commit')} behind the point ${droppedEarly === 1 ? 'bears a time' : 'bear times'} before the target and ${droppedEarly === 1 ? 'is' : 'are'} dropped`,
    ].filter((part) => part !== '')
    const effect = what.length === 0 ? 'which changes nothing about this point' : what.join('; ')
    warnings.push(
      `The clock went back ${counted(stepBackCount, 'time')} among these commits, and they are ordered by their sequences: ${effect}.`,
    )
  }
  if (tail.unknownTimeCount > 0) {
    warnings.push(
      `${counted(tail.unknownTimeCount, 'commit')} between the base and the point ${tail.unknownTimeCount === 1 ? 'has' : 'have'} no time, and ${tail.unknownTimeCount === 1 ? 'counts' : 'count'} as made with the one before.`,
    )
  }
  if (lastKept !== null && lastKept.uncertaintyUs !== null) {
    warnings.push(
      `The time of the last commit that is kept is that of its arrival in the archive; it was made up to ${lastKept.uncertaintyUs} µs before.`,
    )
  }
  return warnings
}

function timelineWarnings({ facts, track, sequence }: Decided): string[] {
  const warnings: string[] = []
  if (facts.currentTimeline !== null && facts.currentTimeline !== track.timeline) {
    warnings.push(`This is timeline ${track.timeline}; the database is on timeline ${facts.currentTimeline} now.`)
  }
  const at = track.path.find(({ untilSequence }) => sequence <= untilSequence)
  if (at !== undefined && at.timeline !== track.timeline) {
    warnings.push(
      `The point lies on timeline ${at.timeline}, which timeline ${track.timeline} forked from at sequence ${at.untilSequence}.`,
    )
  }
  const forks = facts.timelines.filter(
    ({ parent, forkSequence }) => parent === track.timeline && (forkSequence ?? 0) < sequence,
  )
  for (const fork of forks) {
    warnings.push(`Timeline ${fork.id} forked from this one at sequence ${fork.forkSequence}, before the point.`)
  }
  return warnings
}

function unknownLoss({ facts, track, sequence }: Decided): string[] {
  const missed: string[] = []
  let end = sequence
  for (;;) {
    end = stretchAt(track, end + 1)?.lastSequence ?? end
    const hole = holeBehind(track, facts, end)
    if (hole === null) break
    missed.push(hole)
    const next = track.segments.find((each) => each.lastSequence > end)?.firstSequence
    if (next === undefined) break
    end = next - 1
  }
  const [first, ...more] = missed
  if (first === undefined) return []
  const others = more.length === 0 ? '' : `, and of ${counted(more.length, 'more stretch', 'more stretches')}`
  return [`More was committed behind the point than can be counted: ${first}${others}.`]
}

/** A verification that failed does not say which of its segments was damaged. */
function incrementWarnings({ track, baseSequence, sequence }: Decided): string[] {
  return track.increments
    .filter(({ verified, firstSequence, ...increment }) => {
      const isNeeded =
        endOf({ verified, firstSequence, ...increment }) > baseSequence && (firstSequence ?? 0) <= sequence
      return isNeeded && verified?.result === 'failed'
    })
    .map(
      ({ id, verified }) =>
        `The last verification of increment ${id}, whose commits are needed, failed: ${verified?.problems[0] ?? 'no more is known'}. Every byte is proved again while it is read.`,
    )
}

function damageWarnings({ facts }: Decided): string[] {
  if (facts.problems.length === 0) return []
  const more = facts.problems.length === 1 ? '' : ` (and ${counted(facts.problems.length - 1, 'more damage')})`
  return [`Something in the repository is damaged: ${facts.problems[0]}${more}.`]
}
