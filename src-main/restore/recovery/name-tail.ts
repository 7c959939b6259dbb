import { DamageError, describeDamage } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import type { BackupDirectory } from '../../repository/backup-directory.ts'
import { filesOfBackup } from '../../repository/manifest-of-backup.ts'
import { readMeta } from '../../repository/read-meta.ts'
import { formatFileNumber, parseDatabaseFileName } from '../../rocksdb/database-file-name.ts'
import { parseCurrent } from '../../rocksdb/manifest/current-file.ts'
import type { ManifestState } from '../../rocksdb/manifest/manifest-state.ts'
import { readManifest } from '../../rocksdb/manifest/read-manifest.ts'
import { baseDiffers } from '../tail/tail-errors.ts'

export type NamedTail = {
  /** of the new log */
  fileName: string
  /** that CURRENT names */
  manifestName: string
}

/**
 * Names the log that a recovery writes: its number is above every number in the MANIFEST and in the names of files, so that no
 * engine takes it for one that was flushed (docs/formats/rocksdb.md §9.1).
 * @throws AppError BACKUP_INCOMPLETE when CURRENT or the MANIFEST of the base is damaged
 */
export function nameTail(directory: BackupDirectory, backupId: number): NamedTail {
  try {
    return nameBehind(directory, backupId)
  } catch (cause) {
    if (!(cause instanceof DamageError)) throw cause
    throw baseDiffers(`backup ${backupId} is damaged`, describeDamage(cause.damage), cause)
  }
}

function nameBehind(directory: BackupDirectory, backupId: number): NamedTail {
  const { meta } = readMeta(directory, backupId)
  const source = filesOfBackup(directory, meta).openManifest()
  let manifest: ManifestState
  try {
    manifest = readManifest(source)
  } finally {
    source.close()
  }
  const named = meta.files.map(({ databaseName }) => parseDatabaseFileName(databaseName)?.fileNumber ?? 0)
  const highest = Math.max(highestIn(manifest), ...named)
  const current = meta.files.find(({ databaseName }) => databaseName === 'CURRENT')
  const manifestName = parseCurrent(directory.read(current?.path ?? 'CURRENT', limits.currentFileBytesMax))
  return { fileName: `${formatFileNumber(highest + 1)}.log`, manifestName }
}

function highestIn(manifest: ManifestState): number {
  let highest = Math.max(manifest.nextFileNumber - 1, manifest.minLogNumberToKeep)
  for (const { logNumber } of manifest.trackedLogs) highest = Math.max(highest, logNumber)
  for (const { logNumber, files, blobFiles } of manifest.columnFamilies) {
    highest = Math.max(highest, logNumber)
    for (const { fileNumber } of files) highest = Math.max(highest, fileNumber)
    for (const { fileNumber } of blobFiles) highest = Math.max(highest, fileNumber)
  }
  return highest
}
