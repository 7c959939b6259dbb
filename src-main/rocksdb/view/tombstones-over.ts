import { formatFileNumber } from '../database-file-name.ts'
import type { RangeTombstone } from '../internal-iterator.ts'
import type { FamilySources } from './family-sources.ts'
import type { KeyVersion } from './requests.ts'

/** The range deletions that cover a key, oldest first. A table's count between its smallest and largest key only. */
export function tombstonesOver(sources: FamilySources, key: Uint8Array): KeyVersion[] {
  const { comparator, family, report, tables, memory } = sources
  const covers = ({ begin, end }: RangeTombstone) =>
    comparator.compare(begin, begin.length, key) <= 0 && comparator.compare(end, end.length, key) > 0
  const found: KeyVersion[] = []
  const add = (tombstones: readonly RangeTombstone[], file: string) => {
    for (const tombstone of tombstones) {
      if (covers(tombstone)) found.push({ sequence: tombstone.sequence, kind: 'range-deletion', content: null, file })
    }
  }
  for (const file of family.files) {
    const { smallestKey, largestKey, largestKeyIsExcluded } = file
    const toEnd = comparator.compare(largestKey, largestKey.length, key)
    const isInside = toEnd > 0 || (toEnd === 0 && !largestKeyIsExcluded)
    if (comparator.compare(smallestKey, smallestKey.length, key) > 0 || !isInside) continue
    try {
      const open = tables.acquire(file)
      try {
        add(open.table.rangeTombstones(), `${formatFileNumber(file.fileNumber)}.sst`)
      } finally {
        tables.release(open, file.fileNumber)
      }
    } catch (error) {
      report.addTable(error, file, false)
    }
  }
  if (memory !== null) add(memory.run.rangeTombstones, 'write-ahead log')
  return found.sort((left, right) => left.sequence - right.sequence)
}
