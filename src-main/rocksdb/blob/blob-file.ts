import type { ByteSource } from '#base/byte-source.ts'
import { equalBytes, toHex } from '#base/bytes.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { crc32c } from '../crc32c.ts'
import { failAt, type Place } from '../place.ts'
import { decompressBlock } from '../sst/compression.ts'
import {
  type BlobFooter,
  type BlobHeader,
  blobFooterBytes,
  blobHeaderBytes,
  blobRecordHeaderBytes,
  checkBlobCrc,
  decodeBlobFooter,
  decodeBlobHeader,
  decodeBlobRecordHeader,
} from './blob-format.ts'
import { readExactly } from './read-exactly.ts'

const SHOWN_KEY_BYTES = 32

/** Where a stored value lies: the part of a BlobReference that its file is asked for. */
export type BlobLocation = {
  readonly offsetBytes: number
  /** as stored, compressed */
  readonly sizeBytes: number
  readonly compression: number
}

export type BlobReadOptions = {
  /** false skips the checksums, never the other checks */
  readonly verifyChecksums?: boolean | undefined
}

/**
 * Opens a blob file: header and footer are read now, values when they are asked for. The blob file owns `source` and
 * closes it.
 * RocksDB: db/blob/blob_file_reader.cc; docs/formats/rocksdb.md §6
 * @throws DamageError when the header cannot be read, AppError IO_FAILED
 */
export function openBlobFile(source: ByteSource): BlobFile {
  return new BlobFile(source)
}

/** One open blob file. */
export class BlobFile {
  readonly header: BlobHeader
  /** null when it is damaged, and in a file that was not closed, which is no damage by itself */
  readonly footer: BlobFooter | null
  /** values can be read all the same */
  readonly footerDamage: Damage | null
  /** the first byte after the records */
  readonly recordsEndBytes: number
  readonly #source: ByteSource

  constructor(source: ByteSource) {
    const place = { file: source.name, structure: 'blob file header', offsetBytes: 0 }
    this.#source = source
    this.header = decodeBlobHeader(readExactly(source, 0, blobHeaderBytes, place), place)
    const { footer, footerDamage } = readFooter(source)
    this.footer = footer
    this.footerDamage = footerDamage
    const hasFooter = footer !== null || footerDamage !== null
    this.recordsEndBytes = source.sizeBytes - (hasFooter ? blobFooterBytes : 0)
  }

  /**
   * The value at `location`, decompressed, in memory of its own. The record must be the one of `userKey`: one read
   * takes its header, its key and its value.
   * @throws DamageError naming the record, AppError IO_FAILED
   */
  readValue(location: BlobLocation, userKey: Uint8Array, options: BlobReadOptions = {}): Uint8Array {
    this.#checkLocation(location, userKey)
    const headBytes = blobRecordHeaderBytes + userKey.length
    const offsetBytes = location.offsetBytes - headBytes
    const place = { file: this.#source.name, structure: 'blob record', offsetBytes }
    const record = readExactly(this.#source, offsetBytes, headBytes + location.sizeBytes, place)
    checkRecord(record, location, userKey, options.verifyChecksums ?? true, place)
    const valuePlace = { ...place, structure: 'blob value', offsetBytes: location.offsetBytes }
    return decompressBlock(location.compression, record.subarray(headBytes), null, null, valuePlace)
  }

  close(): void {
    this.#source.close()
  }

  #checkLocation({ offsetBytes, sizeBytes, compression }: BlobLocation, userKey: Uint8Array): void {
    // the reference may lead past the file
    const isInside = offsetBytes < this.#source.sizeBytes
    const place = { file: this.#source.name, structure: 'blob reference', offsetBytes: isInside ? offsetBytes : null }
    const leastBytes = blobHeaderBytes + blobRecordHeaderBytes + userKey.length
    if (offsetBytes < leastBytes) failAt(place, 'offset is too small', `at least ${leastBytes}`, `${offsetBytes}`)
    const { blobValueBytesMax } = limits
    if (sizeBytes > blobValueBytesMax) {
      failAt(place, 'value is too large', `at most ${blobValueBytesMax} bytes`, `${sizeBytes} bytes`)
    }
    const remainingBytes = Math.max(0, this.recordsEndBytes - offsetBytes)
    if (sizeBytes > remainingBytes) {
      failAt(place, 'value goes past the end of the records', `at most ${remainingBytes} bytes`, `${sizeBytes} bytes`)
    }
    const expected = this.header.compression
    if (compression !== expected) {
      failAt(place, 'compression is not that of the file', `${expected}`, `${compression}`)
    }
  }
}

function readFooter(source: ByteSource): Pick<BlobFile, 'footer' | 'footerDamage'> {
  const offsetBytes = source.sizeBytes - blobFooterBytes
  if (offsetBytes < blobHeaderBytes) return { footer: null, footerDamage: null }
  const place = { file: source.name, structure: 'blob file footer', offsetBytes }
  const bytes = readExactly(source, offsetBytes, blobFooterBytes, place)
  try {
    return { footer: decodeBlobFooter(bytes, place), footerDamage: null }
  } catch (error) {
    if (!(error instanceof DamageError)) throw error
    return { footer: null, footerDamage: error.damage }
  }
}

/** Compares a whole record with what its reference and its key say. @throws DamageError */
function checkRecord(
  record: Uint8Array,
  location: BlobLocation,
  userKey: Uint8Array,
  verifyChecksums: boolean,
  place: Place,
): void {
  const header = decodeBlobRecordHeader(record, verifyChecksums, place)
  if (header.keySizeBytes !== userKey.length) {
    failAt(place, 'record of another key', `${userKey.length} bytes`, `${header.keySizeBytes} bytes`)
  }
  if (header.valueSizeBytes !== location.sizeBytes) {
    failAt(place, 'value has another size', `${location.sizeBytes} bytes`, `${header.valueSizeBytes} bytes`)
  }
  const key = record.subarray(blobRecordHeaderBytes, blobRecordHeaderBytes + userKey.length)
  if (!equalBytes(key, userKey)) failAt(place, 'record of another key', shownKey(userKey), shownKey(key))
  if (verifyChecksums) checkBlobCrc(crc32c(record.subarray(blobRecordHeaderBytes)), header, place)
}

function shownKey(key: Uint8Array): string {
  return `${toHex(key.subarray(0, SHOWN_KEY_BYTES))}${key.length > SHOWN_KEY_BYTES ? '…' : ''}`
}
