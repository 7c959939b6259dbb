import { ByteReader } from './byte-reader.ts'
import type { Place } from './place.ts'

/**
 * What a value of type blobIndex points at (RocksDB: db/blob/blob_index.h; docs/formats/rocksdb.md §6.4).
 * `offsetBytes` is where the stored value starts; file number 0 means the table that holds the index.
 */
export type BlobReference =
  | { readonly kind: 'inlined'; readonly expirationS: number; readonly value: Uint8Array }
  | {
      readonly kind: 'blob'
      readonly expirationS: number | null
      readonly fileNumber: number
      readonly offsetBytes: number
      readonly sizeBytes: number
      readonly compression: number
    }

const INLINED_WITH_EXPIRATION = 0
const BLOB = 1
const BLOB_WITH_EXPIRATION = 2

/** @throws DamageError */
export function decodeBlobIndex(bytes: Uint8Array, place: Place): BlobReference {
  const reader = new ByteReader(bytes, place)
  const kind = reader.u8()
  if (kind > BLOB_WITH_EXPIRATION) reader.fail('unknown kind of blob index', '0 to 2', `${kind}`)
  const expirationS = kind === BLOB ? null : reader.varint64()
  if (kind === INLINED_WITH_EXPIRATION) {
    return { kind: 'inlined', expirationS: expirationS ?? 0, value: reader.slice(reader.remaining) }
  }
  const fileNumber = reader.varint64()
  const offsetBytes = reader.varint64()
  const sizeBytes = reader.varint64()
  const compression = reader.u8()
  if (reader.remaining > 0) reader.fail('trailing bytes after a blob index')
  return { kind: 'blob', expirationS, fileNumber, offsetBytes, sizeBytes, compression }
}
