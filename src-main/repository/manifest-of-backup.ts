import type { BackupMeta } from '../rocksdb/backup-meta.ts'
import type { ManifestState } from '../rocksdb/manifest/manifest-state.ts'
import { readManifest } from '../rocksdb/manifest/read-manifest.ts'
import type { FileSet } from '../rocksdb/view/file-set.ts'
import { backupFileSet } from '../rocksdb/view/named-file-set.ts'
import type { BackupDirectory } from './backup-directory.ts'

/** The files of one backup as its database saw them. */
export function filesOfBackup(directory: BackupDirectory, meta: BackupMeta): FileSet {
  return backupFileSet(meta, (path) => directory.open(path))
}

/**
 * The MANIFEST that a backup's CURRENT names, replayed.
 * @throws DamageError, AppError when CURRENT or the MANIFEST cannot be read
 */
export function manifestOfBackup(directory: BackupDirectory, meta: BackupMeta): ManifestState {
  const source = filesOfBackup(directory, meta).openManifest()
  try {
    return readManifest(source)
  } finally {
    source.close()
  }
}
