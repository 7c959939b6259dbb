// Goal: the walk sees what RocksDB's own reader sees. Method: db_bench and ldb write databases here, and every line of
// `ldb dump_wal` is compared with the commit that the walk tells for it.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openLocalFile } from '#base/local-file.ts'
import type { Commit } from '../../../../src-main/rocksdb/commits/commit.ts'
import { BLOCK_BYTES, HEADER_BYTES } from '../../../../src-main/rocksdb/log/record-type.ts'
import {
  runDbBench,
  runLdb,
  skipWithoutDbBench,
  skipWithoutRocksdbTools,
  writeDatabase,
} from '../../../support/rocksdb-tools.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { commitsOf } from './walk.ts'

/** `sequence,count,bytes,offset family:kind...`, the operations sorted and counted */
function dumpedLine(dumped: string): string {
  const [, facts = '', offsetBytes = '', operations = ''] = /^(\d+,\d+,\d+),(\d+),(.*)$/.exec(dumped) ?? []
  const counts = new Map<string, number>()
  for (const [, name, family] of operations.matchAll(/(\w+)\((\d+)\) : /g)) {
    const kind = `${family}:${name === 'SINGLE_DELETE' ? 'DELETE' : name}`
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return [
    `${facts},${behindTrailer(Number(offsetBytes))}`,
    ...[...counts].map(([kind, count]) => `${count}×${kind}`).sort(),
  ].join(' ')
}

/** dump_wal names the filling at a block's end as the place of the record behind it. */
function behindTrailer(offsetBytes: number): number {
  const leftBytes = BLOCK_BYTES - (offsetBytes % BLOCK_BYTES)
  return leftBytes < HEADER_BYTES ? offsetBytes + leftBytes : offsetBytes
}

function walkedLine(commit: Commit): string {
  const counts = commit.families.flatMap(({ columnFamilyId, puts, deletes, rangeDeletes, merges }) =>
    Object.entries({ PUT: puts, DELETE: deletes, DELETE_RANGE: rangeDeletes, MERGE: merges }).flatMap(
      ([name, count]) => (count === 0 ? [] : [`${count}×${columnFamilyId}:${name}`]),
    ),
  )
  const { firstSequence, lastSequence, sizeBytes, offsetBytes } = commit
  return [`${firstSequence},${lastSequence - firstSequence + 1},${sizeBytes},${offsetBytes}`, ...counts.sort()].join(
    ' ',
  )
}

async function compareLogs(database: string): Promise<number> {
  let recordCount = 0
  const names = readdirSync(database).filter((name) => name.endsWith('.log'))
  for (const name of names.sort()) {
    const path = join(database, name)
    const dumped = (await runLdb(['dump_wal', `--walfile=${path}`])).split('\n').filter((text) => text !== '')
    const source = openLocalFile(path, name)
    const { commits } = commitsOf([source], { firstLogNumber: Number.parseInt(name, 10) })
    source.close()
    expect(commits.map(walkedLine)).toEqual(dumped.map(dumpedLine))
    recordCount += dumped.length
  }
  return recordCount
}

const ONE_LOG = ['--num=1500', '--value_size=60', '--write_buffer_size=100000000']
const shapes: readonly (readonly [string, ...string[]])[] = [
  ['puts and deletes', '--benchmarks=fillrandom,deleterandom'],
  ['batches over several column families', '--benchmarks=fillrandom', '--batch_size=7', '--num_column_families=3'],
  ['writers merged by group commit', '--benchmarks=fillrandom,overwrite', '--threads=4'],
  ['merges', '--benchmarks=mergerandom', '--merge_operator=put', '--merge_keys=100'],
  ['range deletes', '--benchmarks=fillrandom', '--writes_per_range_tombstone=20', '--max_num_range_tombstones=40'],
  ['compressed records', '--benchmarks=fillrandom', '--wal_compression=zstd', '--batch_size=30'],
  ['large fragmented records', '--benchmarks=fillrandom', '--num=40', '--value_size=50000'],
  [
    'several logs',
    '--benchmarks=fillrandom',
    '--num=8000',
    '--write_buffer_size=300000',
    '--max_write_buffer_number=9',
  ],
]

describe('the walk and dump_wal agree on', () => {
  test.for(shapes)('%s', { timeout: 60_000 }, async ([, ...options], context) => {
    skipWithoutDbBench(context)
    const database = join(tempDir(), 'database')
    await runDbBench(database, [...ONE_LOG, ...options])
    expect(await compareLogs(database)).toBeGreaterThan(0)
  })

  test('the last log that ldb leaves', async (context) => {
    skipWithoutRocksdbTools(context)
    const database = join(tempDir(), 'database')
    await writeDatabase(database, [
      { kind: 'put', entries: [['first', 'v']] },
      { kind: 'createFamily', name: 'nodes' },
      { kind: 'put', entries: Array.from({ length: 30 }, (_, index) => [`k${index}`, 'v'.repeat(index)]) },
    ])
    expect(await compareLogs(database)).toBe(1)
  })
})
