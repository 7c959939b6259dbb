import { createHash } from 'node:crypto'
import type { BackupDirectory } from './backup-directory.ts'

/**
 * A short text that differs when a backup came, went or was rewritten, or when files were added to or taken from
 * the shared directories. Costs one stat per backup; file contents are not read (verification does that).
 */
export function fingerprint(directory: BackupDirectory): string {
  const hash = createHash('sha256')
  const note = (relativePath: string) => {
    const stat = directory.stat(relativePath)
    hash.update(`${relativePath} ${stat === null ? 'missing' : `${stat.size} ${stat.mtimeMs} ${stat.ino}`}\n`)
  }
  for (const name of ['private', 'shared', 'shared_checksum']) note(name)
  for (const backupId of directory.backupIds()) {
    note(`meta/${backupId}`)
    note(`private/${backupId}`)
  }
  return hash.digest('hex')
}
