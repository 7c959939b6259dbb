import { limits } from '#base/limits.ts'
import { failAt } from '../place.ts'
import { blockTrailerBytes } from '../sst/block-handle.ts'
import { type BlockSource, checkStoredBlock } from '../sst/block-reader.ts'
import { decompressBlock } from '../sst/compression.ts'
import type { BlobLocation } from './blob-file.ts'
import { readExactly } from './read-exactly.ts'

/**
 * The value of a blob reference with file number 0, which lies in the table of the reference: stored like a block,
 * with the trailer and the checksum of that table. It holds no key, so only the checksum proves that it is the right
 * one.
 * RocksDB: db/blob/blob_gen2_format.cc (11.6 and later); docs/formats/rocksdb.md §6.4
 * @throws DamageError naming the value's offset, AppError IO_FAILED
 */
export function readEmbeddedBlob(
  table: Pick<BlockSource, 'source' | 'footer' | 'verifyChecksums'>,
  { offsetBytes, sizeBytes, compression }: BlobLocation,
): Uint8Array {
  const place = { file: table.source.name, structure: 'embedded blob', offsetBytes }
  const remainingBytes = Math.max(0, table.footer.offsetBytes - offsetBytes - blockTrailerBytes)
  const mostBytes = Math.min(limits.blobValueBytesMax, remainingBytes)
  if (sizeBytes > mostBytes) failAt(place, 'value is too large', `at most ${mostBytes} bytes`, `${sizeBytes} bytes`)
  const stored = readExactly(table.source, offsetBytes, sizeBytes + blockTrailerBytes, place)
  if (table.verifyChecksums) checkStoredBlock(stored, table.footer, place)
  const found = stored[sizeBytes]
  if (found !== compression) failAt(place, 'compression is not that of the value', `${found}`, `${compression}`)
  return decompressBlock(compression, stored.subarray(0, sizeBytes), null, null, place)
}
