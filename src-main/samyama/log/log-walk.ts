import type { Damage } from '#base/damage.ts'
import type { Layout } from '../variants.ts'
import type { LogEntryType, LogicalRecord, RecordForm } from './log-entry.ts'

/** Called for every whole record in file order. Property bytes are views that the next record overwrites. */
export interface LogicalLogVisitor {
  /** A DamageError thrown here becomes a damage of the walk, at this record. */
  record(record: LogicalRecord): void
}

export type LogicalLogWalkOptions = {
  /** how to read the properties of records in the old form; those of 1.11 are of generation B */
  readonly layout: Layout
  /** size limit of one record's body */
  readonly recordBytesMax?: number
  /** called once a record: may throw to stop the walk */
  readonly checkpoint?: () => void
}

/**
 * How the file ended. clean: at a record's end. torn: the last write is incomplete, nothing after it.
 * damaged: `damages` is not empty. unknownFormat: no log of a known release, nothing was read.
 */
export type LogicalLogWalkResult = {
  readonly end: 'clean' | 'torn' | 'damaged' | 'unknownFormat'
  /** end of the last whole record */
  readonly endOffsetBytes: number
  /** bytes at the end that were given up: a torn write, or what follows a length that cannot be trusted */
  readonly unreadBytes: number
  readonly entryCounts: Readonly<Record<LogEntryType, number>>
  /** whole records by form: the checksum of the old one proves little (docs/formats/samyama.md §2.3) */
  readonly formCounts: Readonly<Record<RecordForm, number>>
  /** records whose property bytes are no map in the layout asked for */
  readonly undecodedCount: number
  readonly damages: readonly Damage[]
  /** all damages, also those beyond limits.damagesKeptMax */
  readonly damageCount: number
  /** what is incomplete at the end of a torn file */
  readonly tear: Damage | null
}
