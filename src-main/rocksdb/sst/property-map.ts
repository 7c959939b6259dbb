import { asBuffer } from '#base/bytes.ts'
import { DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { failAt, type Place } from '../place.ts'
import { BlockCursor } from './block-cursor.ts'
import type { BlockHandle } from './block-handle.ts'
import { type BlockSource, checkMetaBlockSize, checkStoredBlock, readStoredBlock } from './block-reader.ts'
import { decompressBlock } from './compression.ts'
import { ReadWindow } from './read-window.ts'

const STRUCTURE = 'properties block'
const GLOBAL_SEQUENCE_NAME = 'rocksdb.external_sst_file.global_seqno'
const GLOBAL_SEQUENCE_BYTES = 8

/** Property values as they are stored, by name. */
export type PropertyMap = ReadonlyMap<string, Uint8Array>

/**
 * Reads the properties block. When its checksum fails it is tried again with the global sequence zeroed: ingestion
 * with write_global_seqno patched the number into the finished file.
 * RocksDB: table/meta_blocks.cc ReadTablePropertiesHelper; docs/formats/rocksdb.md §5.2, §5.7
 * @throws DamageError
 */
export function readPropertyMap(file: BlockSource, handle: BlockHandle): PropertyMap {
  const place = { file: file.source.name, structure: STRUCTURE, offsetBytes: handle.offsetBytes }
  checkMetaBlockSize(handle, place)
  const stored = readStoredBlock(new ReadWindow(file.source, 0), handle, place)
  if (file.verifyChecksums) checkPropertiesBlock(stored, file, place)
  const type = stored[handle.sizeBytes] as number
  return decodeProperties(decompressBlock(type, stored.subarray(0, handle.sizeBytes), null, null, place), place)
}

/** Checks the checksum of a stored properties block, patched or not. @throws DamageError */
function checkPropertiesBlock(stored: Uint8Array, file: BlockSource, place: Place): void {
  try {
    checkStoredBlock(stored, file.footer, place)
  } catch (mismatch) {
    const unpatched = withoutGlobalSequence(stored, place)
    if (unpatched === null) throw mismatch
    checkStoredBlock(unpatched, file.footer, place)
  }
}

function withoutGlobalSequence(stored: Uint8Array, place: Place): Uint8Array | null {
  try {
    const value = decodeProperties(stored.subarray(0, -5), place).get(GLOBAL_SEQUENCE_NAME)
    if (value?.length !== GLOBAL_SEQUENCE_BYTES) return null
    const at = value.byteOffset - stored.byteOffset
    return stored.slice().fill(0, at, at + GLOBAL_SEQUENCE_BYTES)
  } catch (error) {
    if (error instanceof DamageError) return null
    throw error
  }
}

function decodeProperties(block: Uint8Array, place: Place): PropertyMap {
  const properties = new Map<string, Uint8Array>()
  const cursor = new BlockCursor(place)
  cursor.open(block, place)
  let previous = ''
  while (cursor.next()) {
    const name = asBuffer(cursor.key.bytes).toString('latin1', 0, cursor.key.length)
    if (properties.size > 0 && name <= previous) failAt(place, 'names are not ascending', `after ${previous}`, name)
    if (properties.size === limits.metaBlockEntriesMax) failAt(place, 'too many names', `at most ${properties.size}`)
    properties.set(name, block.subarray(cursor.valueStart, cursor.valueEnd))
    previous = name
  }
  return properties
}
