// Goal: values that are not plainly stored are still those of RocksDB's own reader: merge operands, ingested tables,
// timestamps in keys, blobs; and what is not readable says so. Method: as in reader-against-ldb.test.ts; where `ldb scan`
// refuses (timestamps), the rows follow from the internal keys that `ldb idump` prints.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ScanPage } from '../../src-main/rocksdb/view/requests.ts'
import type { View } from '../../src-main/rocksdb/view/view.ts'
import { type LdbStep, runDbBench, runLdb, skipWithoutDbBench, writeDatabase } from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'
import { allRows, copyOf, expectAsLdb, type Line, SINGLE_DELETIONS, SMALL, upperHex, viewOf } from './reader/rows.ts'

const DELETIONS = ['0', '7', '20']
const TIMESTAMP_HEX_DIGITS = 16

describe('merge operands', () => {
  const options = [...SMALL, '--merge_operator=stringappend', '--merge_keys=2000']

  test('above and without a base, over several levels and in the log, give the values that ldb appends', async (context) => {
    skipWithoutDbBench(context)
    const path = join(tempDir(), 'database')
    await runDbBench(path, [...options, '--num=3000', '--benchmarks=fillrandom,mergerandom'])
    await expectMergeRows(path)
    await expectAsLdb(path)
  })

  test('that range deletions and deletions cut off are not among them', async (context) => {
    skipWithoutDbBench(context)
    const path = join(tempDir(), 'database')
    await runDbBench(path, [...options, '--num=3000', '--benchmarks=fillrandom,mergerandom'])
    const [begin, end] = [keyOf(500), keyOf(900)]
    await writeDatabase(path, [{ kind: 'deleteRange', begin, end }])
    const again = ['--use_existing_db=1', '--benchmarks=mergerandom,deleterandom,mergerandom']
    await runDbBench(path, [...options, '--num=1000', '--seed=43', ...again])
    await expectMergeRows(path)
    await expectAsLdb(path)
  })
})

function keyOf(index: number): Uint8Array {
  const key = Buffer.alloc(16, '0')
  key.writeBigUInt64BE(BigInt(index), 0)
  return key
}

/** Otherwise everything was already merged by compactions. */
async function expectMergeRows(path: string): Promise<void> {
  const view = viewOf(path)
  const kinds = new Set(wholePage(view).rows.map(({ content }) => content.kind))
  expect(kinds).toContain('merge')
  view.close()
}

const wholePage = (view: View): ScanPage =>
  view.scan({ columnFamilyId: 0, after: null, from: null, limit: 10_000, maxValueBytes: 1 << 20 })

// a flush drops a single deletion together with its put: when they were the newest, the MANIFEST states a smaller last
// sequence than the next log starts with
test('a log behind a flush that dropped its newest operations has nothing missing before it', async (context) => {
  skipWithoutDbBench(context)
  // whether the flush starts between the two is left to chance: load-wal.test.ts has the certain case
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const path = join(tempDir(), 'database')
    await runDbBench(path, [...SMALL, ...SINGLE_DELETIONS, '--num=3000', '--numdistinct=300'])
    const view = viewOf(path)
    expect(view.damages).toEqual([])
    view.close()
  }
})

test.for([['the MANIFEST'], ['the table itself', '--write_global_seqno']])(
  'keys of an ingested table are as new as ldb says when %s states its sequence',
  async ([, ...flags], context) => {
    skipWithoutDbBench(context)
    const folder = tempDir()
    const path = join(folder, 'database')
    const entries = (first: number, value: string): LdbStep => {
      const keys = Array.from({ length: 400 }, (_, index) => keyOf(first + index))
      return { kind: 'load', entries: keys.map((key) => [key, value] as const) }
    }
    await writeDatabase(path, [entries(0, 'old'), { kind: 'compact' }, entries(300, 'newer')])
    const tablePath = join(folder, 'external.sst')
    const lines = Array.from(
      { length: 400 },
      (_, index) => `0x${upperHex(keyOf(index + 200))} ==> 0x${upperHex(Buffer.from(`ingested ${index}`))}`,
    )
    await runLdb([`--db=${path}`, '--hex', 'write_extern_sst', tablePath], `${lines.join('\n')}\n`)
    await runLdb([`--db=${path}`, 'ingest_extern_sst', tablePath, ...flags])
    await writeDatabase(path, [entries(100, 'newest'), { kind: 'delete', key: keyOf(450) }])
    expect(await expectAsLdb(path)).toBe(699)
  },
)

test.for([
  ['in a log', '--write_buffer_size=100000000'],
  ['in tables of several levels', '--num_column_families=1'],
])('of the versions that differ in their timestamp %s the newest is the row', async ([, option], context) => {
  skipWithoutDbBench(context)
  const path = join(tempDir(), 'database')
  const options = [...SMALL, '--num=3000', '--user_timestamp_size=8', '--benchmarks=fillrandom,overwrite,deleterandom']
  await runDbBench(path, [...options, option ?? ''])
  const expected = newestVersions(await runLdb([`--db=${copyOf(path)}`, 'idump', '--hex']))
  expect(expected.length).toBeGreaterThan(500)
  const view = viewOf(path)
  for (const limit of [13, 1000]) expect(allRows(view, 0, limit).join('\n')).toBe(expected.join('\n'))
  view.close()
})

/** `ldb idump` prints every version in key order, newer timestamps and sequences first. */
function newestVersions(dump: string): Line[] {
  const lines: Line[] = []
  let previous = ''
  for (const [, key = '', type = '', value = ''] of dump.matchAll(
    /^'([0-9A-F]+)' seq:\d+, type:(\d+) => ([0-9A-F]*)$/gm,
  )) {
    const withoutTimestamp = key.slice(0, -TIMESTAMP_HEX_DIGITS)
    if (withoutTimestamp !== previous && !DELETIONS.includes(type)) lines.push([key, value])
    previous = withoutTimestamp
  }
  return lines
}

const blobOptions = ['--enable_blob_files=1', '--blob_file_size=100000', '--num=3000']

test.for([
  ['of one size', '--min_blob_size=0'],
  [
    'beside values that stay in tables',
    '--min_blob_size=60',
    '--value_size_distribution_type=uniform',
    '--value_size_min=20',
    '--value_size_max=300',
  ],
  ['of several column families', '--num_column_families=3'],
  [
    'that were moved by a garbage collection',
    '--enable_blob_garbage_collection=1',
    '--blob_garbage_collection_age_cutoff=0.9',
  ],
  ...['snappy', 'zlib', 'bzip2', 'lz4', 'lz4hc', 'zstd'].map(
    (name) => [`in ${name}`, `--blob_compression_type=${name}`, '--value_size=500', '--num=2000'] as const,
  ),
])('values in blob files %s are those of ldb', async ([, ...options], context) => {
  skipWithoutDbBench(context)
  const path = join(tempDir(), 'database')
  await runDbBench(path, [...SMALL, ...blobOptions, '--benchmarks=fillrandom,overwrite,deleterandom', ...options])
  const view = viewOf(path)
  expect(view.columnFamilies.every(({ blobFiles }) => blobFiles.length > 0)).toBe(true)
  view.close()
  expect(await expectAsLdb(path)).toBeGreaterThan(500)
})

test.for([
  ['a format version that no RocksDB wrote since 2014', '--format_version=1'],
  ['the oldest format', '--format_version=0', '--checksum_type=1'],
  ['a plain table', '--use_plain_table=1', '--mmap_read=1', '--prefix_size=8'],
])('%s is named as what cannot be read and no row is invented', async ([, ...options], context) => {
  skipWithoutDbBench(context)
  const path = join(tempDir(), 'database')
  await runDbBench(path, [...SMALL, ...options, '--disable_wal=1', '--benchmarks=fillrandom,flush'])
  const view = viewOf(path)
  const { rows, next, damages } = wholePage(view)
  const files = view.columnFamilies.flatMap((family) => family.files.map(({ fileNumber }) => fileNumber))
  const damaged = damages.map(({ damage }) => Number.parseInt(damage.file, 10))
  expect({ rows, next, damaged: damaged.sort() }).toEqual({ rows: [], next: null, damaged: files.sort() })
  view.close()
})
