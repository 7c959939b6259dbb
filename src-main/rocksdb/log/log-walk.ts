import type { Damage } from '#base/damage.ts'
import type { PredecessorLog, TimestampSize } from './special-record.ts'

/** Called for every logical record in file order. Payloads are views that the next record overwrites. */
export interface LogVisitor {
  /**
   * A DamageError thrown here becomes a damage of the walk, at this record.
   * @param offsetBytes where the record's first header starts
   * @param payloadOffsetBytes where the payload starts; null when it is compressed or in several fragments
   * @param endOffsetBytes where the record's last fragment ends
   */
  record(payload: Uint8Array, offsetBytes: number, payloadOffsetBytes: number | null, endOffsetBytes: number): void
  compression?(isCompressed: boolean, offsetBytes: number): void
  timestampSizes?(sizes: readonly TimestampSize[], offsetBytes: number): void
  predecessor?(predecessor: PredecessorLog, offsetBytes: number): void
}

export type LogWalkOptions = {
  /** the number in the file's name; null when the file has none: then the first recyclable record tells it */
  readonly logNumber: number | null
  /** go on at the next block after damage instead of stopping: for salvage */
  readonly resync?: boolean
  /** size limit of one logical record, unpacked */
  readonly recordBytesMax?: number
  /** called once a block: may throw to stop the walk */
  readonly checkpoint?: (() => void) | undefined
}

/**
 * How the file ended. clean: at a record's end or in zeros. torn: the last write is incomplete, nothing after it.
 * recycled: the rest belongs to the file's former life. damaged: `damages` is not empty.
 */
export type LogWalkResult = {
  readonly end: 'clean' | 'torn' | 'damaged' | 'recycled'
  /** end of the last whole logical record: a copy cut here is complete */
  readonly endOffsetBytes: number
  readonly damages: readonly Damage[]
  /** all damages, also those beyond limits.damagesKeptMax */
  readonly damageCount: number
  /** what is incomplete at the end of a torn file */
  readonly tear: Damage | null
}
