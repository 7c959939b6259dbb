import { compareBytes } from '#base/bytes.ts'
import type { ColumnFamily } from '../manifest/manifest-state.ts'

/**
 * Keys that cut a family into parts of about the same stored size, for several readers: the starts of tables of its
 * largest level. At most `partCount` - 1 of them, ascending, none for a small family or a custom order of keys.
 */
export function splitFamily(family: ColumnFamily, partCount: number): Uint8Array[] {
  if ((family.comparator ?? BYTEWISE) !== BYTEWISE) return []
  const files = largestLevel(family)
  const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const bounds: Uint8Array[] = []
  let doneBytes = 0
  for (const file of files) {
    const isDue = doneBytes >= (totalBytes * (bounds.length + 1)) / partCount
    const last = bounds.at(-1)
    // a hostile MANIFEST may list tables in any order
    if (isDue && bounds.length < partCount - 1 && (last === undefined || compareBytes(last, file.smallestKey) < 0)) {
      bounds.push(file.smallestKey)
    }
    doneBytes += file.sizeBytes
  }
  return bounds
}

const BYTEWISE = 'leveldb.BytewiseComparator'

function largestLevel(family: ColumnFamily): ColumnFamily['files'] {
  const byLevel = Map.groupBy(
    family.files.filter(({ level }) => level > 0),
    ({ level }) => level,
  )
  const sizeOf = (files: ColumnFamily['files']) => files.reduce((sum, file) => sum + file.sizeBytes, 0)
  return [...byLevel.values()].sort((left, right) => sizeOf(right) - sizeOf(left))[0] ?? []
}
