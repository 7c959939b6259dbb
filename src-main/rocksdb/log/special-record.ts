import type { ByteReader } from '../byte-reader.ts'
import { ZSTD_COMPRESSION } from './record-type.ts'

/** Size of the user-defined timestamps at the end of a column family's keys. */
export type TimestampSize = { readonly columnFamilyId: number; readonly sizeBytes: number }

/** What a log says about the log before it; `sequence` is the start sequence of that log's last batch. */
export type PredecessorLog = { readonly logNumber: number; readonly sizeBytes: number; readonly sequence: number }

/** True when the following records are compressed (RocksDB: db/log_format.h, kSetCompressionType). */
export function decodeCompression(reader: ByteReader): boolean {
  const type = reader.fixed32()
  if (reader.remaining > 0) reader.fail('trailing bytes')
  if (type !== 0 && type !== ZSTD_COMPRESSION) reader.fail('unknown log compression', '0 or 7', `${type}`)
  return type === ZSTD_COMPRESSION
}

export function decodeTimestampSizes(reader: ByteReader): TimestampSize[] {
  const sizes: TimestampSize[] = []
  while (reader.remaining > 0) {
    const columnFamilyId = reader.fixed32()
    const sizeBytes = reader.fixed16()
    if (sizeBytes === 0) reader.fail('timestamp size is zero')
    sizes.push({ columnFamilyId, sizeBytes })
  }
  return sizes
}

export function decodePredecessor(reader: ByteReader): PredecessorLog {
  const logNumber = reader.fixed64()
  const sizeBytes = reader.fixed64()
  const sequence = reader.fixed64()
  if (reader.remaining > 0) reader.fail('trailing bytes')
  return { logNumber, sizeBytes, sequence }
}
