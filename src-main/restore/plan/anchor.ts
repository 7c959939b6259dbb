import type { ListedBackup } from '../../repository/own/list/listed-backup.ts'
import type { BaseLookup } from './base-lookup.ts'
import type { Track } from './track.ts'

/** BackupEngine writes seconds, rounded down */
const FOREIGN_TIME_ERROR_US = 999_999

/** A full whose state is not after a time, and where it ends. */
export type Anchor = { readonly full: ListedBackup; readonly sequence: number; readonly stateTimeUs: number }

/** The newest full, by its sequence, whose state is not after a time, whether or not it can be restored; null: none is. */
export function anchorOf(track: Track, bases: BaseLookup, isAfter: (timeUs: number) => boolean): Anchor | null {
  for (const full of track.fulls.toReversed()) {
    const stateTimeUs = stateTimeOf(full)
    if (stateTimeUs === null || isAfter(stateTimeUs)) continue
    const sequence = full.lastSequence ?? foreignEnd(full, bases)
    if (sequence !== null) return { full, sequence, stateTimeUs }
  }
  return null
}

/** The time of the last commit of a full's state, or one that is not before it; null: not known. */
function stateTimeOf({ lastCommitAtUs, createdAtUs, lastSequence }: ListedBackup): number | null {
  if (lastCommitAtUs !== null || createdAtUs === null) return lastCommitAtUs
  return lastSequence === null ? createdAtUs + FOREIGN_TIME_ERROR_US : createdAtUs
}

/** Where a full ends that another program made; null: it cannot be read. */
export function foreignEnd(full: ListedBackup, bases: BaseLookup): number | null {
  const look = bases.look(full.id, null)
  return look.kind === 'usable' ? look.lastSequence : null
}
