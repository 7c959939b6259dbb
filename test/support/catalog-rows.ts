import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openCatalog, type WriteDatabase } from '../../src-main/catalog/open.ts'
import { type BackupColumns, type FileUseColumns, IndexWriter } from '../../src-main/catalog/write-index.ts'
import { tempDir } from './temp-dir.ts'

/** A catalogue of its own, closed when the running test ends. */
export function newCatalog(): WriteDatabase {
  const database = openCatalog(join(tempDir(), 'catalog.db'))
  onTestFinished(() => void database.close())
  return database
}

export function tableUse(path: string, more: Partial<FileUseColumns> & { entryCount?: number } = {}): FileUseColumns {
  const { entryCount = 10, ...columns } = more
  const table = {
    entryCount,
    deletionCount: 1,
    rangeDeletionCount: 0,
    compression: 'Snappy',
    blockChecksum: 'xxh3',
    formatVersion: 5,
    createdAtUs: null,
  }
  return {
    file: { path, role: 'table', sizeBytes: 100, modifiedAtUs: 1, table, problem: null },
    databaseName: path.slice(path.lastIndexOf('/') + 1),
    crc32c: 1,
    expectedSizeBytes: 100,
    isExcluded: false,
    columnFamilyId: 0,
    columnFamilyName: 'default',
    level: 0,
    smallestKey: Buffer.from('a'),
    largestKey: Buffer.from('z'),
    problem: null,
    ...columns,
  }
}

export function backupColumns(
  backupId: number,
  uses: readonly FileUseColumns[],
  more: Partial<BackupColumns> = {},
): BackupColumns {
  return {
    backupId,
    state: 'sound',
    createdAtUs: 1_000_000 * backupId,
    sequence: backupId,
    schemaVersion: '1',
    appMetadata: null,
    metaText: '',
    metaDigest: `digest ${backupId}`,
    databaseId: null,
    manifestSequence: null,
    uses,
    columnFamilies: [{ columnFamilyId: 0, name: 'default', comparator: 'leveldb.BytewiseComparator' }],
    damages: [],
    ...more,
  }
}

/** Writes a whole index run. */
export function writeIndex(
  database: WriteDatabase,
  sourceId: number,
  backups: readonly BackupColumns[],
  fingerprint = 'print',
): void {
  const writer = new IndexWriter(database, sourceId)
  for (const backup of backups) writer.add(backup, 1000)
  writer.commit({ fingerprint, nowUs: 5 })
  writer.close()
}
