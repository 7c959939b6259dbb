import type { ReachablePoint } from '../../contract/recovery.ts'
import type { ListedBackup } from '../../repository/own/list/listed-backup.ts'
import { type Base, chooseBase, whyNot } from './choose-base.ts'
import type { RecoveryFacts } from './facts.ts'
import { commitWith, firstCommitIn, wholeCommitEnd } from './find-commits.ts'
import type { Lookups } from './lookups.ts'
import { endOf, stretchAt, type Track } from './track.ts'

/** fulls that are tried on either side: each costs its MANIFEST */
const TRIES_MAX = 20

export type Nearest = { readonly nearestBefore: ReachablePoint | null; readonly nearestAfter: ReachablePoint | null }

type Search = {
  readonly facts: RecoveryFacts
  readonly track: Track
  readonly lookups: Lookups
  readonly excludedIds: ReadonlySet<number>
}

/** The nearest states that can be gone back to: with a last sequence up to a position, and with one behind it. */
export function nearestTo(search: Search, position: number): Nearest {
  const usable = search.track.fulls.filter((full) => whyNot(full, search.excludedIds) === null)
  return { nearestBefore: before(search, usable, position), nearestAfter: after(search, usable, position) }
}

function before(search: Search, usable: readonly ListedBackup[], position: number): ReachablePoint | null {
  const fulls = usable.filter((full) => endOf(full) <= position)
  for (const full of fulls.toReversed().slice(0, TRIES_MAX)) {
    const look = search.lookups.bases.look(full.id, full.lastSequence)
    if (look.kind === 'unusable' || look.lastSequence > position) continue
    const end = furthest(search, look, position)
    for (const sequence of [end, look.lastSequence]) if (isReachable(search, sequence)) return pointAt(search, sequence)
  }
  return null
}

/** How far the archive leads from a full, up to a position. */
function furthest({ track, lookups: { commits } }: Search, base: Base['look'], position: number): number {
  const afterSequence = base.lastSequence
  const archived = Math.min(stretchAt(track, afterSequence + 1)?.lastSequence ?? afterSequence, position)
  const untilSequence = Math.max(afterSequence, wholeCommitEnd(track, commits, archived))
  const isUnknown = (id: number) => !base.columnFamilyIds.includes(id)
  const stranger = firstCommitIn(
    track,
    commits,
    { afterSequence, untilSequence },
    {
      isWanted: ({ columnFamilyIds }) => columnFamilyIds.some(isUnknown),
      mayHold: ({ columnFamilyIds }) => columnFamilyIds.some(isUnknown),
    },
  )
  return stranger === null ? untilSequence : stranger.firstSequence - 1
}

function after(search: Search, usable: readonly ListedBackup[], position: number): ReachablePoint | null {
  const commit = commitWith(search.track, search.lookups.commits, position + 1)
  if (commit !== null && isReachable(search, commit.lastSequence)) return pointAt(search, commit.lastSequence)
  const fulls = usable.filter((full) => endOf(full) > position || full.lastSequence === null)
  for (const full of fulls.slice(0, TRIES_MAX)) {
    const start = startOf(search, full)
    if (start !== null && start > position && isReachable(search, start)) return pointAt(search, start)
  }
  return null
}

function startOf({ lookups }: Search, full: ListedBackup): number | null {
  const look = lookups.bases.look(full.id, full.lastSequence)
  return look.kind === 'usable' ? look.lastSequence : null
}

function isReachable({ facts, track, excludedIds, lookups }: Search, sequence: number): boolean {
  return chooseBase(facts, track, { sequence, excludedIds }, lookups).kind === 'base'
}

function pointAt({ track, lookups }: Search, sequence: number): ReachablePoint {
  const commit = commitWith(track, lookups.commits, sequence)
  const state = track.fulls.find((full) => full.lastSequence === sequence)
  return { sequence, committedAtUs: commit?.committedAtUs ?? state?.lastCommitAtUs ?? null }
}
