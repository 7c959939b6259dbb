import type { ByteReader } from './byte-reader.ts'

const FOOTER_BYTES = 8
/** kMaxSequenceNumber, 2^56-1: the engine uses it as "before everything with this user key" */
const SENTINEL_HIGH_BYTES = 0xffffff
const SENTINEL_LOW_WORD = 0xffffffff

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
  const userKeyBytes = bytes.length - FOOTER_BYTES
  if (userKeyBytes < 0) {
    reader.position = start
    reader.fail('internal key is too short', `at least ${FOOTER_BYTES} bytes`, `${bytes.length} bytes`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + userKeyBytes, FOOTER_BYTES)
  const type = view.getUint8(0)
  const low = view.getUint32(1, true)
  const high = view.getUint16(5, true) + view.getUint8(7) * 0x10000
  const userKey = bytes.subarray(0, userKeyBytes)
  if (high === SENTINEL_HIGH_BYTES && low === SENTINEL_LOW_WORD) {
    return { userKey, sequence: Number.MAX_SAFE_INTEGER, type }
  }
  const sequence = high * 0x1_0000_0000 + low
  if (!Number.isSafeInteger(sequence)) {
    reader.position = start
    reader.fail('sequence number is too large')
  }
  return { userKey, sequence, type }
}
