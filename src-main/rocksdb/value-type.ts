/**
 * The value types of internal keys, which are also the tags of write batches
 * (RocksDB: db/dbformat.h; docs/formats/rocksdb.md §0). Tags with a column family are in write-batch.ts.
 */
export const valueType = {
  deletion: 0x00,
  value: 0x01,
  merge: 0x02,
  singleDeletion: 0x07,
  rangeDeletion: 0x0f,
  blobIndex: 0x11,
  deletionWithTimestamp: 0x14,
  wideColumnEntity: 0x16,
  /** TimedPut: the value, then 8 bytes (a write time in the log, a preferred sequence in tables) */
  valueWithPreferredSequence: 0x18,
} as const

/** True for every type that hides older versions of its key and shows none. */
export function isDeletion(type: number): boolean {
  return type === valueType.deletion || type === valueType.singleDeletion || type === valueType.deletionWithTimestamp
}
