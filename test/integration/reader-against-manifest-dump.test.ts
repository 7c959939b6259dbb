// Goal: what a MANIFEST says is what RocksDB reads from it. Method: db_bench and ldb make databases of many kinds; every
// edit and the final state as `ldb manifest_dump --verbose` prints them are compared with walkEdits and readManifest.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type LdbStep,
  runDbBench,
  runLdb,
  skipWithoutDbBench,
  skipWithoutRocksdbTools,
  writeDatabase,
} from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'
import { expectAsManifestDump } from './reader/manifest-dump.ts'
import { SMALL } from './reader/rows.ts'

const shapes: readonly (readonly [title: string, ...options: string[]])[] = [
  ['level compaction', '--benchmarks=fillrandom,overwrite,deleterandom'],
  ['a manual compaction', '--benchmarks=fillrandom,overwrite,compact'],
  ['universal compaction', '--benchmarks=fillrandom,overwrite', '--compaction_style=1'],
  ['several column families', '--benchmarks=fillrandom,overwrite', '--num_column_families=3'],
  ['range deletions', '--benchmarks=fillrandom', '--writes_per_range_tombstone=50', '--max_num_range_tombstones=99'],
  ['checksums of files', '--benchmarks=fillrandom', '--file_checksum=1'],
  // ldb knows no order of keys with timestamps, which deeper levels need
  ['timestamps in keys', '--benchmarks=fillrandom', '--user_timestamp_size=8', '--disable_auto_compactions=1'],
  ['no log', '--benchmarks=fillrandom,overwrite', '--disable_wal=1'],
  [
    'blob files and their garbage',
    '--benchmarks=fillrandom,overwrite',
    '--enable_blob_files=1',
    '--blob_file_size=100000',
    '--enable_blob_garbage_collection=1',
  ],
]

test.for(shapes)(
  'the edits and live files of a MANIFEST are those of ldb, with %s',
  async ([, ...options], context) => {
    skipWithoutDbBench(context)
    const path = join(tempDir(), 'database')
    await runDbBench(path, [...SMALL, ...options])
    const { columnFamilies } = (await expectAsManifestDump(path)).manifest
    expect(columnFamilies.flatMap(({ files }) => files).length).toBeGreaterThan(0)
  },
)

test('edits in groups and tracked logs are those of ldb', async (context) => {
  skipWithoutDbBench(context)
  const folder = tempDir()
  const path = join(folder, 'database')
  writeFileSync(join(folder, 'options.ini'), grouping)
  const options = [
    `--options_file=${join(folder, 'options.ini')}`,
    '--seed=42',
    '--num=3000',
    '--num_column_families=3',
  ]
  await runDbBench(path, [...options, '--benchmarks=fillrandom,overwrite'])
  const { edits } = await expectAsManifestDump(path)
  const said = edits.map((line) => line.split(':')[0])
  expect(said).toEqual(expect.arrayContaining(['AtomicGroup', 'WalAddition', 'WalDeletion']))
})

const grouping = `[Version]
  rocksdb_version=7.8.3
  options_file_version=1.1
[DBOptions]
  atomic_flush=true
  track_and_verify_wals_in_manifest=true
[CFOptions "default"]
  write_buffer_size=60000
[TableOptions/BlockBasedTable "default"]
`

test('families that came and went are those of ldb', async (context) => {
  skipWithoutRocksdbTools(context)
  const path = join(tempDir(), 'database')
  await writeDatabase(path, [
    { kind: 'put', entries: [['first', 'row']] },
    { kind: 'createFamily', name: 'gone' },
    { kind: 'createFamily', name: 'kept' },
    { kind: 'put', family: 'gone', entries: [['a', '1']] },
    { kind: 'put', family: 'kept', entries: [['', 'empty key']] },
    { kind: 'put', entries: [[Uint8Array.of(0, 255), '']] },
  ])
  await runLdb([`--db=${path}`, 'drop_column_family', 'gone'])
  await expectAsManifestDump(path)
  await writeDatabase(path, [{ kind: 'createFamily', name: 'gone' }])
  const { columnFamilies } = (await expectAsManifestDump(path)).manifest
  expect(columnFamilies.map(({ name }) => name)).toEqual(['default', 'kept', 'gone'])
})

test('a blob file between others that holds nothing but garbage is gone, as ldb says', async (context) => {
  skipWithoutRocksdbTools(context)
  const path = join(tempDir(), 'database')
  const entries = (prefix: string) => Array.from({ length: 20 }, (_, index) => [`${prefix}${index + 10}`, 'x'] as const)
  const load = (prefix: string): LdbStep => ({ kind: 'load', entries: entries(prefix) })
  const deletions = entries('b').map(([key]): LdbStep => ({ kind: 'delete', key }))
  await writeDatabase(path, [load('a'), load('b'), load('c'), ...deletions, { kind: 'compact' }], {
    ldbOptions: ['--enable_blob_files'],
  })
  const { columnFamilies } = (await expectAsManifestDump(path)).manifest
  expect(columnFamilies.map(({ blobFiles }) => blobFiles.length)).toEqual([2])
})
