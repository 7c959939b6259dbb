import { equalBytes } from '#base/bytes.ts'
import type { ColumnFamily, TableFile } from '../manifest/manifest-state.ts'

/**
 * True when two MANIFESTs speak of one table: its unique id holds the session that wrote it and its number there
 * (RocksDB: table/unique_id.cc). Tables of engines before 7.3 have none: they are read.
 */
function isSameTable(left: TableFile, right: TableFile): boolean {
  return (
    left.uniqueId !== null &&
    right.uniqueId !== null &&
    equalBytes(left.uniqueId, right.uniqueId) &&
    left.sizeBytes === right.sizeBytes &&
    left.largestSequence === right.largestSequence &&
    equalBytes(left.smallestKey, right.smallestKey) &&
    equalBytes(left.largestKey, right.largestKey)
  )
}

/** The tables of a family that the other one does not have. */
export function tablesOnlyIn(family: ColumnFamily, other: ColumnFamily): ReadonlySet<TableFile> {
  const others = new Map(other.files.map((file) => [idOf(file), file]))
  return new Set(
    family.files.filter((file) => {
      const twin = others.get(idOf(file))
      return twin === undefined || !isSameTable(file, twin)
    }),
  )
}

function idOf({ uniqueId, fileNumber }: TableFile): string {
  return uniqueId === null ? `#${fileNumber}` : Buffer.from(uniqueId).toString('latin1')
}
