import type { StateRef } from '#contract'
import type { BackupRef } from './backups.ts'

/** A backup as it was after the last commit up to a sequence; null: after all of its commits. */
export type BackupInstant = BackupRef & { readonly upToSequence: number | null }
export type ColumnFamilyRef = BackupInstant & { readonly columnFamilyId: number }

export function stateOf({ sourceId, backupId, upToSequence }: BackupInstant): StateRef {
  return { sourceId, backupId, upToSequence }
}

/** Tells instants apart. */
export function instantKey({ sourceId, backupId, upToSequence }: BackupInstant): string {
  return [sourceId, backupId, upToSequence ?? 'latest'].join(' ')
}

/** The older one first: the smaller backup id, then the smaller sequence. */
export function oldestFirst(one: BackupInstant, other: BackupInstant): readonly [BackupInstant, BackupInstant] {
  const end = Number.POSITIVE_INFINITY
  const order = one.backupId - other.backupId || Math.sign((one.upToSequence ?? end) - (other.upToSequence ?? end)) || 0
  return order > 0 ? [other, one] : [one, other]
}
