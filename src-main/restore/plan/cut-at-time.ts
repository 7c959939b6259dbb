import type { ArchivedCommit } from '../../contract/recovery.ts'
import { type Anchor, anchorOf } from './anchor.ts'
import { cutAtEnd } from './cut-at-end.ts'
import type { RecoveryFacts } from './facts.ts'
import { firstCommitIn, withTime } from './find-commits.ts'
import { holeBehind } from './hole.ts'
import type { Lookups } from './lookups.ts'
import { type Cut, notCovered, type Refused } from './outcome.ts'
import { isAfterTarget, type TimeTarget } from './time-target.ts'
import { timeText } from './time-text.ts'
import { stretchAt, type Track } from './track.ts'

/**
 * Where a track is cut for a time. Commits are ordered by their sequences, whatever the clock said: behind the newest full
 * whose state is not after the target, the first commit after the target ends what is kept. Which full can be restored
 * changes nothing about that. A commit without a time counts as made with the one before it.
 */
export function cutAtTime(facts: RecoveryFacts, track: Track, lookups: Lookups, target: TimeTarget): Cut | Refused {
  const isAfter = (timeUs: number) => isAfterTarget(target, timeUs)
  const anchor = anchorOf(track, lookups.bases, isAfter)
  if (anchor === null) {
    const asked = timeText(target.timeUs)
    return notCovered(`no full backup of timeline ${track.timeline} has a state as old as ${asked}`, -1)
  }
  const afterSequence = anchor.sequence
  const end = stretchAt(track, afterSequence + 1)?.lastSequence ?? afterSequence
  const range = { afterSequence, untilSequence: end }
  const firstDropped = firstCommitIn(track, lookups.commits, range, withTime(isAfter))
  const warnings = warningsOfBackups(track, anchor, isAfter)
  if (firstDropped !== null) return cutBefore(firstDropped, target, warnings)
  const hole = holeBehind(track, facts, end)
  if (hole !== null) {
    return notCovered(`${hole}, and whether they were made before ${timeText(target.timeUs)} is not known`, end)
  }
  return cutAtEnd(facts, track, lookups.commits, { anchor, end, target, warnings })
}

function cutBefore(commit: ArchivedCommit, target: TimeTarget, before: readonly string[]): Cut {
  const { firstSequence, lastSequence, committedAtUs, uncertaintyUs } = commit
  const madeAtUs = committedAtUs ?? 0
  const warnings = [...before]
  if (uncertaintyUs !== null && !isAfterTarget(target, madeAtUs - uncertaintyUs)) {
    warnings.push(
      `The first commit that is dropped, sequence ${firstSequence}, arrived in the archive at ${timeText(madeAtUs)}; it was made up to ${uncertaintyUs} µs before, perhaps before the target.`,
    )
  }
  const sequences = firstSequence === lastSequence ? `sequence ${firstSequence}` : `${firstSequence} to ${lastSequence}`
  const relation = madeAtUs === target.timeUs ? 'at the target, which is excluded' : 'after the target'
  const proof = `The next commit, ${sequences}, was made at ${timeText(madeAtUs)}, ${relation}.`
  return { kind: 'cut', sequence: firstSequence - 1, proof, warnings }
}

/** Older states with a later time: a clock went back. */
function warningsOfBackups(track: Track, { full }: Anchor, isAfter: (timeUs: number) => boolean): string[] {
  const older = track.fulls.slice(0, track.fulls.indexOf(full))
  const later = older.filter(({ lastCommitAtUs }) => isAfter(lastCommitAtUs ?? -1))
  if (later.length === 0) return []
  const ids = later.map(({ id }) => id).join(', ')
  const which =
    later.length === 1 ? `of the older backup ${ids} bears a time` : `of the older backups ${ids} bear times`
  return [
    `The last commit ${which} after the target, that of backup ${full.id} does not: the clock went back between them. What is kept is decided by the order of the commits.`,
  ]
}
