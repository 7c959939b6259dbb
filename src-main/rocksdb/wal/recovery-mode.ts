/**
 * What an engine does at damage or a tear in its logs (RocksDB: include/rocksdb/options.h WALRecoveryMode;
 * docs/formats/rocksdb.md §2.6).
 */
export type WalRecoveryMode =
  /** a tear is passed over in any log, damage is refused */
  | 'tolerate-corrupted-tail-records'
  /** both are refused */
  | 'absolute-consistency'
  /** both end the replay, until a later log continues with exactly the next sequence */
  | 'point-in-time'
  /** both are passed over: what can be read is replayed */
  | 'skip-any-corrupted-records'
