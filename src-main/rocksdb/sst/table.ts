import type { ByteSource } from '#base/byte-source.ts'
import type { BlobLocation } from '../blob/blob-file.ts'
import { readEmbeddedBlob } from '../blob/embedded-blob.ts'
import { type Comparator, comparatorNamed, withoutTimestamp } from '../comparator.ts'
import type { RangeTombstone } from '../internal-iterator.ts'
import { failAt } from '../place.ts'
import type { BlockCache } from './block-cache.ts'
import type { BlockHandle } from './block-handle.ts'
import { type BlockSource, checkMetaBlockSize, readBlock } from './block-reader.ts'
import { type Footer, readFooter } from './footer.ts'
import { effectiveGlobalSequence } from './global-sequence.ts'
import { indexShape } from './index-shape.ts'
import { type Metaindex, readMetaindex } from './metaindex.ts'
import { readTableProperties, type TableProperties } from './properties.ts'
import { readPropertyMap } from './property-map.ts'
import { readRangeTombstones } from './range-tombstones.ts'
import { ReadWindow } from './read-window.ts'
import { TableIterator, type TableShape } from './table-iterator.ts'

let openedTableCount = 0

export type TableOptions = {
  readonly cache?: BlockCache | undefined
  /** names the file in the cache, for tables that are opened again; without it every opened table is another file */
  readonly cacheKey?: string | undefined
  /** the file's largest sequence in the MANIFEST; it counts only in ingested files */
  readonly globalSequence?: number | null | undefined
  /** false skips block checksums, never the other checks */
  readonly verifyChecksums?: boolean | undefined
}

/**
 * Opens a block-based table (SST) of format version 2 to 7: footer, metaindex, properties and dictionary are read
 * now, everything else when it is needed. The table owns `source` and closes it.
 * RocksDB: table/block_based; docs/formats/rocksdb.md §5
 * @throws DamageError, AppError IO_FAILED
 */
export function openTable(source: ByteSource, options: TableOptions = {}): Table {
  openedTableCount += 1
  const file: BlockSource = {
    source,
    footer: readFooter(source),
    verifyChecksums: options.verifyChecksums ?? true,
    cache: options.cache ?? null,
    cacheKey: options.cacheKey ?? `#${openedTableCount}`,
  }
  return new Table(file, options.globalSequence ?? null)
}

/** One open table. Iterators are independent of each other. */
export class Table {
  readonly footer: Footer
  readonly properties: TableProperties
  /** null for a custom comparator, whose order is not known here */
  readonly comparator: Comparator | null
  /** null unless the file was ingested */
  readonly globalSequence: number | null
  /** bytes of blocks that stay in memory while it is open */
  readonly heldBytes: number
  readonly #file: BlockSource
  readonly #metaindex: Metaindex
  readonly #shape: TableShape

  constructor(file: BlockSource, manifestSequence: number | null) {
    this.#file = file
    this.footer = file.footer
    this.#metaindex = readMetaindex(file)
    const handle = propertiesHandle(file, this.#metaindex)
    const place = { file: file.source.name, structure: 'properties block', offsetBytes: handle.offsetBytes }
    this.properties = readTableProperties(readPropertyMap(file, handle), file.footer.formatVersion, place)
    const comparator = comparatorNamed(this.properties.comparator)
    this.comparator =
      comparator !== null && !this.properties.timestampsPersisted ? withoutTimestamp(comparator) : comparator
    this.globalSequence = effectiveGlobalSequence(this.properties, manifestSequence, place)
    const dictionary = readDictionary(file, this.#metaindex)
    this.heldBytes = handle.sizeBytes + (dictionary?.length ?? 0)
    this.#shape = {
      index: indexShape(this.#metaindex, this.properties),
      comparator: this.comparator,
      dictionary,
      globalSequence: this.globalSequence,
    }
  }

  /**
   * A new cursor, standing on no entry. Reads the index block.
   * @param readsOnce it goes through the table and does not come back: blocks are neither kept in the cache nor taken
   * from it
   * @throws DamageError, AppError IO_FAILED
   */
  iterator(readsOnce = false): TableIterator {
    return new TableIterator(readsOnce ? { ...this.#file, cache: null } : this.#file, this.#shape)
  }

  /** The first user key in the file's order, null when it has no point entries. @throws DamageError */
  firstKey(): Uint8Array | null {
    const iterator = this.iterator()
    iterator.seekToFirst()
    return iterator.valid ? iterator.userKey.slice() : null
  }

  /** The last user key in the file's order, null when it has no point entries. @throws DamageError */
  lastKey(): Uint8Array | null {
    const iterator = this.iterator()
    iterator.seekToLast()
    return iterator.valid ? iterator.userKey.slice() : null
  }

  /** Range deletions in file order; they may overlap. @throws DamageError */
  rangeTombstones(): RangeTombstone[] {
    const handle = this.#metaindex.handles.get('rocksdb.range_del')
    return handle === undefined ? [] : readRangeTombstones(this.#file, handle, this.globalSequence)
  }

  /** A value that lies in the table itself, referred to with file number 0. @throws DamageError, AppError IO_FAILED */
  embeddedBlob(location: BlobLocation): Uint8Array {
    return readEmbeddedBlob(this.#file, location)
  }

  close(): void {
    this.#file.source.close()
  }
}

/** The handle of the properties block, which every table has. @throws DamageError */
export function propertiesHandle(file: BlockSource, metaindex: Metaindex): BlockHandle {
  const handle = metaindex.handles.get('rocksdb.properties') ?? metaindex.handles.get('rocksdb.stats')
  if (handle !== undefined) return handle
  const { offsetBytes } = file.footer.metaindex
  return failAt({ file: file.source.name, structure: 'metaindex', offsetBytes }, 'properties block is not named')
}

function readDictionary(file: BlockSource, metaindex: Metaindex): Uint8Array | null {
  const handle = metaindex.handles.get('rocksdb.compression_dict')
  if (handle === undefined) return null
  const place = { file: file.source.name, structure: 'compression dictionary', offsetBytes: handle.offsetBytes }
  checkMetaBlockSize(handle, place)
  const reading = { window: new ReadWindow(file.source, 0), scratch: null, dictionary: null }
  const dictionary = readBlock(file, reading, handle, place.structure)
  if (dictionary.length === 0) failAt(place, 'dictionary is empty')
  return dictionary
}
