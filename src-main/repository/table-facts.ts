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
      createdAtUs: timeUsOf(createdAtS),
    }
  } finally {
    table.close()
  }
}

/** null for a table that does not say, and for a time that no clock shows. */
function timeUsOf(timeS: number | null): number | null {
  const timeUs = (timeS ?? 0) * 1_000_000
  return timeUs > 0 && Number.isSafeInteger(timeUs) ? timeUs : null
}
