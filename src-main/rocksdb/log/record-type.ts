/** Physical records of a log (RocksDB: db/log_format.h; docs/formats/rocksdb.md §2.1). */
export const BLOCK_BYTES = 32768
export const HEADER_BYTES = 7
export const RECYCLABLE_HEADER_BYTES = 11

export const recordType = {
  zero: 0,
  full: 1,
  first: 2,
  middle: 3,
  last: 4,
  recyclableFull: 5,
  recyclableLast: 8,
  setCompression: 9,
  timestampSizes: 10,
  recyclableTimestampSizes: 11,
  predecessor: 130,
  recyclablePredecessor: 131,
} as const

/** An unknown type with this bit set may be skipped. */
export const IGNORABLE_BIT = 0x80

/** Compression type of a set-compression record that means ZSTD; 0 means none. */
export const ZSTD_COMPRESSION = 7

/** True when the header carries a log number: 5 to 8 by number, from 10 on by the lowest bit. */
export function hasLogNumber(type: number): boolean {
  if (type <= recordType.setCompression) {
    return type >= recordType.recyclableFull && type <= recordType.recyclableLast
  }
  return (type & 1) === 1
}

/** The four data types without their recyclable twins, or null for any other type. */
export function dataType(type: number): 'full' | 'first' | 'middle' | 'last' | null {
  switch (type) {
    case 1:
    case 5:
      return 'full'
    case 2:
    case 6:
      return 'first'
    case 3:
    case 7:
      return 'middle'
    case 4:
    case 8:
      return 'last'
    default:
      return null
  }
}
