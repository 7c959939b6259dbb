import { ByteReader } from '../byte-reader.ts'
import { crc32c, maskCrc32c } from '../crc32c.ts'
import { fixed32At } from '../little-endian.ts'
import { failAt, hexWord, type Place } from '../place.ts'

export const blobHeaderBytes = 30
export const blobRecordHeaderBytes = 32
export const blobFooterBytes = 32

const MAGIC = 0x0024_8f37
const MAGIC_BYTES = new Uint8Array([0x37, 0x8f, 0x24, 0x00])
const VERSION = 1
const HAS_TTL = 1
const TWO_POWER_32 = 0x1_0000_0000
const FOOTER_CRC_AT = 28
const RECORD_CRC_AT = 24
const BLOB_CRC_AT = 28

/** Unix seconds, rounded above Number.MAX_SAFE_INTEGER: the largest 64-bit number stands for "never". */
export type ExpirationRange = { readonly beginS: number; readonly endS: number }

export type BlobHeader = {
  readonly columnFamilyId: number
  /** type byte of every value in the file */
  readonly compression: number
  /** only files of the older stacked BlobDB have it */
  readonly hasTtl: boolean
  readonly expiration: ExpirationRange
}

export type BlobFooter = { readonly blobCount: number; readonly expiration: ExpirationRange }

export type BlobRecordHeader = {
  readonly keySizeBytes: number
  /** as stored, compressed */
  readonly valueSizeBytes: number
  /** masked CRC-32C over key and stored value */
  readonly blobCrc: number
}

/**
 * The header of a blob file. It has no checksum, so a changed family or compression is seen by comparing only.
 * RocksDB: db/blob/blob_log_format.cc; docs/formats/rocksdb.md §6.1
 * @param bytes exactly blobHeaderBytes
 * @throws DamageError
 */
export function decodeBlobHeader(bytes: Uint8Array, place: Place): BlobHeader {
  const magic = fixed32At(bytes, 0)
  if (magic !== MAGIC) failAt(place, 'magic number of a blob file is missing', hexWord(MAGIC), hexWord(magic))
  const version = fixed32At(bytes, 4)
  if (version !== VERSION) failAt(place, 'version cannot be read', `${VERSION}`, `${version}`)
  const hasTtl = ((bytes[12] as number) & HAS_TTL) !== 0
  const expiration = expirationAt(bytes, 14)
  if (!hasTtl && (expiration.beginS !== 0 || expiration.endS !== 0)) {
    failAt(place, 'expiration in a file without TTL', '0 to 0', `${expiration.beginS} to ${expiration.endS}`)
  }
  return { columnFamilyId: fixed32At(bytes, 8), compression: bytes[13] as number, hasTtl, expiration }
}

/**
 * The footer of a blob file; null when these are other bytes, as in a file that was not closed. A footer with one
 * wrong part, magic number or checksum, is still known as one.
 * RocksDB: db/blob/blob_log_format.cc; docs/formats/rocksdb.md §6.3
 * @param bytes exactly blobFooterBytes
 * @throws DamageError
 */
export function decodeBlobFooter(bytes: Uint8Array, place: Place): BlobFooter | null {
  const magic = fixed32At(bytes, 0)
  const expected = fixed32At(bytes, FOOTER_CRC_AT)
  const found = maskCrc32c(crc32c(bytes.subarray(4, FOOTER_CRC_AT), crc32c(MAGIC_BYTES)))
  if (magic !== MAGIC) {
    if (found !== expected) return null
    failAt(place, 'magic number of a blob file is missing', hexWord(MAGIC), hexWord(magic))
  }
  if (found !== expected) failAt(place, 'checksum mismatch', hexWord(expected), hexWord(found))
  const reader = new ByteReader(bytes, place)
  reader.position = 4
  return { blobCount: reader.fixed64(), expiration: expirationAt(bytes, 12) }
}

/**
 * The header of one record, which key and stored value follow.
 * RocksDB: db/blob/blob_log_format.cc; docs/formats/rocksdb.md §6.2
 * @param bytes at least blobRecordHeaderBytes
 * @throws DamageError
 */
export function decodeBlobRecordHeader(bytes: Uint8Array, verifyChecksums: boolean, place: Place): BlobRecordHeader {
  if (verifyChecksums) {
    const expected = fixed32At(bytes, RECORD_CRC_AT)
    const found = maskCrc32c(crc32c(bytes.subarray(0, RECORD_CRC_AT)))
    if (found !== expected) failAt(place, 'checksum mismatch of the header', hexWord(expected), hexWord(found))
  }
  const reader = new ByteReader(bytes, place)
  return {
    keySizeBytes: reader.fixed64(),
    valueSizeBytes: reader.fixed64(),
    blobCrc: fixed32At(bytes, BLOB_CRC_AT),
  }
}

/** @param crc unmasked, over key and stored value. @throws DamageError */
export function checkBlobCrc(crc: number, header: BlobRecordHeader, place: Place): void {
  const found = maskCrc32c(crc)
  if (found === header.blobCrc) return
  failAt(place, 'checksum mismatch of key and value', hexWord(header.blobCrc), hexWord(found))
}

function expirationAt(bytes: Uint8Array, at: number): ExpirationRange {
  return { beginS: roundedAt(bytes, at), endS: roundedAt(bytes, at + 8) }
}

function roundedAt(bytes: Uint8Array, at: number): number {
  return fixed32At(bytes, at) + fixed32At(bytes, at + 4) * TWO_POWER_32
}
