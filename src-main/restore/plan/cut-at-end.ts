import type { Anchor } from './anchor.ts'
import type { CommitLookup } from './commit-lookup.ts'
import type { RecoveryFacts } from './facts.ts'
import { summarize } from './find-commits.ts'
import type { Cut } from './outcome.ts'
import type { TimeTarget } from './time-target.ts'
import { timeText } from './time-text.ts'
import type { Track } from './track.ts'

/** a backup's state is captured a moment before the time of its making, longer with many files */
const CAPTURE_MAX_US = 60_000_000

type Known = {
  readonly anchor: Anchor
  /** behind it nothing is known */
  readonly end: number
  readonly target: TimeTarget
  readonly warnings: readonly string[]
}

/** A backup that was made when there was nothing behind the end. */
type Witness = { readonly id: number; readonly createdAtUs: number }

/** All that is known was committed before the target: a quiet database, or an archive that fell behind. Says which is proved. */
export function cutAtEnd(facts: RecoveryFacts, track: Track, commits: CommitLookup, known: Known): Cut {
  const { anchor, end, target, warnings } = known
  const range = { afterSequence: anchor.sequence, untilSequence: end }
  const lastTimeUs = summarize(track, commits, range).lastTimeUs ?? anchor.stateTimeUs
  const witness = latestWitness(track, anchor, end)
  const cut = { kind: 'cut' as const, sequence: end }
  if (witness !== null && witness.createdAtUs >= target.timeUs) {
    const isClose = lastTimeUs < target.timeUs && witness.createdAtUs - target.timeUs < CAPTURE_MAX_US
    const madeAt = `made at ${timeText(witness.createdAtUs)}`
    const proof = `Backup ${witness.id}, ${madeAt}, ends with the same commit, sequence ${end}: nothing else had been committed.`
    const doubt = `Backup ${witness.id} was ${madeAt}; its state is from a moment before, and commits of that moment would not be known.`
    return { ...cut, proof, warnings: isClose ? [...warnings, doubt] : warnings }
  }
  if (lastTimeUs >= target.timeUs) {
    return { ...cut, proof: 'The last commit that is known was made at the target itself.', warnings }
  }
  const knownUntilUs = Math.max(lastTimeUs, witness?.createdAtUs ?? 0)
  const proof = `The last commit that is known, sequence ${end}, was made before the target; whether others came until then is not known.`
  return { ...cut, proof, warnings: [...warnings, beyondKnowledge(facts, target, knownUntilUs)] }
}

function latestWitness(track: Track, anchor: Anchor, end: number): Witness | null {
  const own = [...track.fulls, ...track.increments].filter(({ lastSequence }) => lastSequence === end)
  const all = anchor.sequence === end ? [...own, anchor.full] : own
  return all.reduce<Witness | null>((latest, { id, createdAtUs }) => {
    if (createdAtUs === null || createdAtUs <= (latest?.createdAtUs ?? -1)) return latest
    return { id, createdAtUs }
  }, null)
}

function beyondKnowledge({ writerSeenAtUs }: RecoveryFacts, target: TimeTarget, knownUntilUs: number): string {
  const seen =
    writerSeenAtUs !== null && writerSeenAtUs > knownUntilUs
      ? ` The program that archives said at ${timeText(writerSeenAtUs)} that it was alive, which does not prove that it had read everything.`
      : ''
  return `The commits are known until ${timeText(knownUntilUs)}; nothing proves that none was made after that, up to ${timeText(target.timeUs)}.${seen}`
}
