import type { ByteReader } from './byte-reader.ts'
import { fixed32At } from './little-endian.ts'
import { valueType } from './value-type.ts'

/** Type and sequence at the end of every internal key. */
export const internalKeyFooterBytes = 8
/** kMaxSequenceNumber, 2^56-1: the engine uses it as "before everything with this user key" */
const SENTINEL_WORD = 0xffff_ffff

/** An internal key taken apart (RocksDB: db/dbformat.h; docs/formats/rocksdb.md §0). */
export type InternalKey = {
  readonly userKey: Uint8Array
  /** Number.MAX_SAFE_INTEGER stands for the engine's sentinel 2^56-1 */
  readonly sequence: number
  readonly type: number
}

/**
 * Reads a length-prefixed internal key; the user key is a view.
 * @throws DamageError for a key shorter than 8 bytes and for sequences that are no safe integers
 */
export function readInternalKey(reader: ByteReader): InternalKey {
  const start = reader.position
  const bytes = reader.lengthPrefixed()
  const footerAt = bytes.length - internalKeyFooterBytes
  if (footerAt < 0) {
    reader.position = start
    reader.fail('internal key is too short', `at least ${internalKeyFooterBytes} bytes`, `${bytes.length} bytes`)
  }
  const userKey = bytes.subarray(0, footerAt)
  const type = bytes[footerAt] as number
  if (isSentinel(bytes, footerAt)) return { userKey, sequence: Number.MAX_SAFE_INTEGER, type }
  const sequence = sequenceAt(bytes, footerAt)
  if (!Number.isSafeInteger(sequence)) {
    reader.position = start
    reader.fail('sequence number is too large')
  }
  return { userKey, sequence, type }
}

/** True when a table's largest key only marks where its range deletions end: the key itself is outside. */
export function isExclusiveEnd(key: InternalKey): boolean {
  return key.sequence === Number.MAX_SAFE_INTEGER && key.type === valueType.rangeDeletion
}

/** The sequence in the footer that starts at `at`: 56 bits, which may be more than a safe integer. */
export function sequenceAt(bytes: Uint8Array, at: number): number {
  const low = (bytes[at + 1] as number) | ((bytes[at + 2] as number) << 8) | ((bytes[at + 3] as number) << 16)
  return fixed32At(bytes, at + 4) * 0x100_0000 + low
}

function isSentinel(bytes: Uint8Array, footerAt: number): boolean {
  return fixed32At(bytes, footerAt + 4) === SENTINEL_WORD && (fixed32At(bytes, footerAt) | 0xff) >>> 0 === SENTINEL_WORD
}
