import { inflateRawSync, zstdDecompressSync } from 'node:zlib'
import { limits } from '#base/limits.ts'
import { ByteReader } from '../byte-reader.ts'
import { failAt, type Place } from '../place.ts'
import { checkBzip2Size, decodeBzip2 } from './bzip2.ts'
import { kernelDecode } from './kernel/block-kernel.ts'
import { decodeLz4 } from './lz4.ts'
import { decodeSnappy } from './snappy.ts'

const codecs: Readonly<Record<number, string>> = {
  0: 'NoCompression',
  1: 'Snappy',
  2: 'Zlib',
  3: 'BZip2',
  4: 'LZ4',
  5: 'LZ4HC',
  6: 'Xpress',
  7: 'ZSTD',
}

/** Output bytes one input byte can make at most; codecs without such a bound are left out. */
const expansionMax: Readonly<Record<number, number>> = { 1: 64, 2: 1040, 4: 256, 5: 256 }
const EXPANSION_SLACK_BYTES = 64
const CHUNK_BYTES_MIN = 64
/** a bzip2 size beyond this is proved before memory is taken: few bytes may claim much */
const PROVED_BYTES_MIN = 4 * 1024 * 1024
const CHUNK_BYTES_MAX = 4 * 1024 * 1024
const KEPT_BYTES_MAX = 1024 * 1024

/** The engine's own name of a compression type byte, or a description of an unknown one. */
export function compressionName(type: number): string {
  return codecs[type] ?? `unknown (0x${type.toString(16).padStart(2, '0')})`
}

/** Memory for decompressed blocks that is used again; what was taken before is overwritten. */
export class BlockScratch {
  #bytes = new Uint8Array(0)

  take(sizeBytes: number): Uint8Array {
    if (sizeBytes > KEPT_BYTES_MAX) return new Uint8Array(sizeBytes)
    if (this.#bytes.length < sizeBytes) this.#bytes = new Uint8Array(Math.max(sizeBytes, this.#bytes.length * 2))
    return this.#bytes.subarray(0, sizeBytes)
  }
}

/**
 * The contents of a block that was stored with compression `type`, of any table of format version 2 or later. The
 * size it claims is capped before memory is taken, and the codec must fill exactly that size from exactly the input.
 * RocksDB: util/compression.h; docs/formats/rocksdb.md §5.3
 * @param scratch where LZ4, Snappy and bzip2 decode to; null gives every block memory of its own
 * @throws DamageError
 */
export function decompressBlock(
  type: number,
  stored: Uint8Array,
  dictionary: Uint8Array | null,
  scratch: BlockScratch | null,
  place: Place,
): Uint8Array {
  if (type === 0) return stored
  if (type === 6 || codecs[type] === undefined) {
    failAt(place, 'compression is not supported', null, compressionName(type))
  }
  const reader = new ByteReader(stored, {
    file: place.file,
    structure: place.structure,
    offsetBytes: place.offsetBytes,
  })
  const sizeBytes = reader.varint64()
  checkSize(type, sizeBytes, reader.remaining, place)
  const start = reader.position
  if (type === 2 || type === 7) return inflate(type, stored.subarray(start), sizeBytes, dictionary, place)
  if (type === 3 && sizeBytes > PROVED_BYTES_MIN) {
    const problem = checkBzip2Size(stored, start, sizeBytes)
    if (problem !== null) failAt(place, `${compressionName(type)} data is damaged: ${problem}`)
  }
  const output = scratch === null ? new Uint8Array(sizeBytes) : scratch.take(sizeBytes)
  const problem = decode(type, stored, start, output, dictionary)
  if (problem !== null) failAt(place, `${compressionName(type)} data is damaged: ${problem}`)
  return output
}

function checkSize(type: number, sizeBytes: number, storedBytes: number, place: Place): void {
  const bound = (expansionMax[type] ?? Number.POSITIVE_INFINITY) * storedBytes + EXPANSION_SLACK_BYTES
  const most = Math.min(limits.decompressedBlockBytesMax, bound)
  if (sizeBytes > most) failAt(place, 'decompressed size is too large', `at most ${most} bytes`, `${sizeBytes} bytes`)
}

function decode(
  type: number,
  stored: Uint8Array,
  start: number,
  output: Uint8Array,
  dictionary: Uint8Array | null,
): string | null {
  if (type === 3) return decodeBzip2(stored, start, output)
  // the kernel only says that it did not work: the decoders here take any size and know what is wrong
  if (type === 1) return kernelDecode('snappy', stored, start, output) ? null : decodeSnappy(stored, start, output)
  if (dictionary === null && kernelDecode('lz4', stored, start, output)) return null
  return decodeLz4(stored, start, output, dictionary ?? undefined)
}

function inflate(
  type: number,
  stored: Uint8Array,
  sizeBytes: number,
  dictionary: Uint8Array | null,
  place: Place,
): Uint8Array {
  const options = {
    maxOutputLength: Math.max(1, sizeBytes),
    // a claimed size is not taken at once: memory grows with what really comes out
    chunkSize: Math.min(Math.max(CHUNK_BYTES_MIN, sizeBytes), CHUNK_BYTES_MAX),
    rejectGarbageAfterEnd: true,
    ...(dictionary === null ? {} : { dictionary }),
  }
  let output: Buffer
  try {
    output = type === 2 ? inflateRawSync(stored, options) : zstdDecompressSync(stored, options)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    failAt(place, `${compressionName(type)} data is damaged: ${reason}`)
  }
  if (output.length !== sizeBytes) {
    failAt(place, 'decompressed size is wrong', `${sizeBytes} bytes`, `${output.length} bytes`)
  }
  // a plain Uint8Array keeps the decoding loops on one kind of object
  return new Uint8Array(output.buffer, output.byteOffset, output.length)
}
