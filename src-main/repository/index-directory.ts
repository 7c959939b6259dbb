import { BackupDirectory } from './backup-directory.ts'
import { fingerprint } from './fingerprint.ts'
import type { IndexedBackup } from './indexed.ts'
import { readBackup } from './read-backup.ts'
import { type KnownTables, StoredFiles } from './stored-files.ts'

/** Where an index goes, backup by backup, so that only one is in memory. */
export type IndexSink = {
  add(backup: IndexedBackup): void
  /** called before each backup; may throw to stop */
  checkpoint(doneCount: number, totalCount: number): void
}

/**
 * Indexes a backup directory, newest backup first.
 * @returns how many backups there are, how many tables were opened, and the fingerprint that this state has
 * @throws AppError when the directory cannot be opened
 */
export function indexDirectory(
  path: string,
  known: KnownTables,
  sink: IndexSink,
): { backupCount: number; readFileCount: number; fingerprint: string } {
  const directory = new BackupDirectory(path)
  // taken first: what changes while we read shows up as changed the next time
  const print = fingerprint(directory)
  const stored = new StoredFiles(directory, known)
  const backupIds = directory.backupIds().reverse()
  backupIds.forEach((backupId, index) => {
    sink.checkpoint(index, backupIds.length)
    sink.add(readBackup(directory, backupId, stored))
  })
  return { backupCount: backupIds.length, readFileCount: stored.readCount, fingerprint: print }
}
