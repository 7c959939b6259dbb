import { ByteReader } from '../byte-reader.ts'
import type { Place } from '../place.ts'
import { valueType } from '../value-type.ts'

/** Records of a batch that are no data: they are visited but not counted. */
export const markerType = {
  beginPrepare: 0x09,
  endPrepare: 0x0a,
  commit: 0x0b,
  rollback: 0x0c,
  noop: 0x0d,
  beginPersistedPrepare: 0x12,
  beginUnprepare: 0x13,
  commitWithTimestamp: 0x15,
} as const

const LOG_DATA = 0x03
const TIMED_PUT_SUFFIX_BYTES = 8
const EMPTY = new Uint8Array(0)

/** Called in the batch's order. Keys and values are views into the payload: copy what must stay. */
export interface WriteBatchVisitor {
  /**
   * @param type a valueType; the column family form of a tag is given as its plain twin
   * @param key for a range deletion its inclusive begin
   * @param value for a range deletion its exclusive end; empty for a deletion
   */
  operation(type: number, columnFamilyId: number, sequence: number, key: Uint8Array, value: Uint8Array): void
  /** @param transactionId the xid, empty for the markers that have none */
  marker?(type: number, transactionId: Uint8Array, commitTimestamp: Uint8Array): void
  logData?(data: Uint8Array): void
}

export type WriteBatchHeader = {
  /** sequence of the first operation; each further one has the next (docs/formats/rocksdb.md §3.1) */
  readonly sequence: number
  /** operations in the batch, verified */
  readonly count: number
}

/**
 * Decodes one write batch, which is one logical record of a write-ahead log (RocksDB: db/write_batch.cc;
 * docs/formats/rocksdb.md §3). The visitor may have seen operations before damage is thrown: a batch is all or
 * nothing, so take them back.
 * @throws DamageError
 */
export function decodeWriteBatch(payload: Uint8Array, place: Place, visitor: WriteBatchVisitor): WriteBatchHeader {
  const reader = new ByteReader(payload, place)
  const sequence = reader.fixed64()
  const count = reader.fixed32()
  if (!Number.isSafeInteger(sequence + count))
    reader.fail('sequence numbers run over', undefined, `${sequence}+${count}`)
  let operations = 0
  while (reader.remaining > 0) {
    if (readRecord(reader, sequence + operations, visitor)) operations += 1
  }
  if (operations !== count) reader.fail('wrong number of operations', `${count}`, `${operations}`)
  return { sequence, count }
}

/** True when the record is an operation. */
function readRecord(reader: ByteReader, sequence: number, visitor: WriteBatchVisitor): boolean {
  const tag = reader.u8()
  if (isMarker(tag)) {
    readMarker(tag, reader, visitor)
    return false
  }
  if (tag === LOG_DATA) {
    const data = reader.lengthPrefixed()
    visitor.logData?.(data)
    return false
  }
  const type = operationType(tag)
  if (type === null) {
    reader.position -= 1
    reader.fail('unknown tag in a write batch', undefined, `${tag}`)
  }
  const columnFamilyId = tag === type ? 0 : reader.varint32()
  const key = reader.lengthPrefixed()
  const value = hasValue(type) ? reader.lengthPrefixed() : EMPTY
  if (type === valueType.valueWithPreferredSequence && value.length < TIMED_PUT_SUFFIX_BYTES) {
    reader.fail('a timed put without its time', `${TIMED_PUT_SUFFIX_BYTES} bytes`, `${value.length} bytes`)
  }
  visitor.operation(type, columnFamilyId, sequence, key, value)
  return true
}

function readMarker(type: number, reader: ByteReader, visitor: WriteBatchVisitor): void {
  const timestamp = type === markerType.commitWithTimestamp ? reader.lengthPrefixed() : EMPTY
  const transactionId = hasTransactionId(type) ? reader.lengthPrefixed() : EMPTY
  visitor.marker?.(type, transactionId, timestamp)
}

function isMarker(tag: number): boolean {
  return (tag >= 0x09 && tag <= 0x0d) || tag === 0x12 || tag === 0x13 || tag === 0x15
}

function hasTransactionId(type: number): boolean {
  return (
    type === markerType.endPrepare ||
    type === markerType.commit ||
    type === markerType.rollback ||
    type === markerType.commitWithTimestamp
  )
}

function hasValue(type: number): boolean {
  return type !== valueType.deletion && type !== valueType.singleDeletion
}

/** The value type of a tag with or without column family; null for an unknown tag. */
function operationType(tag: number): number | null {
  switch (tag) {
    case 0x00:
    case 0x04:
      return valueType.deletion
    case 0x01:
    case 0x05:
      return valueType.value
    case 0x02:
    case 0x06:
      return valueType.merge
    case 0x07:
    case 0x08:
      return valueType.singleDeletion
    case 0x0e:
    case 0x0f:
      return valueType.rangeDeletion
    case 0x10:
    case 0x11:
      return valueType.blobIndex
    case 0x16:
    case 0x17:
      return valueType.wideColumnEntity
    case 0x18:
    case 0x19:
      return valueType.valueWithPreferredSequence
    default:
      return null
  }
}
