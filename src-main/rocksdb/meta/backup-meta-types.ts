/** One file of a backup, as its meta file lists it. */
export type BackupMetaFile = {
  /** relative to the backup directory, checked: it cannot lead out of it */
  readonly path: string
  /** the name after restore: CURRENT, 000008.sst, … */
  readonly databaseName: string
  /** plain CRC-32C of the whole file; null when the meta file has none (schema 2 only) */
  readonly crc32c: number | null
  readonly sizeBytes: number | null
  /** where the size comes from: the size field, or the end of a shared file's name */
  readonly sizeFrom: 'field' | 'name' | null
  /** listed but on purpose not in this backup; a restore needs it from another one */
  readonly excluded: boolean
  readonly temperature: string | null
}

/** A name and its text, kept for display: fields this reader does not know may be ignored. */
export type BackupMetaField = { readonly name: string; readonly data: string }

/** A meta file of a BackupEngine directory. */
export type BackupMeta = {
  readonly backupId: number
  /** 1, or the text of a schema 2: "2.0", "2.1" */
  readonly schemaVersion: 1 | string
  /** unix seconds */
  readonly createdAtS: number
  /** approximate: taken before the copy */
  readonly sequence: number
  readonly appMetadata: Uint8Array | null
  /** in the file's order; excluded ones last */
  readonly files: readonly BackupMetaFile[]
  readonly headerFields: readonly BackupMetaField[]
  readonly footerFields: readonly BackupMetaField[]
}
