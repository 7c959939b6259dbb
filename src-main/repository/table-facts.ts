import { openTable } from '../rocksdb/sst/table.ts'
import type { BackupDirectory } from './backup-directory.ts'
import type { TableFacts } from './indexed.ts'

/** Reads a table's footer and properties, a few kilobytes at its end. @throws DamageError, AppError */
export function readTableFacts(directory: BackupDirectory, path: string): TableFacts {
  const table = openTable(directory.open(path))
  try {
    const { footer, properties } = table
    const createdAtS = properties.fileCreationTimeS ?? properties.creationTimeS
    return {
      entryCount: properties.entryCount,
      deletionCount: properties.deletionCount,
      rangeDeletionCount: properties.rangeDeletionCount,
      compression: properties.compression,
      blockChecksum: footer.checksumKind,
      formatVersion: footer.formatVersion,
      createdAtUs: createdAtS === null || createdAtS === 0 ? null : createdAtS * 1_000_000,
    }
  } finally {
    table.close()
  }
}
