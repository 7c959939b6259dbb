import type { RecoveryFacts } from './facts.ts'
import { endOf, stretchAt, type Track } from './track.ts'

/** What the archive lacks behind a sequence, as a phrase; null when it goes on there, or nothing is known behind it. */
export function holeBehind(track: Track, facts: RecoveryFacts, sequence: number): string | null {
  const next = nextKnown(track, sequence)
  if (next === null || stretchAt(track, sequence + 1) !== undefined) return null
  const damaged = track.damaged.find(({ firstSequence }) => firstSequence > sequence && firstSequence < next)
  const gap = facts.archives
    .filter(({ timeline }) => track.path.some((part) => part.timeline === timeline))
    .flatMap(({ gaps }) => gaps)
    .find(({ afterSequence, beforeSequence }) => afterSequence < next && beforeSequence > sequence + 1)
  const why = [
    damaged === undefined ? '' : `${damaged.path} is damaged: ${damaged.problem}`,
    gap === undefined ? '' : gap.reason,
  ].filter((reason) => reason !== '')
  const reason = why.length === 0 ? 'no segment holds them' : why.join('; ')
  return `the archive lacks the commits between the sequences ${sequence} and ${next} (${reason})`
}

/** The first sequence behind another one of which anything is known: a segment begins there, or a backup ends there. */
function nextKnown(track: Track, sequence: number): number | null {
  const segment = track.segments.find((each) => each.lastSequence > sequence)
  const backups = [...track.fulls, ...track.increments].filter((backup) => endOf(backup) > sequence)
  const ends = backups.map((backup) => endOf(backup) + 1)
  const next = Math.min(segment?.firstSequence ?? Number.MAX_SAFE_INTEGER, ...ends)
  return next === Number.MAX_SAFE_INTEGER ? null : Math.max(next, sequence + 1)
}
