import type { ControlSwitch } from '#base/abort.ts'
import type { Clock } from '#base/clock.ts'
import type { FileLayer } from '#base/file-layer.ts'
import type { NewMetaFile } from '../../rocksdb/meta/encode-backup-meta.ts'
import type { SharedCopy } from './shared-copies.ts'

/** What a full backup is to be called. */
export type FullOrder = {
  readonly repositoryPath: string
  /** never used before in this repository */
  readonly backupId: number
  readonly timeline: string
  readonly label: string | null
  readonly createdAtUs: number
}

/** What writing needs beside the order. */
export type FullTools = {
  readonly layer: FileLayer
  readonly control: ControlSwitch
  readonly clock: Clock
  /** over all threads; 0: no limit */
  readonly rateLimitBytesPerSecond: number
}

/** A backup whose private files are written: tables and blob files are still to be copied. Plain data. */
export type PreparedFull = FullOrder & {
  readonly root: string
  /** MANIFEST, CURRENT, OPTIONS, logs */
  readonly privateFiles: readonly NewMetaFile[]
  readonly copies: SharedCopy[]
  /** of tables and blob files that are not there yet, as far as that is known */
  readonly copyBytes: number
  readonly firstSequence: number
  readonly lastSequence: number
  readonly lastCommitAtUs: number | null
  /** sentences */
  readonly warnings: readonly string[]
}
