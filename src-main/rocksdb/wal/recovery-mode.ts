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

const byEngineName: Readonly<Record<string, WalRecoveryMode>> = {
  kTolerateCorruptedTailRecords: 'tolerate-corrupted-tail-records',
  kAbsoluteConsistency: 'absolute-consistency',
  kPointInTimeRecovery: 'point-in-time',
  kSkipAnyCorruptedRecords: 'skip-any-corrupted-records',
}

/** The mode that an OPTIONS file names; null for a name that is not known. */
export function recoveryModeNamed(engineName: string): WalRecoveryMode | null {
  return Object.hasOwn(byEngineName, engineName) ? (byEngineName[engineName] ?? null) : null
}
