import type { ByteSource } from '#base/byte-source.ts'
import type { WalFile } from '../wal/wal-file.ts'

/** The files of one database state, wherever they live. Opened sources belong to the caller, who closes them. */
export interface FileSet {
  /** The live MANIFEST. @throws AppError, DamageError when CURRENT does not name one */
  openManifest(): ByteSource
  /** @throws AppError PATH_NOT_FOUND when the set does not hold it */
  openTable(fileNumber: number): ByteSource
  /** @throws AppError PATH_NOT_FOUND when the set does not hold it */
  openBlob(fileNumber: number): ByteSource
  /** The newest OPTIONS file; null when the set holds none. @throws AppError */
  openOptions(): ByteSource | null
  /** every write-ahead log of the set, in any order */
  readonly walFiles: readonly WalFile[]
}
