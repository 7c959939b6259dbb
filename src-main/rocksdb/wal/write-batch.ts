import type { Place } from '../place.ts'
import { BatchCursor, LOG_DATA } from './batch-cursor.ts'

export { markerType } from './batch-cursor.ts'

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
  const cursor = new BatchCursor(place)
  cursor.reset(payload, place.offsetBytes)
  while (cursor.next()) {
    const key = payload.subarray(cursor.keyAt, cursor.keyEnd)
    if (cursor.isOperation) {
      const value = payload.subarray(cursor.valueAt, cursor.valueEnd)
      visitor.operation(cursor.type, cursor.columnFamilyId, cursor.sequence, key, value)
    } else if (cursor.type === LOG_DATA) {
      visitor.logData?.(key)
    } else {
      visitor.marker?.(cursor.type, key, payload.subarray(cursor.valueAt, cursor.valueEnd))
    }
  }
  return { sequence: cursor.startSequence, count: cursor.count }
}
