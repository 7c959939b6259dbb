// Goal: a scan of a database directory shows exactly what RocksDB's own reader shows. Method: db_bench and ldb make
// databases here, in many shapes; `ldb scan` of a copy and our pages are compared row for row.
import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, type TestContext, test } from 'vitest'
import { openLocalFile } from '#base/local-file.ts'
import { directoryFileSet } from '../../src-main/rocksdb/view/named-file-set.ts'
import { openView, type ScanRequest, type View } from '../../src-main/rocksdb/view/view.ts'
import { rocksdbTools, runLdb, scanWithLdb, skipWithoutRocksdbTools, writeDatabase } from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'

type Line = [key: string, value: string]

/** Small files and levels: a few thousand keys fill three levels. The seed makes every run the same. */
const SMALL = [
  '--seed=42',
  '--num=6000',
  '--value_size=60',
  '--compression_type=none',
  '--write_buffer_size=100000',
  '--target_file_size_base=60000',
  '--max_bytes_for_level_base=150000',
]

function dbBench(path: string, ...options: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(rocksdbTools()?.dbBench ?? 'db_bench', [`--db=${path}`, ...options], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`db_bench ${options.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
}

function skipWithoutDbBench(context: TestContext): void {
  skipWithoutRocksdbTools(context)
  if (rocksdbTools()?.dbBench === null) context.skip("did not run: RocksDB's db_bench is not installed on this machine")
}

function viewOf(path: string): View {
  return openView(directoryFileSet(readdirSync(path), (name) => openLocalFile(join(path, name), name)))
}

const upperHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase()

function page(view: View, request: Partial<ScanRequest>): { lines: Line[]; next: Uint8Array | null } {
  const whole = { columnFamilyId: 0, after: null, from: null, limit: 1000, maxValueBytes: 1 << 20, ...request }
  const { rows, next, damages } = view.scan(whole)
  expect(damages).toEqual([])
  const lines = rows.map(({ key, content }): Line => {
    return [upperHex(key), content.kind === 'value' ? upperHex(content.value.bytes) : content.kind]
  })
  return { lines, next }
}

function allRows(view: View, columnFamilyId: number, limit: number): Line[] {
  const lines: Line[] = []
  let after: Uint8Array | null = null
  do {
    const part = page(view, { columnFamilyId, after, limit })
    lines.push(...part.lines)
    after = part.next
  } while (after !== null)
  return lines
}

/** ldb writes into a database that it opens, so it gets a copy. */
async function expectAsLdb(path: string, pageSizes: readonly number[] = [13, 1000]): Promise<void> {
  const view = viewOf(path)
  expect(view.damages).toEqual([])
  const copy = join(tempDir(), 'copy')
  cpSync(path, copy, { recursive: true })
  for (const { id, name } of view.columnFamilies) {
    const expected = await scanWithLdb(copy, name)
    for (const limit of pageSizes) {
      // compared as text: a difference among thousands of rows is shown as one line
      expect(allRows(view, id, limit).join('\n')).toBe(expected.join('\n'))
    }
  }
  view.close()
}

const levelsOf = (view: View) => [
  ...new Set(view.columnFamilies.flatMap(({ files }) => files.map(({ level }) => level))),
]

const shapes: readonly (readonly [string, ...string[]])[] = [
  ['overwrites and deletions over several levels', '--benchmarks=fillrandom,overwrite,deleterandom'],
  ['single deletions', '--benchmarks=fillrandom,deleterandom', '--use_single_deletes=1'],
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
  ['bzip2', '--benchmarks=fillrandom', '--compression_type=bzip2'],
  ['lz4hc', '--benchmarks=fillrandom', '--compression_type=lz4hc'],
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
  ...[2, 3, 4, 5].map((version) => {
    return [`format version ${version}`, '--benchmarks=fillrandom', `--format_version=${version}`] as const
  }),
  ...[1, 2, 3, 4].map((type) => {
    return [`checksum type ${type}`, '--benchmarks=fillrandom', `--checksum_type=${type}`] as const
  }),
]

describe('the rows of a database are those of ldb', () => {
  test.for(shapes)('with %s', async ([, ...options], context) => {
    skipWithoutDbBench(context)
    const path = join(tempDir(), 'database')
    dbBench(path, ...SMALL, ...options)
    await expectAsLdb(path)
  })

  test('with pages of one row, and wherever a page starts', async (context) => {
    skipWithoutDbBench(context)
    const path = join(tempDir(), 'database')
    const options = [...SMALL, '--num=2000', '--write_buffer_size=30000', '--disable_auto_compactions=1']
    dbBench(path, ...options, '--benchmarks=fillrandom,compact')
    dbBench(path, ...options, '--use_existing_db=1', '--benchmarks=overwrite,deleterandom')
    await expectAsLdb(path, [1])
    const view = viewOf(path)
    expect(levelsOf(view).length).toBeGreaterThan(1)
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
    dbBench(path, ...tables, '--benchmarks=fillrandom,compact')
    dbBench(
      path,
      ...SMALL,
      '--num=3000',
      '--max_bytes_for_level_base=1000',
      '--use_existing_db=1',
      '--benchmarks=compact',
    )
    const keyOf = (index: number) => {
      const key = Buffer.alloc(16, '0')
      key.writeBigUInt64BE(BigInt(index), 0)
      return key
    }
    await writeDatabase(path, [{ kind: 'deleteRange', begin: Uint8Array.of(0), end: Uint8Array.of(255) }])
    const again = Array.from({ length: 3000 }, (_, index) => [keyOf(index), 'again '.repeat(20)] as const)
    await writeDatabase(path, [{ kind: 'load', entries: again }], { ldbOptions: ['--disable_wal'] })
    // level 0 to level 1, where the deletion is cut; then the upper half further down, where sequences become 0
    dbBench(path, ...tables, '--max_bytes_for_level_base=60000000', '--use_existing_db=1', '--benchmarks=compact0')
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
    dbBench(
      path,
      '--seed=42',
      '--benchmarks=fillrandom',
      '--num=330000',
      '--value_size=40',
      '--compression_type=lz4',
      '--write_buffer_size=4000000',
      '--target_file_size_base=2000000',
      '--max_bytes_for_level_base=8000000',
    )
    await expectAsLdb(path, [1000])
  }, 30_000)
})
