import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Measurement } from '../harness.ts'
import type { ReferencePrograms } from './build.ts'

const run = promisify(execFile)

/** The newest backup, restored by RocksDB's own BackupEngine and synced. */
export async function restoreWithRocksdb(
  programs: ReferencePrograms,
  { backups, target, threads }: { readonly backups: string; readonly target: string; readonly threads: number },
): Promise<Measurement> {
  const { stdout } = await run(programs.restoreBackup, [backups, target, String(threads)])
  const { seconds, cpuSeconds, bytes } = JSON.parse(stdout) as { seconds: number; cpuSeconds: number; bytes: number }
  return { seconds, bytes, readBytes: bytes, figures: { cpuSeconds } }
}
