import type { ByteSource } from '#base/byte-source.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { parseDatabaseOptions } from '../rocksdb/options/database-options.ts'
import type { FileSet } from '../rocksdb/view/file-set.ts'
import type { WalRecoveryMode } from '../rocksdb/wal/recovery-mode.ts'

/** What OPTIONS says of how a database keeps and recovers its logs. */
export type LogOptions = {
  /** null where OPTIONS does not say */
  readonly recoveryMode: WalRecoveryMode | null
  /** another directory that holds the logs of a running database; null for its own */
  readonly walDirectory: string | null
  readonly damages: readonly Damage[]
}

const unknown: LogOptions = { recoveryMode: null, walDirectory: null, damages: [] }

/** Reads the newest OPTIONS file of a file set; a database without one, or with one that cannot be read, has defaults. */
export function readLogOptions(fileSet: FileSet): LogOptions {
  const source = fileSet.openOptions()
  if (source === null) return unknown
  try {
    const { walRecoveryMode, walDirectory } = parseDatabaseOptions(readWhole(source), source.name)
    return { recoveryMode: walRecoveryMode, walDirectory, damages: [] }
  } catch (error) {
    if (!(error instanceof DamageError)) throw error
    return { ...unknown, damages: [error.damage] }
  } finally {
    source.close()
  }
}

function readWhole(source: ByteSource): Uint8Array {
  // one byte more than is allowed: the parser says that it is too long
  const bytes = new Uint8Array(Math.min(source.sizeBytes, limits.optionsFileBytesMax + 1))
  return bytes.subarray(0, source.readInto(bytes, 0))
}
