import type { ListedBackup } from '../../repository/own/list/listed-backup.ts'
import type { BaseLook } from './base-lookup.ts'
import type { RecoveryFacts } from './facts.ts'
import { summarize } from './find-commits.ts'
import { holeBehind } from './hole.ts'
import type { Lookups } from './lookups.ts'
import { notCovered, type Refused } from './outcome.ts'
import { endOf, isCovered, stretchAt, type Track } from './track.ts'

export type PassedOver = { readonly backupId: number; readonly reason: string }

export type Base = {
  readonly full: ListedBackup
  readonly look: Extract<BaseLook, { kind: 'usable' }>
}

export type BaseChoice =
  | { readonly kind: 'base'; readonly base: Base; readonly passedOver: readonly PassedOver[] }
  | (Refused & { readonly passedOver: readonly PassedOver[] })

/**
 * The newest full from which a state can be reached. A full that is damaged gives way to an older one with more of the
 * archive; a hole in the archive or a column family that it does not know gives way to nothing, for an older one would
 * meet the same.
 */
export function chooseBase(
  facts: RecoveryFacts,
  track: Track,
  order: { sequence: number; excludedIds: ReadonlySet<number> },
  lookups: Lookups,
): BaseChoice {
  const { sequence, excludedIds } = order
  const passedOver: PassedOver[] = []
  for (const full of track.fulls.toReversed()) {
    if (endOf(full) > sequence) continue
    const reason = whyNot(full, excludedIds)
    const look = reason === null ? lookups.bases.look(full.id, full.lastSequence) : null
    if (look === null || look.kind === 'unusable') {
      passedOver.push({ backupId: full.id, reason: reason ?? sentence(look?.reason ?? '') })
      continue
    }
    if (look.lastSequence > sequence) continue
    const stranger = ofAnotherDatabase(facts, track, full, look.databaseId)
    if (stranger !== null) {
      passedOver.push({ backupId: full.id, reason: stranger })
      continue
    }
    const refused = whyNotReached(facts, track, { full, look }, sequence, lookups)
    if (refused !== null) return { ...refused, passedOver }
    return { kind: 'base', base: { full, look }, passedOver: [...unreadable(facts, full.id), ...passedOver] }
  }
  const [first] = passedOver
  const why = first === undefined ? '' : ` (backup ${first.backupId}: ${first.reason})`
  const message = `no full backup can be restored whose state is not behind sequence ${sequence} on timeline ${track.timeline}${why}`
  return { ...notCovered(message, sequence), passedOver }
}

/** Why a full cannot be restored, as a sentence; null: nothing that is known says so. */
export function whyNot(full: ListedBackup, excludedIds: ReadonlySet<number>): string | null {
  if (excludedIds.has(full.id)) return 'A file of it was found damaged while it was copied.'
  if (full.isRestorable) return null
  const { verified, problems, state } = full
  const [problem] = problems
  const what = problem === undefined ? 'no more is known' : `${problem.file}: ${problem.problem}`
  if (state !== 'ok') return sentence(`it is ${state}: ${what}`)
  if (verified?.result === 'failed') {
    return sentence(`its last verification failed: ${verified.problems[0] ?? 'no more is known'}`)
  }
  return 'It cannot be restored.'
}

function whyNotReached(
  facts: RecoveryFacts,
  track: Track,
  { full, look }: Base,
  sequence: number,
  { commits }: Lookups,
): Refused | null {
  const afterSequence = look.lastSequence
  if (!isCovered(track, afterSequence, sequence)) {
    const end = stretchAt(track, afterSequence + 1)?.lastSequence ?? afterSequence
    const hole = holeBehind(track, facts, end) ?? `the archive ends with sequence ${end}`
    return notCovered(`behind backup ${full.id}, ${hole}`, sequence)
  }
  const known = new Set(look.columnFamilyIds)
  const { columnFamilyIds } = summarize(track, commits, { afterSequence, untilSequence: sequence })
  const unknown = columnFamilyIds.filter((id) => !known.has(id))
  if (unknown.length === 0) return null
  const families = unknown.length === 1 ? `column family ${unknown[0]}` : `column families ${unknown.join(', ')}`
  return {
    ...notCovered(
      `commits up to sequence ${sequence} write to ${families}, made after backup ${full.id}, and a log does not say how a column family was made`,
      sequence,
    ),
    nextStep: 'Choose a point before they were made, or one that a newer full backup reaches.',
  }
}

/** Fulls of other programs say nothing of their timeline: that of the database is compared. */
function ofAnotherDatabase(
  facts: RecoveryFacts,
  track: Track,
  full: ListedBackup,
  databaseId: string | null,
): string | null {
  if (full.lastSequence !== null) return null
  const own = facts.timelines.find(({ id }) => id === track.timeline)?.databaseId ?? null
  if (own === null || databaseId === null || own === databaseId) return null
  return `Another program made it, of another database (${databaseId}).`
}

/** Newer ones of which not even the timeline can be read. */
function unreadable(facts: RecoveryFacts, afterId: number): PassedOver[] {
  return facts.backups
    .filter(({ kind, timeline, id }) => kind === 'full' && timeline === null && id > afterId)
    .map(({ id, problems }) => ({
      backupId: id,
      reason: sentence(`what describes it cannot be read: ${problems[0]?.problem ?? 'no more is known'}`),
    }))
}

function sentence(phrase: string): string {
  const text = `${phrase.slice(0, 1).toUpperCase()}${phrase.slice(1)}`
  return text.endsWith('.') ? text : `${text}.`
}
