// Goal: a backup of a database that another process writes to is one state of it: whole, and of one moment over all
// families. Method: writers with tiny write buffers that flush and compact all the time, of RocksDB 10.5 and 7.8, with
// logs that are archived, written over, and kept elsewhere; each copy is opened by an engine and must keep what the
// writer keeps at every moment.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openNativeDatabase, rowsOfNative, skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { runLdb, skipWithoutDbBench, startDbBench } from '../../support/rocksdb-tools.ts'
import { tempDir } from '../../support/temp-dir.ts'
import {
  filesBelow,
  filesNamed,
  metaOf,
  newRepository,
  openFileCount,
  restored,
  rowsOf,
  take,
  verified,
} from './support.ts'

const COPIES = 20
const BENCH_COPIES = 10
const WINDOW = 500
const ACCOUNTS_TOTAL = 8_000_000

let writer: ChildProcess | null = null

afterEach(async () => {
  const ended = new Promise((resolve) => writer?.on('exit', resolve))
  if (writer?.exitCode === null && writer.kill('SIGKILL')) await ended
  writer = null
})

type Rows = Record<string, [key: string, value: string][]>

const text = (hex: string) => Buffer.from(hex, 'hex').toString()

/** What holds after every commit of writer.ts. Returns the counter. */
function expectOneMoment(rows: Rows): number {
  const values = new Map((rows.default ?? []).map(([key, value]) => [text(key), text(value)]))
  const counter = Number(values.get('counter'))
  const other = Number(text(rows.edges?.[0]?.[1] ?? ''))
  expect([other, other + 1]).toContain(counter)
  const total = [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, account) => sum + Number(values.get(`account${account}`)), 0)
  expect(total).toBe(ACCOUNTS_TOTAL)
  const window = [...values.keys()].filter((key) => key.startsWith('window'))
  const expected = Array.from(
    { length: WINDOW },
    (_, index) => `window${String(counter - WINDOW + 1 + index).padStart(10, '0')}`,
  )
  expect(window).toEqual(expected)
  return counter
}

describe.each([
  ['removed', 0],
  ['archived', 1000],
])('while another process writes, with logs that are %s', (_what, walTtlSeconds) => {
  test('every copy is one moment of both families', { timeout: 180_000 }, async (context) => {
    skipWithoutRocksdbNative(context)
    const database = join(tempDir(), 'database')
    const script = join(import.meta.dirname, 'writer-process.ts')
    writer = spawn(process.execPath, [script, database, String(walTtlSeconds)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise((resolve, reject) => {
      writer?.stdout?.once('data', resolve)
      writer?.once('exit', () => reject(new Error('the writer ended')))
    })
    const repository = newRepository()
    const descriptors = openFileCount()
    const taken = []
    for (let backupId = 1; backupId <= COPIES; backupId += 1) taken.push(take(database, repository, backupId))
    expect(writer?.exitCode).toBeNull()
    writer?.kill('SIGKILL')
    expect(openFileCount()).toBe(descriptors)

    expect(await verified(repository)).toEqual({ backupIds: taken.map(({ backupId }) => backupId), problems: [] })
    expect(filesBelow(repository)).toEqual(filesNamed(repository))
    const counters: number[] = []
    for (const { backupId, firstSequence, lastSequence } of taken) {
      const copy = restored(repository, backupId)
      const rows = rowsOf(copy)
      counters.push(expectOneMoment(rows))
      expect(lastSequence + 1).toBeGreaterThanOrEqual(firstSequence)
      const engine = await openNativeDatabase(copy, { families: { edges: {} } })
      expect(await rowsOfNative(engine.family('default'))).toEqual(rows.default)
      expect(await rowsOfNative(engine.family('edges'))).toEqual(rows.edges)
      await engine.close()
      rmSync(copy, { recursive: true })
    }
    expect(counters).toEqual([...counters].sort((left, right) => left - right))
    expect(counters.at(-1)).toBeGreaterThan(counters[0] ?? 0)
    const sequences = taken.map(({ lastSequence }) => lastSequence)
    expect(sequences).toEqual([...sequences].sort((left, right) => left - right))
    const restarts = taken.reduce((sum, { restartCount }) => sum + restartCount, 0)
    expect(restarts).toBeLessThan(10 * COPIES)
  })
})

/** OPTIONS of a database whose logs are written over in place, which 7.8 does in this recovery mode alone. */
const RECYCLING = [
  '[Version]',
  'rocksdb_version=7.8.3',
  'options_file_version=1.1',
  '[DBOptions]',
  'create_if_missing=true',
  'recycle_log_file_num=2',
  'wal_recovery_mode=kSkipAnyCorruptedRecords',
  '[CFOptions "default"]',
  'write_buffer_size=300000',
  'target_file_size_base=60000',
  'max_bytes_for_level_base=200000',
  'compression=kNoCompression',
  '',
]

type Kind = { readonly what: string; readonly recycles: boolean; readonly options: (folder: string) => string[] }

const kinds: Kind[] = [
  { what: 'written over', recycles: true, options: (folder) => [`--options_file=${optionsFile(folder)}`] },
  { what: 'kept elsewhere', recycles: false, options: (folder) => [`--wal_dir=${join(folder, 'logs')}`, ...TINY] },
  {
    what: 'compressed and archived',
    recycles: false,
    options: () => ['--wal_compression=zstd', '--wal_ttl_seconds=600', ...TINY],
  },
]
const TINY = ['--write_buffer_size=300000', '--target_file_size_base=60000', '--compression_type=none']

function optionsFile(folder: string): string {
  const path = join(folder, 'OPTIONS')
  writeFileSync(path, RECYCLING.join('\n'))
  return path
}

test.for(kinds)(
  'of keys that db_bench puts in order none is missing, with logs that are $what',
  { timeout: 180_000 },
  async (kind, context) => {
    skipWithoutDbBench(context)
    const folder = tempDir()
    mkdirSync(join(folder, 'logs'))
    const database = join(folder, 'database')
    writer = startDbBench(database, [
      '--benchmarks=fillseq',
      '--num=100000000',
      '--benchmark_write_rate_limit=4000000',
      '--value_size=100',
      ...kind.options(folder),
    ])
    await expect
      .poll(() => filesBelow(folder).filter((path) => path.endsWith('.sst')).length, { interval: 5, timeout: 20_000 })
      .toBeGreaterThan(3)
    const repository = newRepository()
    const taken = []
    for (let backupId = 1; backupId <= BENCH_COPIES; backupId += 1) {
      taken.push(take(database, repository, backupId))
    }
    expect(writer?.exitCode).toBeNull()
    writer?.kill('SIGKILL')

    expect(await verified(repository)).toEqual({ backupIds: taken.map(({ backupId }) => backupId), problems: [] })
    for (const { backupId, lastSequence, warnings } of taken) {
      expect(warnings).toEqual([])
      expect(metaOf(repository, backupId).files.some(({ path }) => path.endsWith('.log'))).toBe(true)
      const copy = restored(repository, backupId)
      const keys = (rowsOf(copy).default ?? []).map(([key]) => Number(BigInt(`0x${key.slice(0, 16)}`)))
      expect(keys.length).toBe(lastSequence)
      expect(keys.every((key, index) => key === index)).toBe(true)
      if (backupId % 5 === 0) {
        // the options in the copy name the logs of the database that is still there
        const opened = [`--db=${copy}`, '--try_load_options=false']
        expect(await runLdb([...opened, 'checkconsistency'])).toContain('OK')
        const lines = (await runLdb([...opened, '--hex', 'scan', '--no_value'])).split('\n')
        expect(lines.filter((line) => line !== '').length).toBe(lastSequence)
      }
      rmSync(copy, { recursive: true })
    }
    expect(readdirSync(join(folder, 'logs')).length > 0).toBe(kind.what === 'kept elsewhere')
  },
)
