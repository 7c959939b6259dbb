// Goal: a scan of a database directory shows exactly what RocksDB's own reader shows. Method: db_bench and ldb make
// databases here, in many shapes; `ldb scan` of a copy and our pages are compared row for row.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runDbBench, runLdb, skipWithoutDbBench, writeDatabase } from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'
import { allRows, expectAsLdb, page, SINGLE_DELETIONS, SMALL, upperHex, viewOf } from './reader/rows.ts'

const shapes: readonly (readonly [string, ...string[]])[] = [
  ['overwrites and deletions over several levels', '--benchmarks=fillrandom,overwrite,deleterandom'],
  ['single deletions', ...SINGLE_DELETIONS, '--disable_wal=1'],
  [
    'range deletions among the puts',
    '--benchmarks=fillrandom',
    '--writes_per_range_tombstone=50',
    '--range_tombstone_width=30',
    '--max_num_range_tombstones=200',
  ],
  [
    'wide range deletions',
    '--benchmarks=fillrandom',
    '--writes_per_range_tombstone=300',
    '--range_tombstone_width=900',
    '--max_num_range_tombstones=200',
  ],
  ['several column families', '--benchmarks=fillrandom,overwrite', '--num_column_families=3'],
  ['a log and no table', '--benchmarks=fillrandom,overwrite', '--write_buffer_size=100000000'],
  ['universal compaction', '--benchmarks=fillrandom,overwrite,deleterandom', '--compaction_style=1'],
  ['fifo compaction', '--benchmarks=fillrandom,overwrite', '--compaction_style=2', '--num_levels=1'],
  ['committed transactions', '--benchmarks=randomtransaction', '--transaction_db=1', '--num=1000'],
  ['batches in a compressed log', '--benchmarks=fillrandom,overwrite', '--wal_compression=zstd', '--batch_size=7'],
  ['tables and no log', '--benchmarks=fillrandom,overwrite', '--disable_wal=1'],
  ...['snappy', 'zlib', 'bzip2', 'lz4', 'lz4hc', 'zstd'].map((compression) => {
    return [
      compression,
      '--benchmarks=fillrandom',
      `--compression_type=${compression}`,
      '--value_size=200',
      '--num=3000',
    ] as const
  }),
  [
    'zstd with a dictionary',
    '--benchmarks=fillrandom,compact',
    '--compression_type=zstd',
    '--compression_max_dict_bytes=16384',
    '--compression_zstd_max_train_bytes=100000',
  ],
  [
    'a partitioned index',
    '--benchmarks=fillrandom,overwrite',
    '--partition_index=1',
    '--partition_index_and_filters=1',
    '--bloom_bits=10',
    '--metadata_block_size=256',
    '--block_size=512',
  ],
  ['a hash index', '--benchmarks=fillrandom,overwrite', '--use_hash_search=1', '--prefix_size=8'],
  ['a hash index in data blocks', '--benchmarks=fillrandom,overwrite', '--use_data_block_hash_index=1'],
  ['tiny blocks and restart intervals', '--benchmarks=fillrandom', '--block_size=100', '--block_restart_interval=1'],
  ['blocks larger than a table', '--benchmarks=fillrandom', '--block_size=1000000', '--index_block_restart_interval=9'],
  ['aligned blocks', '--benchmarks=fillrandom', '--block_align=1'],
  ['keys in the index', '--benchmarks=fillrandom,overwrite', '--index_with_first_key=1'],
  ['index keys that are not shortened', '--benchmarks=fillrandom', '--index_shortening_mode=0'],
  [
    'an index that is not compressed',
    '--benchmarks=fillrandom',
    '--enable_index_compression=0',
    '--compression_type=lz4',
  ],
  [
    'ribbon filters of prefixes',
    '--benchmarks=fillrandom',
    '--use_ribbon_filter=1',
    '--bloom_bits=9',
    '--prefix_size=4',
  ],
  ['checksums of files', '--benchmarks=fillrandom', '--file_checksum=1'],
  ['times kept for sequences', '--benchmarks=fillrandom,overwrite', '--preserve_internal_time_seconds=100'],
  ...[2, 3, 4, 5].map((version) => {
    return [`format version ${version}`, '--benchmarks=fillrandom', `--format_version=${version}`] as const
  }),
  ...[0, 1, 2, 3, 4].map((type) => {
    return [`checksum type ${type}`, '--benchmarks=fillrandom', `--checksum_type=${type}`] as const
  }),
]

describe('the rows of a database are those of ldb', () => {
  test.for(shapes)('with %s', async ([, ...options], context) => {
    skipWithoutDbBench(context)
    const path = join(tempDir(), 'database')
    await runDbBench(path, [...SMALL, ...options])
    expect(await expectAsLdb(path)).toBeGreaterThan(500)
  })

  test('with pages of one row, and wherever a page starts', async (context) => {
    skipWithoutDbBench(context)
    const path = join(tempDir(), 'database')
    const options = [...SMALL, '--num=2000', '--write_buffer_size=30000', '--disable_auto_compactions=1']
    await runDbBench(path, [...options, '--benchmarks=fillrandom,compact'])
    await runDbBench(path, [...options, '--use_existing_db=1', '--benchmarks=overwrite,deleterandom'])
    await expectAsLdb(path, [1])
    const view = viewOf(path)
    const levels = view.columnFamilies.flatMap(({ files }) => files.map(({ level }) => level))
    expect(new Set(levels).size).toBeGreaterThan(1)
    const rows = allRows(view, 0, 1000)
    // every key that db_bench may have written: rows, deleted keys and keys that never were
    for (let index = -1; index <= 2001; index += 7) {
      const from = Buffer.alloc(16, '0')
      from.writeBigUInt64BE(BigInt(Math.max(0, index)), 0)
      const start = index < 0 ? new Uint8Array(0) : from
      const expected = rows.filter(([key]) => key >= upperHex(start)).slice(0, 13)
      expect([index, page(view, { from: start, limit: 13 }).lines]).toEqual([index, expected])
      const behind = rows.filter(([key]) => key > upperHex(start)).slice(0, 13)
      expect([index, page(view, { after: start, limit: 13 }).lines]).toEqual([index, behind])
    }
    expect(page(view, { from: Buffer.alloc(17, 0xff) })).toEqual({ lines: [], next: null })
    view.close()
  })

  test('when a range deletion was cut between two tables and keys behind the cut were written again', async (context) => {
    skipWithoutDbBench(context)
    const path = join(tempDir(), 'database')
    const tables = [...SMALL, '--num=3000', '--target_file_size_base=20000', '--disable_auto_compactions=1']
    // everything to level 1, then to level 2, because level 1 is too small for it
    await runDbBench(path, [...tables, '--benchmarks=fillrandom,compact'])
    const toLevel2 = ['--num=3000', '--max_bytes_for_level_base=1000', '--use_existing_db=1', '--benchmarks=compact']
    await runDbBench(path, [...SMALL, ...toLevel2])
    const keyOf = (index: number) => {
      const key = Buffer.alloc(16, '0')
      key.writeBigUInt64BE(BigInt(index), 0)
      return key
    }
    await writeDatabase(path, [{ kind: 'deleteRange', begin: Uint8Array.of(0), end: Uint8Array.of(255) }])
    const again = Array.from({ length: 3000 }, (_, index) => [keyOf(index), 'again '.repeat(20)] as const)
    await writeDatabase(path, [{ kind: 'load', entries: again }], { ldbOptions: ['--disable_wal'] })
    // level 0 to level 1, where the deletion is cut; then the upper half further down, where sequences become 0
    const toLevel1 = ['--max_bytes_for_level_base=60000000', '--use_existing_db=1', '--benchmarks=compact0']
    await runDbBench(path, [...tables, ...toLevel1])
    await runLdb([`--db=${path}`, '--hex', 'compact', `--from=0x${upperHex(keyOf(2300))}`, '--to=0xFF'])
    const view = viewOf(path)
    const [family] = view.columnFamilies
    expect(family?.files.some((file) => file.level > 0 && file.largestKeyIsExcluded)).toBe(true)
    expect(allRows(view, 0, 1000).length).toBe(3000)
    view.close()
    await expectAsLdb(path)
  })

  test('with more than two hundred thousand keys', async (context) => {
    skipWithoutDbBench(context)
    const path = join(tempDir(), 'database')
    await runDbBench(path, [
      '--seed=42',
      '--benchmarks=fillrandom',
      '--num=330000',
      '--value_size=40',
      '--compression_type=lz4',
      '--write_buffer_size=4000000',
      '--target_file_size_base=2000000',
      '--max_bytes_for_level_base=8000000',
    ])
    await expectAsLdb(path, [1000])
  }, 30_000)
})
