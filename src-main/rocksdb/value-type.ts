/**
 * The value types of internal keys, which are also the tags of write batches
 * (RocksDB: db/dbformat.h; docs/formats/rocksdb.md §0). Tags with a column family are in wal/write-batch.ts.
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

const pointTypes: readonly number[] = Object.values(valueType).filter((type) => type !== valueType.rangeDeletion)
const isPointTypeByByte = new Uint8Array(256)
for (const type of pointTypes) isPointTypeByByte[type] = 1

/** True for the types a data block may hold. */
export function isPointType(type: number): boolean {
  return isPointTypeByByte[type] === 1
}

/** True for every type that hides older versions of its key and shows none. */
export function isDeletion(type: number): boolean {
  return type === valueType.deletion || type === valueType.singleDeletion || type === valueType.deletionWithTimestamp
}
