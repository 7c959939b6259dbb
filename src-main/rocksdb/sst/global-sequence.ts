import { failAt, type Place } from '../place.ts'
import type { TableProperties } from './properties.ts'

const VERSION_WITH_GLOBAL_SEQUENCE = 2

/**
 * The sequence that stands for the stored one of every key in an ingested file, null when the stored ones count.
 * The MANIFEST and the file must agree when both name one.
 * RocksDB: table/block_based/block_based_table_reader.cc GetGlobalSequenceNumber; docs/formats/rocksdb.md §5.7
 * @param manifestSequence the file's largest sequence in the MANIFEST, null when it is not known
 * @throws DamageError
 */
export function effectiveGlobalSequence(
  properties: TableProperties,
  manifestSequence: number | null,
  place: Place,
): number | null {
  const { externalFile } = properties
  if (externalFile === null || externalFile.version < VERSION_WITH_GLOBAL_SEQUENCE) return null
  const own = externalFile.globalSequence ?? 0
  const given = manifestSequence ?? 0
  if (own !== 0 && given !== 0 && own !== given) {
    failAt(place, 'global sequence differs from the MANIFEST', `${given}`, `${own}`)
  }
  return own === 0 ? manifestSequence : own
}
