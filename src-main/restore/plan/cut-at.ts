import { unreachable } from '#base/assert.ts'
import type { RecoveryTarget } from '../../contract/recovery.ts'
import type { ListedBackup } from '../../repository/own/list/listed-backup.ts'
import { foreignEnd } from './anchor.ts'
import type { BaseLookup } from './base-lookup.ts'
import type { CommitLookup } from './commit-lookup.ts'
import { cutAtTime } from './cut-at-time.ts'
import type { RecoveryFacts } from './facts.ts'
import { commitWith, wholeCommitEnd } from './find-commits.ts'
import { holeBehind } from './hole.ts'
import type { Lookups } from './lookups.ts'
import { type Cut, notCovered, type Refused, senseless } from './outcome.ts'
import { archivedEnd, endOf, isOnPath, stretchAt, type Track } from './track.ts'

/** Where a track is cut for a target. */
export function cutAt(facts: RecoveryFacts, track: Track, target: RecoveryTarget, lookups: Lookups): Cut | Refused {
  const { commits, bases } = lookups
  switch (target.kind) {
    case 'latest':
      return cutAtLatest(track, bases)
    case 'time':
      return cutAtTime(facts, track, lookups, target)
    case 'sequence':
      return cutAtSequence(facts, track, commits, target.sequence)
    case 'before':
      return cutBefore(facts, track, commits, target.sequence)
    case 'backup':
      return cutAtBackup(facts, track, bases, target.backupId)
    case 'mark':
      return cutAtMark(facts, track, commits, target.name)
    default:
      return unreachable(target)
  }
}

function cutAtLatest(track: Track, bases: BaseLookup): Cut | Refused {
  const restorable = track.fulls.filter(({ isRestorable }) => isRestorable)
  const foreign = restorable.findLast(({ lastSequence }) => lastSequence === null)
  const fullEnds = [
    ...restorable.flatMap(({ lastSequence }) => lastSequence ?? []),
    foreign === undefined ? -1 : (foreignEnd(foreign, bases) ?? -1),
  ]
  const sequence = Math.max(archivedEnd(track), ...fullEnds)
  if (sequence < 0)
    return notCovered(`timeline ${track.timeline} has neither commits nor a full backup to go back to`, -1)
  const proof = `Sequence ${sequence} is the last one that the repository knows of timeline ${track.timeline}.`
  const newer = track.fulls.filter((full) => !full.isRestorable && endOf(full) > sequence)
  const warnings = newer.map(
    (full) => `Backup ${full.id} has a newer state, up to sequence ${endOf(full)}, and cannot be restored.`,
  )
  return { kind: 'cut', sequence, proof, warnings }
}

function cutAtSequence(facts: RecoveryFacts, track: Track, commits: CommitLookup, sequence: number): Cut | Refused {
  const refused = beyondEnd(track, sequence)
  if (refused !== null) return refused
  if (stretchAt(track, sequence) !== undefined) {
    const end = wholeCommitEnd(track, commits, sequence)
    const proof =
      end === sequence
        ? `A commit ends with sequence ${sequence}.`
        : `Sequence ${sequence} lies inside a commit, which is not divided: the last whole commit before it ends with ${end}.`
    return { kind: 'cut', sequence: end, proof, warnings: [] }
  }
  const state = track.fulls.find(({ lastSequence }) => lastSequence === sequence)
  if (state !== undefined) {
    return {
      kind: 'cut',
      sequence,
      proof: `The state of backup ${state.id} ends with sequence ${sequence}.`,
      warnings: [],
    }
  }
  // what comes behind a commit's end begins a stretch
  if (stretchAt(track, sequence + 1)?.firstSequence === sequence + 1) {
    return { kind: 'cut', sequence, proof: `The next commit begins with sequence ${sequence + 1}.`, warnings: [] }
  }
  return notArchived(facts, track, sequence)
}

function cutBefore(facts: RecoveryFacts, track: Track, commits: CommitLookup, sequence: number): Cut | Refused {
  const refused = beyondEnd(track, sequence)
  if (refused !== null) return refused
  const commit = commitWith(track, commits, sequence)
  if (commit === null) return notArchived(facts, track, sequence)
  const { firstSequence, lastSequence } = commit
  const proof = `The commit with sequence ${sequence} is the one from ${firstSequence} to ${lastSequence}; everything before it is kept.`
  return { kind: 'cut', sequence: firstSequence - 1, proof, warnings: [] }
}

function cutAtBackup(facts: RecoveryFacts, track: Track, bases: BaseLookup, backupId: number): Cut | Refused {
  const found = facts.backups.filter(({ id }) => id === backupId)
  const [backup] = found
  if (backup === undefined) {
    return senseless(
      'BACKUP_NOT_FOUND',
      `there is no backup ${backupId}`,
      'Refresh the list: it may have been deleted since.',
    )
  }
  if (found.length > 1) {
    return senseless(
      'BAD_REQUEST',
      `two backups have the id ${backupId}`,
      'Choose the point by its sequence or its time.',
    )
  }
  const sequence = sequenceOf(backup, bases)
  if (typeof sequence === 'string') {
    const message = `where the state of backup ${backupId} ends is not known: ${sequence}`
    return senseless('DAMAGED', message, 'Choose another backup, or a point by its time.')
  }
  if (!isOnPath(track.path, backup.timeline, sequence)) {
    const message = `backup ${backupId} is on timeline ${backup.timeline ?? '(not known)'}, and its state is not one of timeline ${track.timeline}`
    return senseless('BAD_REQUEST', message, 'Leave the timeline out, or name that of the backup.')
  }
  const proof = `The state of backup ${backupId} ends with sequence ${sequence}.`
  return { kind: 'cut', sequence, proof, warnings: [] }
}

function sequenceOf(backup: ListedBackup, bases: BaseLookup): number | string {
  if (backup.lastSequence !== null) return backup.lastSequence
  if (backup.kind !== 'full') return 'what describes it is damaged'
  const look = bases.look(backup.id, null)
  return look.kind === 'usable' ? look.lastSequence : look.reason
}

function cutAtMark(facts: RecoveryFacts, track: Track, commits: CommitLookup, name: string): Cut | Refused {
  const mark = facts.marks.find((each) => each.name === name)
  if (mark === undefined) {
    return senseless('BAD_REQUEST', `no recovery point has the name “${name}”`, 'List the named recovery points.')
  }
  if (!isOnPath(track.path, mark.timeline, mark.sequence)) {
    const message = `the recovery point “${name}” is on timeline ${mark.timeline}, and not on timeline ${track.timeline}`
    return senseless('BAD_REQUEST', message, 'Leave the timeline out, or name that of the recovery point.')
  }
  const cut = cutAtSequence(facts, track, commits, mark.sequence)
  if (cut.kind === 'refused') return cut
  return { ...cut, proof: `“${name}” was set at sequence ${mark.sequence}. ${cut.proof}` }
}

/** A sequence that nothing reaches so far. */
function beyondEnd(track: Track, sequence: number): Refused | null {
  const end = Math.max(archivedEnd(track), ...[...track.fulls, ...track.increments].map(endOf))
  if (sequence <= end) return null
  const what = end < 0 ? 'knows no commit' : `ends with sequence ${end}`
  return notCovered(`what is known of timeline ${track.timeline} ${what}; sequence ${sequence} is behind it`, sequence)
}

function notArchived(facts: RecoveryFacts, track: Track, sequence: number): Refused {
  const before = track.stretches.findLast(({ lastSequence }) => lastSequence < sequence)?.lastSequence ?? -1
  const state = track.fulls.findLast((full) => endOf(full) < sequence)
  const known = Math.max(before, state === undefined ? -1 : endOf(state))
  const hole = known < 0 ? null : holeBehind(track, facts, known)
  const why = hole ?? 'the archive does not reach back to it'
  return notCovered(`the commit with sequence ${sequence} is not archived: ${why}`, sequence)
}
