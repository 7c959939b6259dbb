const TIMESTAMP_BYTES = 8

/** The order of user keys in a table. */
export type Comparator = {
  readonly name: string
  /** how many bytes at the end of a user key are a timestamp */
  readonly timestampBytes: number
  /** negative, zero or positive, of left[0, leftLength) and right */
  compare(left: Uint8Array, leftLength: number, right: Uint8Array): number
  /** the smallest key behind `key`; null where the order has none */
  readonly successor: ((key: Uint8Array) => Uint8Array) | null
}

const bytewise: Comparator = {
  name: 'leveldb.BytewiseComparator',
  timestampBytes: 0,
  compare: (left, leftLength, right) => comparePrefixes(left, leftLength, right, right.length),
  successor: (key) => Buffer.concat([key, Buffer.alloc(1)]),
}

const reverseBytewise: Comparator = {
  name: 'rocksdb.ReverseBytewiseComparator',
  timestampBytes: 0,
  compare: (left, leftLength, right) => comparePrefixes(right, right.length, left, leftLength),
  successor: null,
}

const comparators: readonly Comparator[] = [
  bytewise,
  reverseBytewise,
  withTimestamp(bytewise, 1),
  withTimestamp(reverseBytewise, -1),
]

/**
 * The built-in comparator of that name, null for a custom one: its tables can be listed in file order only.
 * RocksDB: util/comparator.cc; docs/formats/rocksdb.md §5.9
 */
export function comparatorNamed(name: string): Comparator | null {
  return comparators.find((comparator) => comparator.name === name) ?? null
}

/** The same order of keys whose timestamps were stripped before they were written. */
export function withoutTimestamp(comparator: Comparator): Comparator {
  return comparatorNamed(comparator.name.replace(/\.u64ts$/, '')) ?? comparator
}

function withTimestamp(base: Comparator, direction: 1 | -1): Comparator {
  return {
    name: `${base.name}.u64ts`,
    timestampBytes: TIMESTAMP_BYTES,
    successor: null,
    compare(left, leftLength, right) {
      const leftKey = Math.max(0, leftLength - TIMESTAMP_BYTES)
      const rightKey = Math.max(0, right.length - TIMESTAMP_BYTES)
      const order = direction * comparePrefixes(left, leftKey, right, rightKey)
      return order !== 0 ? order : compareTimestamps(left, leftLength, right)
    },
  }
}

/** Newer first; the number is little-endian, so its last byte counts most. */
function compareTimestamps(left: Uint8Array, leftLength: number, right: Uint8Array): number {
  for (let back = 1; back <= TIMESTAMP_BYTES; back += 1) {
    const difference = (right[right.length - back] ?? 0) - (left[leftLength - back] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function comparePrefixes(left: Uint8Array, leftLength: number, right: Uint8Array, rightLength: number): number {
  const shorter = leftLength < rightLength ? leftLength : rightLength
  for (let index = 0; index < shorter; index += 1) {
    const difference = (left[index] as number) - (right[index] as number)
    if (difference !== 0) return difference
  }
  return leftLength - rightLength
}
