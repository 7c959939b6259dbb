// Goal: our walk of a write-ahead log finds the records that RocksDB finds, at the same places, with the same operations.
// Method: db_bench writes logs of many kinds; every log of the database as `ldb dump_wal` prints it is compared line for
// line with what walkLog and decodeWriteBatch give.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { RECYCLABLE_HEADER_BYTES } from '../../src-main/rocksdb/log/record-type.ts'
import { runDbBench, skipWithoutDbBench, startDbBench } from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'
import { expectAsDumpWal } from './reader/dump-wal.ts'
import { SINGLE_DELETIONS, SMALL } from './reader/rows.ts'

/** All in one log, unless the options say otherwise. */
const ONE_LOG = ['--num=1500', '--write_buffer_size=100000000']

const shapes: readonly (readonly [title: string, found: string, ...options: string[]])[] = [
  ['puts and deletions', 'DELETE(0)', '--benchmarks=fillrandom,deleterandom'],
  ['single deletions', 'SINGLE_DELETE(0)', ...SINGLE_DELETIONS],
  ['merges', 'MERGE(0)', '--benchmarks=fillrandom,mergerandom', '--merge_operator=stringappend'],
  [
    'range deletions',
    'DELETE_RANGE(0)',
    '--benchmarks=fillrandom',
    '--writes_per_range_tombstone=50',
    '--max_num_range_tombstones=20',
  ],
  ['several column families', 'PUT(2)', '--benchmarks=fillrandom,overwrite', '--num_column_families=3'],
  ['batches of many', ',100,', '--benchmarks=fillrandom,overwrite', '--batch_size=100', '--num_column_families=2'],
  ['batches larger than a block', ',900,', '--benchmarks=fillrandom', '--batch_size=900', '--value_size=300'],
  ['values larger than several blocks', 'PUT(0)', '--benchmarks=fillrandom', '--num=20', '--value_size=150000'],
  ['empty values', 'PUT(0)', '--benchmarks=fillrandom', '--value_size=0'],
  ['a compressed log', 'PUT(0)', '--benchmarks=fillrandom,overwrite', '--wal_compression=zstd'],
  [
    'large records in a compressed log',
    ',50,',
    '--benchmarks=fillrandom,overwrite',
    '--wal_compression=zstd',
    '--batch_size=50',
    '--value_size=5000',
    '--num=500',
  ],
  ['transactions', 'END_PREPARE', '--benchmarks=randomtransaction', '--transaction_db=1'],
  ['several logs', 'PUT(0)', '--benchmarks=fillrandom,overwrite', '--write_buffer_size=100000', '--wal_ttl_seconds=9'],
  ['timestamps in keys', 'DELETE(0)', '--benchmarks=fillrandom,deleterandom', '--user_timestamp_size=8'],
]

test.for(shapes)('the records of a log are those of ldb, with %s', async ([, found, ...options], context) => {
  skipWithoutDbBench(context)
  const path = join(tempDir(), 'database')
  await runDbBench(path, [...SMALL, ...ONE_LOG, ...options])
  const { lines } = await expectAsDumpWal(path)
  expect(lines.filter((line) => line.includes(found))).not.toEqual([])
})

test('the records of a log are those of ldb wherever the log was cut off', async (context) => {
  skipWithoutDbBench(context)
  const path = join(tempDir(), 'database')
  const options = ['--num=60', '--batch_size=6', '--value_size=1000', '--write_buffer_size=100000000']
  await runDbBench(path, [...SMALL, ...options, '--benchmarks=fillrandom'])
  const [name = ''] = readdirSync(path).filter((candidate) => candidate.endsWith('.log'))
  const bytes = readFileSync(join(path, name))
  // record ends, block ends and bytes around them, headers in pieces, and the middle of payloads
  for (const sizeBytes of [0, 3, 7, 8, 6300, 6301, 32_000, 32_767, 32_768, 32_770, 32_780, bytes.length - 1]) {
    writeFileSync(join(path, name), bytes.subarray(0, sizeBytes))
    const { ends } = await expectAsDumpWal(path)
    expect(['clean', 'torn']).toContain(ends[0])
  }
})

test('what a recycled log still holds of its former life is left out as ldb leaves it out', async (context) => {
  skipWithoutDbBench(context)
  const folder = tempDir()
  const path = join(folder, 'database')
  const optionsPath = join(folder, 'options.ini')
  writeFileSync(optionsPath, recycling)
  const writer = startDbBench(path, [
    `--options_file=${optionsPath}`,
    '--seed=42',
    '--num=1000000',
    '--benchmark_write_rate_limit=400000',
    // of different sizes, so that new records end within old ones
    '--value_size_distribution_type=uniform',
    '--value_size_min=20',
    '--value_size_max=300',
    '--benchmarks=fillrandom',
  ])
  const exited = new Promise((resolve) => writer.once('exit', resolve))
  try {
    await vi.waitFor(() => expect(readFileSync(join(path, 'LOG'), 'utf8')).toContain('reusing log'), 20_000)
  } finally {
    writer.kill('SIGKILL')
    await exited
  }
  const { lines, ends } = await expectAsDumpWal(path, RECYCLABLE_HEADER_BYTES)
  expect(lines.length).toBeGreaterThan(0)
  expect(ends).toContain('recycled')
})

const recycling = `[Version]
  rocksdb_version=7.8.3
  options_file_version=1.1
[DBOptions]
  recycle_log_file_num=2
  wal_recovery_mode=kSkipAnyCorruptedRecords
[CFOptions "default"]
  write_buffer_size=60000
[TableOptions/BlockBasedTable "default"]
`
