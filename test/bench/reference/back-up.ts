import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Measurement } from '../harness.ts'
import type { ReferencePrograms } from './build.ts'

const run = promisify(execFile)

/** The next backup of a database by RocksDB's own BackupEngine, synced. Opening the database is not counted. */
export async function backUpWithRocksdb(
  programs: ReferencePrograms,
  { database, backups, threads }: { readonly database: string; readonly backups: string; readonly threads: number },
): Promise<Measurement & { readonly backupCount: number }> {
  const { stdout } = await run(programs.backUpDatabase, [database, backups, String(threads)])
  const told = JSON.parse(stdout) as { seconds: number; cpuSeconds: number; bytes: number; backups: number }
  const { seconds, cpuSeconds, bytes } = told
  return { seconds, bytes, readBytes: bytes, figures: { cpuSeconds }, backupCount: told.backups }
}
