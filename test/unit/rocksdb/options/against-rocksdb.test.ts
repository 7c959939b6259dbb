// Goal: OPTIONS files of real databases are read whole. Method: ldb and db_bench write some; what they were told to
// do must stand in the result.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type DatabaseOptions, parseDatabaseOptions } from '../../../../src-main/rocksdb/options/database-options.ts'
import {
  runDbBench,
  skipWithoutDbBench,
  skipWithoutRocksdbTools,
  writeDatabase,
} from '../../../support/rocksdb-tools.ts'
import { tempDir } from '../../../support/temp-dir.ts'

const TIMEOUT_MS = 60_000

function newestOptions(path: string): DatabaseOptions {
  const name = readdirSync(path)
    .filter((file) => file.startsWith('OPTIONS-'))
    .sort()
    .at(-1)
  return parseDatabaseOptions(new Uint8Array(readFileSync(join(path, String(name)))), String(name))
}

test('options that ldb wrote name every column family', { timeout: TIMEOUT_MS }, async (context) => {
  skipWithoutRocksdbTools(context)
  const path = join(tempDir(), 'database')
  const names = ['plain', 'odd "#name:\\', 'é and\na line']
  await writeDatabase(path, [
    { kind: 'put', entries: [['a', 'b']] },
    ...names.map((name) => ({ kind: 'createFamily', name }) as const),
  ])
  const { families, walDirectory, walRecoveryMode } = newestOptions(path)
  expect({ walDirectory, walRecoveryMode }).toEqual({ walDirectory: null, walRecoveryMode: 'point-in-time' })
  expect(families.map(({ name, table }) => [name, table?.family])).toEqual(
    ['default', ...names].map((name) => [name, name]),
  )
})

test('options that db_bench wrote say what it was told', { timeout: TIMEOUT_MS }, async (context) => {
  skipWithoutDbBench(context)
  const folder = tempDir()
  const path = join(folder, 'database')
  const walDirectory = join(folder, 'logs #1')
  mkdirSync(path)
  mkdirSync(walDirectory)
  await runDbBench(path, [
    ...['--benchmarks=fillseq', '--num=100', `--wal_dir=${walDirectory}`, '--manual_wal_flush=1', '--prefix_size=4'],
    ...['--enable_blob_files=1', '--merge_operator=put', '--num_column_families=2', '--compression_type=zstd'],
    ...['--compaction_style=1', '--track_and_verify_wals_in_manifest=1'],
  ])
  const { values, families, rocksdbVersion, ...database } = newestOptions(path)
  expect(rocksdbVersion).toMatch(/^[0-9]+\.[0-9]+\.[0-9]+$/)
  expect(database).toEqual({
    optionsFileVersion: '1.1',
    walDirectory,
    walRecoveryMode: 'point-in-time',
    recycleLogFileNumber: 0,
    manualWalFlush: true,
    allowTwoPhaseCommit: false,
    twoWriteQueues: false,
    unorderedWrite: false,
    atomicFlush: false,
    trackAndVerifyWalsInManifest: true,
  })
  expect(values.get('max_open_files')?.text).toBe('-1')
  expect(families.map(({ values, table, ...family }) => family)).toEqual(
    ['default', 'column_family_name_000001'].map((name) => ({
      name,
      comparator: 'leveldb.BytewiseComparator',
      mergeOperator: 'PutOperator',
      prefixExtractor: 'rocksdb.FixedPrefix.4',
      compression: 'kZSTD',
      compactionStyle: 'kCompactionStyleUniversal',
      ttlS: 2_592_000,
      enableBlobFiles: true,
      enableBlobDirectWrite: false,
    })),
  )
})
