import { asBuffer } from '#base/bytes.ts'
import { limits } from '#base/limits.ts'
import { ByteReader } from '../byte-reader.ts'
import { failAt } from '../place.ts'
import { BlockCursor } from './block-cursor.ts'
import { type BlockHandle, blockEnd, readBlockHandle } from './block-handle.ts'
import { type BlockSource, checkMetaBlockSize, readBlock } from './block-reader.ts'
import { ReadWindow } from './read-window.ts'

/** Meta blocks of a table by name, and where the data ends at the latest. */
export type Metaindex = {
  readonly handles: ReadonlyMap<string, BlockHandle>
  readonly index: BlockHandle
  /** offset of the first meta block: every data block ends at or before it */
  readonly dataLimitBytes: number
}

const STRUCTURE = 'metaindex'

/**
 * Reads the metaindex block, which names every meta block.
 * RocksDB: table/block_based/block_based_table_reader.cc; docs/formats/rocksdb.md §5.4
 * @throws DamageError
 */
export function readMetaindex(file: BlockSource): Metaindex {
  const { footer, source } = file
  const place = { file: source.name, structure: STRUCTURE, offsetBytes: footer.metaindex.offsetBytes }
  const reading = { window: new ReadWindow(source, 0), scratch: null, dictionary: null }
  checkMetaBlockSize(footer.metaindex, place)
  const cursor = new BlockCursor(place)
  cursor.open(readBlock(file, reading, footer.metaindex, STRUCTURE), place)
  const handles = new Map<string, BlockHandle>()
  let dataLimitBytes = footer.metaindex.offsetBytes
  while (cursor.next()) {
    const name = asBuffer(cursor.key.bytes).toString('latin1', 0, cursor.key.length)
    if (handles.size === limits.metaBlockEntriesMax) failAt(place, 'too many names', `at most ${handles.size}`)
    if (handles.has(name)) failAt(place, 'the same meta block is named twice', null, name)
    const value = cursor.block.subarray(cursor.valueStart, cursor.valueEnd)
    const handle = readBlockHandle(
      new ByteReader(value, { file: source.name, structure: STRUCTURE, offsetBytes: place.offsetBytes }),
    )
    if (blockEnd(handle) > footer.metaindex.offsetBytes) {
      failAt(
        place,
        `handle of ${name} is outside the file`,
        `at most ${footer.metaindex.offsetBytes}`,
        `${blockEnd(handle)}`,
      )
    }
    dataLimitBytes = Math.min(dataLimitBytes, handle.offsetBytes)
    handles.set(name, handle)
  }
  const index = footer.index ?? handles.get('rocksdb.index')
  if (index === undefined) failAt(place, 'index block is not named')
  return { handles, index, dataLimitBytes: Math.min(dataLimitBytes, index.offsetBytes) }
}
