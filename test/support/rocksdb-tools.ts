import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'vitest'

export type RocksdbTools = { readonly ldb: string; readonly dbBench: string | null; readonly sstDump: string | null }

/** what the installed `ldb` can be asked for; Debian's has all of them */
export type LdbCompression = 'no' | 'snappy' | 'zlib' | 'bzip2' | 'lz4' | 'lz4hc' | 'zstd'

/** Raw bytes, or text taken as UTF-8. */
export type LdbBytes = Uint8Array | string

const notInstalled = "did not run: RocksDB's ldb is not installed on this machine"
const benchNotInstalled = "did not run: RocksDB's db_bench is not installed on this machine"
const runTimeoutMs = 60_000

function find(name: string): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}

/** RocksDB's own command line tools on this machine, or null. */
export function rocksdbTools(): RocksdbTools | null {
  const ldb = find('ldb')
  return ldb === null ? null : { ldb, dbBench: find('db_bench'), sstDump: find('sst_dump') }
}

/** Ends the running test as skipped, with the reason, where there is no `ldb`. */
export function skipWithoutRocksdbTools(context: Pick<TestContext, 'skip'>): void {
  if (rocksdbTools() === null) context.skip(notInstalled)
}

/** The same for tests that also need `db_bench`. */
export function skipWithoutDbBench(context: Pick<TestContext, 'skip'>): void {
  skipWithoutRocksdbTools(context)
  if (rocksdbTools()?.dbBench === null) context.skip(benchNotInstalled)
}

/** Runs `db_bench` on the database at `path` to its end. A failure throws with all it said. */
export async function runDbBench(path: string, options: readonly string[]): Promise<void> {
  const [exitCode, stdout, stderr] = await collect(startDbBench(path, options))
  if (exitCode !== 0) throw new Error(`db_bench ${options.join(' ')} ended with ${exitCode}:\n${stdout}${stderr}`)
}

/** Starts `db_bench`: for tests that kill it. */
export function startDbBench(path: string, options: readonly string[]): ChildProcess {
  const dbBench = rocksdbTools()?.dbBench
  if (dbBench == null) throw new Error(benchNotInstalled)
  return spawn(dbBench, [`--db=${path}`, ...options], { stdio: 'pipe', timeout: runTimeoutMs })
}

/**
 * Runs `ldb` and gives its standard output. A failure, also one that ldb reports with exit code 0, throws with all it said.
 * @param args as on the command line, `--db=...` included
 * @param stdin for `load`: lines of `key ==> value`
 */
export async function runLdb(args: readonly string[], stdin = ''): Promise<string> {
  const tools = rocksdbTools()
  if (tools === null) throw new Error(notInstalled)
  const child = spawn(tools.ldb, args, { stdio: 'pipe', timeout: runTimeoutMs })
  child.stdin.end(stdin)
  const [exitCode, stdout, stderr] = await collect(child)
  if (exitCode !== 0 || /^Failed:/m.test(stdout + stderr)) {
    throw new Error(`ldb ${args.join(' ')} ended with ${exitCode}:\n${stdout}${stderr}`)
  }
  return stdout
}

function collect(child: ChildProcess): Promise<[number | null, string, string]> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve([code, Buffer.concat(stdout).toString(), Buffer.concat(stderr).toString()]))
  })
}

/** One change of a database, done by its own `ldb` process in the order given. */
export type LdbStep =
  | { readonly kind: 'put'; readonly entries: readonly (readonly [LdbBytes, LdbBytes])[]; readonly family?: string }
  | { readonly kind: 'load'; readonly entries: readonly (readonly [LdbBytes, LdbBytes])[]; readonly family?: string }
  | { readonly kind: 'delete'; readonly key: LdbBytes; readonly family?: string }
  | { readonly kind: 'deleteRange'; readonly begin: LdbBytes; readonly end: LdbBytes; readonly family?: string }
  | { readonly kind: 'compact'; readonly family?: string }
  | { readonly kind: 'createFamily'; readonly name: string }

export type DatabaseOptions = {
  /** extra `ldb` options for every step, as `--enable_blob_files` */
  readonly ldbOptions?: readonly string[]
  /** `ldb`'s own default when left out */
  readonly compression?: LdbCompression
}

function hex(bytes: LdbBytes): string {
  return `0x${Buffer.from(bytes).toString('hex').toUpperCase()}`
}

/** `put` is one batch in one WAL record; `load` writes record by record and takes any number of entries. */
function stepCommand(step: LdbStep): { readonly args: readonly string[]; readonly stdin?: string } {
  switch (step.kind) {
    case 'put':
      return { args: ['batchput', ...step.entries.flatMap(([key, value]) => [hex(key), hex(value)])] }
    case 'load':
      return { args: ['load'], stdin: step.entries.map(([key, value]) => `${hex(key)} ==> ${hex(value)}\n`).join('') }
    case 'delete':
      return { args: ['delete', hex(step.key)] }
    case 'deleteRange':
      return { args: ['deleterange', hex(step.begin), hex(step.end)] }
    case 'compact':
      return { args: ['compact'] }
    case 'createFamily':
      return { args: ['create_column_family', step.name] }
  }
}

/**
 * Carries the steps out on the database at `path`, which is created when it is not there. Each step is a process of its
 * own: the next one finds the WAL of the last and turns it into an SST file, as a restarted server does.
 */
export async function writeDatabase(
  path: string,
  steps: readonly LdbStep[],
  options: DatabaseOptions = {},
): Promise<void> {
  mkdirSync(path, { recursive: true })
  for (const step of steps) {
    const create = existsSync(join(path, 'CURRENT')) ? [] : ['--create_if_missing']
    const compression = options.compression === undefined ? [] : [`--compression_type=${options.compression}`]
    const family = 'family' in step && step.family !== undefined ? [`--column_family=${step.family}`] : []
    const { args, stdin } = stepCommand(step)
    // ldb knows the hex option for commands that take keys only
    const encoding = step.kind === 'createFamily' ? [] : ['--hex']
    const common =
      step.kind === 'createFamily' ? [] : [...create, ...compression, ...family, ...(options.ldbOptions ?? [])]
    await runLdb([`--db=${path}`, ...encoding, ...common, ...args], stdin)
  }
}

export type BackupDirectory = {
  /** the database after the last step */
  readonly databasePath: string
  /** BackupEngine's directory: meta, private, shared_checksum */
  readonly backupPath: string
  /** backup ids, oldest first */
  readonly ids: readonly number[]
}

/**
 * A real database and a real BackupEngine directory under `folder`: after each group of steps one backup is taken, so
 * that later backups share the files of earlier ones.
 */
export async function makeBackupDirectory(
  input: { readonly folder: string; readonly backups: readonly (readonly LdbStep[])[] } & DatabaseOptions,
): Promise<BackupDirectory> {
  const databasePath = join(input.folder, 'database')
  const backupPath = join(input.folder, 'backups')
  for (const steps of input.backups) {
    await writeDatabase(databasePath, steps, input)
    await runLdb([`--db=${databasePath}`, 'backup', `--backup_dir=${backupPath}`, '--num_threads=1'])
  }
  return { databasePath, backupPath, ids: input.backups.map((_, index) => index + 1) }
}

/** Restores the newest backup with RocksDB's own code: what our restore is compared with. */
export async function restoreWithLdb(backupPath: string, databasePath: string): Promise<void> {
  await runLdb([`--db=${databasePath}`, 'restore', `--backup_dir=${backupPath}`, '--num_threads=1'])
}

/** All live entries as RocksDB itself reads them, in its order, as upper-case hex without prefix. */
export async function scanWithLdb(databasePath: string, family?: string): Promise<[key: string, value: string][]> {
  const families = family === undefined ? [] : [`--column_family=${family}`]
  const lines = (await runLdb([`--db=${databasePath}`, '--hex', ...families, 'scan'])).split('\n')
  return lines.flatMap((line) => {
    const match = /^0x([0-9A-F]*) : 0x([0-9A-F]*)$/.exec(line)
    return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] satisfies [string, string]]
  })
}
