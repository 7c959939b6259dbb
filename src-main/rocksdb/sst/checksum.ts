import { xxh3, xxh32, xxh64 } from '@node-rs/xxhash'
import { crc32c, maskCrc32c } from '../crc32c.ts'
import { kernelXxh3 } from './kernel/block-kernel.ts'

/** In the order of their numbers in the footer. RocksDB: include/rocksdb/table.h ChecksumType */
export const checksumKinds = ['none', 'crc32c', 'xxh32', 'xxh64', 'xxh3'] as const
export type ChecksumKind = (typeof checksumKinds)[number]

const TWO_POWER_32 = 0x1_0000_0000
const LOW_32_BITS = 0xffff_ffffn
const XXH3_LAST_BYTE_FACTOR = 0x6b9083d9
const STREAMED_BYTES_MIN = 2048
const streamingXxh3 = xxh3.Xxh3.withSeed()

/**
 * The checksum of a block before context, where the last of the `length` bytes is the compression type.
 * RocksDB: table/format.cc ComputeBuiltinChecksum; docs/formats/rocksdb.md §5.2
 */
function builtinChecksum(kind: ChecksumKind, bytes: Uint8Array, length: number): number {
  switch (kind) {
    case 'none':
      return 0
    case 'crc32c':
      return maskCrc32c(crc32c(bytes.subarray(0, length)))
    case 'xxh32':
      return xxh32(bytes.subarray(0, length), 0)
    case 'xxh64':
      return Number(xxh64(bytes.subarray(0, length)) & LOW_32_BITS)
    case 'xxh3':
      return xxh3Checksum(bytes, length - 1)
  }
}

function xxh3Checksum(bytes: Uint8Array, length: number): number {
  const lastByte = bytes[length]
  if (lastByte === undefined) return 0
  const hash = kernelXxh3(bytes, length) ?? Number(xxh3Of(bytes.subarray(0, length)) & LOW_32_BITS)
  return withLastByte(hash, lastByte)
}

function withLastByte(hash: number, lastByte: number): number {
  return (hash ^ Math.imul(lastByte, XXH3_LAST_BYTE_FACTOR)) >>> 0
}

/** blockChecksum() of kind xxh3, from the low half of the hash of the block without its type. */
export function xxh3BlockChecksum(hash: number, type: number, baseContext: number, offsetBytes: number): number {
  return (withLastByte(hash, type) + checksumContext(baseContext, offsetBytes)) >>> 0
}

/** The streaming hasher costs more to start and is several times faster per byte. */
function xxh3Of(bytes: Uint8Array): bigint {
  if (bytes.length < STREAMED_BYTES_MIN) return xxh3.xxh64(bytes)
  streamingXxh3.reset()
  return streamingXxh3.update(bytes).digest()
}

/** What format version 6 and later add to a checksum, so that a block in the wrong place fails. */
export function checksumContext(baseContext: number, offsetBytes: number): number {
  if (baseContext === 0) return 0
  const low = offsetBytes % TWO_POWER_32
  const high = Math.floor(offsetBytes / TWO_POWER_32)
  return (baseContext ^ ((low + high) >>> 0)) >>> 0
}

/**
 * The value stored in the trailer of the block at `offsetBytes`.
 * @param length how many of the bytes count, the type at their end included
 */
export function blockChecksum(
  kind: ChecksumKind,
  bytesWithType: Uint8Array,
  baseContext: number,
  offsetBytes: number,
  length = bytesWithType.length,
): number {
  return (builtinChecksum(kind, bytesWithType, length) + checksumContext(baseContext, offsetBytes)) >>> 0
}
