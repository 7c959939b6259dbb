import type { Damage } from '#base/damage.ts'

/** A live table file. Keys are user keys; times are unix seconds; null means the MANIFEST does not say. */
export type TableFile = {
  readonly level: number
  readonly fileNumber: number
  readonly pathId: number
  readonly sizeBytes: number
  readonly smallestKey: Uint8Array
  readonly largestKey: Uint8Array
  /** the largest key only says where a range deletion ends; entries of the table lie before it */
  readonly largestKeyIsExcluded: boolean
  readonly smallestSequence: number
  /** for an ingested file: the sequence of all its keys */
  readonly largestSequence: number
  readonly fileChecksum: Uint8Array | null
  readonly fileChecksumFunction: string | null
  readonly oldestBlobFileNumber: number | null
  readonly oldestAncestorTimeS: number | null
  readonly creationTimeS: number | null
  readonly epochNumber: number | null
  readonly uniqueId: Uint8Array | null
}

/** A live blob file. */
export type BlobFile = {
  readonly fileNumber: number
  /** of the whole file, header and footer included */
  readonly sizeBytes: number
  readonly blobCount: number
  readonly totalBytes: number
  readonly garbageCount: number
  readonly garbageBytes: number
  readonly checksumMethod: string
  readonly checksumValue: Uint8Array
}

export type ColumnFamily = {
  readonly id: number
  readonly name: string
  /** null when the MANIFEST never named it */
  readonly comparator: string | null
  /** logs with a smaller number hold nothing this family still needs */
  readonly logNumber: number
  readonly timestampsPersisted: boolean
  /** by level; in level 0 newest first, in deeper levels by smallest key */
  readonly files: readonly TableFile[]
  /** by number */
  readonly blobFiles: readonly BlobFile[]
}

/** A closed log that the MANIFEST vouches for (only with track_and_verify_wals_in_manifest). */
export type TrackedLog = { readonly logNumber: number; readonly syncedSizeBytes: number | null }

/**
 * What a MANIFEST says after its last whole edit. With damages it is the state as far as it could be replayed,
 * and the engine would refuse to open the database.
 */
export type ManifestState = {
  /** by id; 0 is "default" */
  readonly columnFamilies: readonly ColumnFamily[]
  readonly lastSequence: number
  readonly nextFileNumber: number
  /** logs with a smaller number are obsolete; the smallest log number of all families when never stated */
  readonly minLogNumberToKeep: number
  readonly databaseId: string | null
  /** by number */
  readonly trackedLogs: readonly TrackedLog[]
  /** end of the last whole record that counts: a copy may be cut here */
  readonly endOffsetBytes: number
  /** the file ends in an incomplete write, which is harmless */
  readonly isTorn: boolean
  readonly damages: readonly Damage[]
}
