import { limits } from '#base/limits.ts'
import type { RangeTombstone } from '../internal-iterator.ts'
import { internalKeyFooterBytes, sequenceAt } from '../internal-key.ts'
import { failAt } from '../place.ts'
import { valueType } from '../value-type.ts'
import { BlockCursor } from './block-cursor.ts'
import type { BlockHandle } from './block-handle.ts'
import { type BlockSource, readBlock } from './block-reader.ts'
import { ReadWindow } from './read-window.ts'

const STRUCTURE = 'range deletion block'

/**
 * The range deletions of a table, in file order; they may overlap.
 * RocksDB: table/block_based/block_based_table_reader.cc ReadRangeDelBlock; docs/formats/rocksdb.md §5.8
 * @param globalSequence stands for every stored sequence unless null
 * @throws DamageError
 */
export function readRangeTombstones(
  file: BlockSource,
  handle: BlockHandle,
  globalSequence: number | null,
): RangeTombstone[] {
  const place = { file: file.source.name, structure: STRUCTURE, offsetBytes: handle.offsetBytes }
  const reading = { window: new ReadWindow(file.source, 0), scratch: null, dictionary: null }
  const cursor = new BlockCursor(place)
  cursor.open(readBlock(file, reading, handle, STRUCTURE), place)
  const tombstones: RangeTombstone[] = []
  while (cursor.next()) {
    if (tombstones.length === limits.rangeTombstonesMax)
      failAt(place, 'too many range deletions', `${tombstones.length}`)
    const { bytes, length } = cursor.key
    const footerAt = length - internalKeyFooterBytes
    if (footerAt < 0) failAt(place, 'internal key is too short', `at least ${internalKeyFooterBytes}`, `${length}`)
    const type = bytes[footerAt]
    if (type !== valueType.rangeDeletion) failAt(place, 'value type is wrong', `${valueType.rangeDeletion}`, `${type}`)
    const sequence = globalSequence ?? sequenceAt(bytes, footerAt)
    if (!Number.isSafeInteger(sequence)) failAt(place, 'sequence is too large', null, `${sequence}`)
    tombstones.push({
      begin: bytes.slice(0, footerAt),
      end: cursor.block.slice(cursor.valueStart, cursor.valueEnd),
      sequence,
    })
  }
  return tombstones
}
