import type { Damage } from '#base/damage.ts'

export type FileRole = 'table' | 'blob' | 'wal' | 'manifest' | 'current' | 'options' | 'other'

/** What the head and tail of a table say about its content. */
export type TableFacts = {
  readonly entryCount: number
  readonly deletionCount: number
  readonly rangeDeletionCount: number
  readonly compression: string
  readonly blockChecksum: string
  readonly formatVersion: number
  readonly createdAtUs: number | null
}

/** One stored file of a backup directory, however many backups name it. */
export type IndexedFile = {
  readonly path: string
  readonly role: FileRole
  /** null: the file is missing */
  readonly sizeBytes: number | null
  readonly modifiedAtUs: number | null
  readonly table: TableFacts | null
  /** why it could not be read, in a few words; null when nothing is known to be wrong */
  readonly problem: string | null
  /** the same with all that is known of it */
  readonly damage: Damage | null
}

/** How one backup uses a stored file. */
export type FileUse = {
  readonly file: IndexedFile
  readonly databaseName: string
  readonly crc32c: number | null
  readonly expectedSizeBytes: number | null
  readonly isExcluded: boolean
  readonly columnFamilyId: number | null
  readonly columnFamilyName: string | null
  readonly level: number | null
  readonly smallestKey: Uint8Array | null
  readonly largestKey: Uint8Array | null
  readonly problem: string | null
}

export type IndexedColumnFamily = {
  readonly columnFamilyId: number
  readonly name: string
  readonly comparator: string
}

export type IndexedBackup = {
  readonly backupId: number
  readonly state: 'sound' | 'incomplete' | 'unreadable'
  readonly createdAtUs: number
  readonly sequence: number
  readonly schemaVersion: string
  readonly appMetadata: Uint8Array | null
  /** the meta file's first 64 KiB as text */
  readonly metaText: string
  /** SHA-256 of the whole meta file: tells a backup from a later one that got the same id; empty when it is unreadable */
  readonly metaDigest: string
  readonly databaseId: string | null
  readonly manifestSequence: number | null
  readonly uses: readonly FileUse[]
  readonly columnFamilies: readonly IndexedColumnFamily[]
  readonly damages: readonly Damage[]
}

/** The role of a file, by the name it has in a database directory (docs/formats/rocksdb.md §1). */
export function roleOf(databaseName: string): FileRole {
  if (databaseName === 'CURRENT') return 'current'
  if (databaseName.startsWith('MANIFEST-')) return 'manifest'
  if (databaseName.startsWith('OPTIONS-')) return 'options'
  if (databaseName.endsWith('.sst') || databaseName.endsWith('.ldb')) return 'table'
  if (databaseName.endsWith('.blob')) return 'blob'
  if (databaseName.endsWith('.log')) return 'wal'
  return 'other'
}

/** A damage of a file as a whole. */
export function fileDamage(file: string, problem: string): Damage {
  return { file, offsetBytes: null, structure: 'file', problem, expected: null, found: null }
}
