import type { ByteSource } from '#base/byte-source.ts'
import { limits } from '#base/limits.ts'
import { fixed32At } from '../little-endian.ts'
import { failAt, hexWord, type Place } from '../place.ts'
import type { BlockCache } from './block-cache.ts'
import { type BlockHandle, blockTrailerBytes } from './block-handle.ts'
import { blockChecksum } from './checksum.ts'
import { type BlockScratch, decompressBlock } from './compression.ts'
import type { Footer } from './footer.ts'
import type { ReadWindow } from './read-window.ts'

/** What every block of one table needs to be read. */
export type BlockSource = {
  readonly source: ByteSource
  readonly footer: Footer
  readonly verifyChecksums: boolean
  readonly cache: BlockCache | null
  /** the table's name in the cache */
  readonly cacheKey: string
}

/** What one kind of block needs. */
export type BlockReading = {
  readonly window: ReadWindow
  /** null: every block gets memory of its own */
  readonly scratch: BlockScratch | null
  readonly dictionary: Uint8Array | null
}

/**
 * The contents of the block at `handle`: read, checked against its checksum, decompressed. Unless a cache keeps it,
 * the memory is used again by the next read through the same `reading`.
 * @throws DamageError naming the block's offset, AppError IO_FAILED
 */
export function readBlock(
  file: BlockSource,
  reading: BlockReading,
  handle: BlockHandle,
  structure: string,
): Uint8Array {
  const cached = file.cache?.get(file.cacheKey, handle.offsetBytes)
  if (cached !== undefined) return cached
  const place = { file: file.source.name, structure, offsetBytes: handle.offsetBytes }
  const stored = readStoredBlock(reading.window, handle, place)
  if (file.verifyChecksums) checkStoredBlock(stored, file.footer, place)
  const type = stored[handle.sizeBytes] as number
  const payload = stored.subarray(0, handle.sizeBytes)
  // a block checked by nobody must not reach a reader that asks for checks
  const cache = file.verifyChecksums ? file.cache : null
  const block = decompressBlock(type, payload, reading.dictionary, cache === null ? reading.scratch : null, place)
  if (cache === null) return block
  const owned = type === 0 ? block.slice() : block
  cache.put(file.cacheKey, handle.offsetBytes, owned)
  return owned
}

/** The bytes of a block with its trailer, as they are stored. @throws DamageError */
export function readStoredBlock(window: ReadWindow, handle: BlockHandle, place: Place): Uint8Array {
  if (handle.sizeBytes > limits.blockBytesMax) {
    failAt(place, 'block is too large', `at most ${limits.blockBytesMax} bytes`, `${handle.sizeBytes} bytes`)
  }
  return window.view(handle.offsetBytes, handle.sizeBytes + blockTrailerBytes, place)
}

/** Blocks that say something about a table are small; entries of a large one would take many times its bytes. */
export function checkMetaBlockSize(handle: BlockHandle, place: Place): void {
  const { metaBlockBytesMax } = limits
  if (handle.sizeBytes <= metaBlockBytesMax) return
  failAt(place, 'block is too large', `at most ${metaBlockBytesMax} bytes`, `${handle.sizeBytes} bytes`)
}

/** Compares the checksum in the trailer with the bytes before it. @throws DamageError */
export function checkStoredBlock(stored: Uint8Array, footer: Footer, place: Place): void {
  const end = stored.length - 4
  const expected = fixed32At(stored, end)
  const found = blockChecksum(footer.checksumKind, stored, footer.baseContext, place.offsetBytes ?? 0, end)
  if (found !== expected) {
    failAt(place, `${footer.checksumKind} checksum mismatch`, hexWord(expected), hexWord(found))
  }
}
