import { execFile } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Subject } from '../harness.ts'
import { cacheDirectory, type ReferencePrograms } from './build.ts'

const run = promisify(execFile)

export type BackupsShape = {
  /** what the directory takes on disk, within a few percent, in MiB */
  readonly storedMebibytes: number
  readonly backups: number
}

/** A directory of backups in that shape: made once by RocksDB, used again afterwards. */
export async function madeBackups(programs: ReferencePrograms, shape: BackupsShape): Promise<string> {
  const directory = join(cacheDirectory, `backups-${shape.storedMebibytes}-${shape.backups}`)
  if (existsSync(directory)) return directory
  const unfinished = `${directory}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  rmSync(`${unfinished}.database`, { recursive: true, force: true })
  await run(programs.makeBackups, [unfinished, String(shape.storedMebibytes), String(shape.backups)])
  renameSync(unfinished, directory)
  return directory
}

/** RocksDB's own VerifyBackup with checksums. Opening the directory is not counted. */
export function verifyWithRocksdb(
  programs: ReferencePrograms,
  directory: string,
  threads: number,
  which: 'all' | 'newest' = 'all',
): Subject {
  return {
    name: `RocksDB VerifyBackup, ${which}, ${threads} thread${threads === 1 ? '' : 's'}`,
    async measure() {
      const { stdout } = await run(programs.verifyBackups, [directory, String(threads), which])
      const output = JSON.parse(stdout) as { verifySeconds: number; bytes: number }
      return { seconds: output.verifySeconds, bytes: output.bytes, readBytes: output.bytes }
    },
    async close() {},
  }
}
