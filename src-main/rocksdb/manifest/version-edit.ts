import type { InternalKey } from '../internal-key.ts'

/** A table file enters a level. Times are unix seconds; null means not stated. */
export type NewTableFile = {
  readonly level: number
  readonly fileNumber: number
  readonly pathId: number
  readonly sizeBytes: number
  readonly smallest: InternalKey
  readonly largest: InternalKey
  readonly smallestSequence: number
  readonly largestSequence: number
  /** a database-wide value that rides in the entry */
  readonly minLogNumberToKeep: number | null
  readonly oldestBlobFileNumber: number | null
  readonly oldestAncestorTimeS: number | null
  readonly creationTimeS: number | null
  /** the bytes as stored; FileChecksumCrc32c is 4 bytes big-endian, unmasked */
  readonly fileChecksum: Uint8Array | null
  readonly fileChecksumFunction: string | null
  readonly temperature: number | null
  readonly uniqueId: Uint8Array | null
  readonly epochNumber: number | null
  readonly tailSizeBytes: number | null
  readonly timestampsPersisted: boolean
  /** the fields above and others of the format, by tag, as stored */
  readonly customFields: ReadonlyMap<number, Uint8Array>
}

export type NewBlobFile = {
  readonly fileNumber: number
  readonly blobCount: number
  /** records without the file's header and footer: the file is 62 bytes larger */
  readonly totalBytes: number
  readonly checksumMethod: string
  readonly checksumValue: Uint8Array
}

/** One field of a version edit, in the order of the file. */
export type EditField =
  | { readonly kind: 'comparator'; readonly name: string }
  | { readonly kind: 'log-number'; readonly logNumber: number }
  | { readonly kind: 'previous-log-number'; readonly logNumber: number }
  | { readonly kind: 'next-file-number'; readonly fileNumber: number }
  | { readonly kind: 'last-sequence'; readonly sequence: number }
  | { readonly kind: 'compact-cursor'; readonly level: number; readonly key: InternalKey }
  | { readonly kind: 'deleted-file'; readonly level: number; readonly fileNumber: number }
  | { readonly kind: 'new-file'; readonly file: NewTableFile }
  | { readonly kind: 'min-log-number-to-keep'; readonly logNumber: number }
  | { readonly kind: 'column-family'; readonly id: number }
  | { readonly kind: 'column-family-add'; readonly name: string }
  | { readonly kind: 'column-family-drop' }
  | { readonly kind: 'max-column-family'; readonly id: number }
  | { readonly kind: 'in-atomic-group'; readonly remaining: number }
  | { readonly kind: 'new-blob-file'; readonly file: NewBlobFile }
  | {
      readonly kind: 'blob-file-garbage'
      readonly fileNumber: number
      readonly garbageCount: number
      readonly garbageBytes: number
    }
  | { readonly kind: 'database-id'; readonly databaseId: string }
  | { readonly kind: 'full-history-timestamp-low'; readonly timestamp: Uint8Array }
  | { readonly kind: 'wal-addition'; readonly logNumber: number; readonly syncedSizeBytes: number | null }
  | { readonly kind: 'wal-deletion'; readonly logNumber: number }
  | { readonly kind: 'persist-user-defined-timestamps'; readonly isPersisted: boolean }
  | { readonly kind: 'last-compacted-manifest-file-size'; readonly sizeBytes: number }

/** The fields of one edit; none at all is a legal edit. */
export type VersionEdit = readonly EditField[]
