import { execFile } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { rocksdbTools } from '../../support/rocksdb-tools.ts'
import type { Unavailable } from '../harness.ts'

const run = promisify(execFile)

/** Where programs and made data live; git ignores it. */
export const cacheDirectory = join(import.meta.dirname, '..', '..', '..', '.cache', 'bench')

const FLAGS = ['-std=c++17', '-O2', '-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Wshadow', '-Werror']
const COMPILER = 'g++'

/** Paths of the compiled programs. */
export type ReferencePrograms = {
  readonly makeBackups: string
  readonly verifyBackups: string
  readonly readDatabase: string
  readonly backUpDatabase: string
  readonly restoreBackup: string
}

/**
 * Compiles the reference programs against the RocksDB of this machine, where their sources changed.
 * @returns what is missing, where this machine cannot build them
 */
export async function buildReference(): Promise<ReferencePrograms | Unavailable> {
  const missing = await findMissing()
  if (missing !== null) return { missing }
  mkdirSync(cacheDirectory, { recursive: true })
  return {
    makeBackups: await compile('make_backups'),
    verifyBackups: await compile('verify_backups'),
    readDatabase: await compile('read_database'),
    backUpDatabase: await compile('back_up_database'),
    restoreBackup: await compile('restore_backup'),
  }
}

async function findMissing(): Promise<string | null> {
  const tools = rocksdbTools()
  if (tools === null || tools.dbBench === null || tools.sstDump === null) return "not all of RocksDB's tools"
  if (!(await succeeds(['--version']))) return 'no g++'
  if (!(await succeeds(['-E', '-x', 'c++', '-include', 'rocksdb/utilities/backup_engine.h', '/dev/null']))) {
    return 'no RocksDB headers (Debian: librocksdb-dev)'
  }
  return null
}

async function succeeds(compilerArguments: string[]): Promise<boolean> {
  try {
    await run(COMPILER, compilerArguments, { maxBuffer: 64 * 1024 * 1024 })
    return true
  } catch {
    return false
  }
}

async function compile(name: string): Promise<string> {
  const source = join(import.meta.dirname, `${name}.cc`)
  const program = join(cacheDirectory, name)
  if (modifiedAtMs(program) < modifiedAtMs(source)) {
    await run(COMPILER, [...FLAGS, source, '-o', program, '-lrocksdb'])
  }
  return program
}

function modifiedAtMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
