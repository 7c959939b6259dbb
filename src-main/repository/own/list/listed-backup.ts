import type { Damage } from '#base/damage.ts'
import type { Pin, VerifiedBackup } from '../format/records.ts'

/** A full or an incremental backup as LIST shows it; what cannot be read of it is null. */
export type ListedBackup = {
  readonly id: number
  readonly kind: 'full' | 'increment'
  /**
   * damaged: what describes it cannot be read, or a file has another size; incomplete: a file or its base is missing. ok
   * says nothing about the bytes in the files: a verification does.
   */
  readonly state: 'ok' | 'damaged' | 'incomplete'
  readonly timeline: string | null
  readonly createdAtUs: number | null
  readonly firstSequence: number | null
  /** null also for a full that another program wrote: its logs would have to be read */
  readonly lastSequence: number | null
  /** the last sequence is not below: known of foreign fulls too; null: nothing is known */
  readonly sequenceFloor: number | null
  readonly lastCommitAtUs: number | null
  readonly fileCount: number
  /** all files that it names, as they are on the disk */
  readonly totalBytes: number
  /** of these, the files that no other listed backup of its kind names */
  readonly ownBytes: number
  readonly baseId: number | null
  readonly label: string | null
  readonly verified: VerifiedBackup | null
  readonly pin: Pin | null
  readonly problems: readonly Damage[]
  /** the chain reaches a full, all of it is ok, and no verification failed */
  readonly isRestorable: boolean
}

/** A row before it is seen among the others. */
export type BackupRow = Omit<ListedBackup, 'ownBytes' | 'isRestorable' | 'verified' | 'pin'> & {
  /** null: what describes it cannot be read */
  readonly needs: readonly NeededFile[] | null
}

/** A file that a backup needs, by its path in the repository, with the bytes that are there (0: missing). */
export type NeededFile = { readonly path: string; readonly sizeBytes: number }
