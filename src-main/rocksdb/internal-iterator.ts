/**
 * A cursor over internal keys in RocksDB's order: user key ascending, then sequence descending (newest first),
 * then type descending. Tables, write-ahead logs in memory and merges of them all look like this.
 *
 * `userKey` and `value` are views into buffers that the next move may overwrite: copy what must stay.
 * Moves throw DamageError when the bytes under them cannot be read.
 */
export interface InternalIterator {
  /** true while the cursor stands on an entry */
  readonly valid: boolean
  readonly userKey: Uint8Array
  readonly sequence: number
  /** value type byte, rocksdb.md section 0 */
  readonly type: number
  readonly value: Uint8Array
  seekToFirst(): void
  /** to the newest entry of the first user key that is not less than `userKey` */
  seek(userKey: Uint8Array): void
  next(): void
  seekToLast(): void
  /** to the oldest entry of the last user key that is not greater than `userKey` */
  seekForPrev(userKey: Uint8Array): void
  prev(): void
}

/** [begin, end) of user keys deleted for every older sequence. */
export type RangeTombstone = { readonly begin: Uint8Array; readonly end: Uint8Array; readonly sequence: number }
