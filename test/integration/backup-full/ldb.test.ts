// Goal: what is written is a directory of RocksDB's own BackupEngine, in both directions. Method: databases made by ldb and
// db_bench, backed up here, restored by ldb, read by both; then backups by ldb and here in turn into one directory.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type LdbStep,
  restoreWithLdb,
  runDbBench,
  runLdb,
  scanWithLdb,
  skipWithoutDbBench,
  skipWithoutRocksdbTools,
  writeDatabase,
} from '../../support/rocksdb-tools.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { copyOf, SMALL } from '../reader/rows.ts'
import {
  applicationMetadata,
  filesBelow,
  filesNamed,
  metaOf,
  newRepository,
  openFileCount,
  privateFile,
  restored,
  rowsOf,
  take,
  untouchedState,
  verified,
} from './support.ts'

function entries(count: number, sizeBytes: number, first = 0): [string, Buffer][] {
  return Array.from({ length: count }, (_, index) => [
    `key${String(first + index).padStart(6, '0')}`,
    Buffer.alloc(sizeBytes, `${first + index} `),
  ])
}

const load = (count: number, sizeBytes: number, first = 0) => ({
  kind: 'load' as const,
  entries: entries(count, sizeBytes, first),
})

const databases: [what: string, steps: LdbStep[], ldbOptions: string[]][] = [
  ['one log and no table', [load(20, 30)], []],
  ['tables and a log', [load(500, 100), load(300, 100, 400), { kind: 'delete', key: 'key000003' }], []],
  ['a record of several blocks', [load(10, 100), { kind: 'put', entries: entries(3, 40_000) }], []],
  ['two families', [load(50, 60), { kind: 'createFamily', name: 'edges' }, { ...load(70, 60), family: 'edges' }], []],
  ['blob files', [load(300, 500), load(100, 500, 250)], ['--enable_blob_files', '--min_blob_size=100']],
  ['many tables', [load(2000, 200)], ['--write_buffer_size=60000', '--file_size=50000']],
]

test.for(databases)(
  'a backup of a database with %s is restored by ldb as it was',
  async ([, steps, ldbOptions], context) => {
    skipWithoutRocksdbTools(context)
    const database = join(tempDir(), 'database')
    await writeDatabase(database, steps, { ldbOptions })
    const before = untouchedState(database)
    const descriptors = openFileCount()
    const repository = newRepository()

    const written = take(database, repository, 1)

    expect(openFileCount()).toBe(descriptors)
    expect(untouchedState(database)).toEqual(before)
    expect(filesBelow(repository)).toEqual(filesNamed(repository))
    expect(await verified(repository)).toEqual({ backupIds: [1], problems: [] })
    const rows = rowsOf(database)
    expect(rowsOf(restored(repository, 1))).toEqual(rows)
    const target = join(tempDir(), 'target')
    await restoreWithLdb(repository, target)
    for (const [family, expected] of Object.entries(rows)) expect(await scanWithLdb(target, family)).toEqual(expected)
    const meta = metaOf(repository, 1)
    expect(meta).toMatchObject({ schemaVersion: '2.0', sequence: written.lastSequence })
    expect(meta.files.every(({ crc32c, sizeFrom }) => crc32c !== null && sizeFrom === 'field')).toBe(true)
    const { firstSequence, lastSequence, createdAtUs } = written
    expect(applicationMetadata(repository, 1)).toEqual({
      lifeboat: 1,
      timeline: '1',
      firstSequence,
      lastSequence,
      createdAtUs,
      lastCommitAtUs: null,
      label: null,
    })
    expect(privateFile(repository, 1, 'CURRENT').toString()).toMatch(/^MANIFEST-[0-9]{6}\n$/)
  },
)

test('the sequences of a backup are those of its tables and logs', async (context) => {
  skipWithoutRocksdbTools(context)
  const database = join(tempDir(), 'database')
  await writeDatabase(database, [load(100, 20), load(30, 20)])
  const written = take(database, newRepository(), 1)
  expect(written).toMatchObject({ firstSequence: 101, lastSequence: 130, sharedFileCount: 0, warnings: [] })
})

test('ldb takes the next id and shares our files; we share its files, and our own', async (context) => {
  skipWithoutRocksdbTools(context)
  const database = join(tempDir(), 'database')
  await writeDatabase(database, [load(400, 100), { kind: 'compact' }])
  const repository = newRepository()
  take(database, repository, 1)
  const ours = readdirSync(join(repository, 'shared_checksum'))
  expect(ours.length).toBeGreaterThan(0)

  await writeDatabase(database, [load(50, 100, 5000)])
  await runLdb([`--db=${database}`, 'backup', `--backup_dir=${repository}`])
  expect(readdirSync(join(repository, 'meta')).sort()).toEqual(['1', '2'])
  expect(readdirSync(join(repository, 'shared_checksum'))).toEqual(expect.arrayContaining(ours))
  const pathsOf = (id: number) => metaOf(repository, id).files.map(({ path }) => path)
  expect(pathsOf(2)).toEqual(expect.arrayContaining(ours.map((name) => `shared_checksum/${name}`)))

  const theirs = pathsOf(2).filter((path) => path.startsWith('shared_checksum/'))
  const third = take(database, repository, 3)
  expect(third).toMatchObject({ sharedFileCount: theirs.length })
  expect(pathsOf(3)).toEqual(expect.arrayContaining(theirs))
  expect(await verified(repository)).toEqual({ backupIds: [1, 2, 3], problems: [] })
  const target = join(tempDir(), 'target')
  await restoreWithLdb(repository, target)
  expect(await scanWithLdb(target)).toEqual(await scanWithLdb(copyOf(database)))
})

test('blob files, whose names hold their checksums, are shared between our backups and those of ldb', async (context) => {
  skipWithoutRocksdbTools(context)
  const database = join(tempDir(), 'database')
  const ldbOptions = ['--enable_blob_files', '--min_blob_size=100']
  await writeDatabase(database, [load(300, 500), { kind: 'compact' }], { ldbOptions })
  const repository = newRepository()
  await runLdb([`--db=${database}`, 'backup', `--backup_dir=${repository}`])
  const stored = readdirSync(join(repository, 'shared_checksum')).sort()
  expect(stored.filter((name) => name.endsWith('.blob')).length).toBeGreaterThan(0)
  const second = take(database, repository, 2)
  expect(second.sharedFileCount).toBe(stored.length)
  expect(readdirSync(join(repository, 'shared_checksum')).sort()).toEqual(stored)
  expect(await verified(repository)).toEqual({ backupIds: [1, 2], problems: [] })
})

test('a database of db_bench with three levels and deletions comes back row by row', async (context) => {
  skipWithoutDbBench(context)
  const database = join(tempDir(), 'database')
  await runDbBench(database, ['--benchmarks=fillrandom,deleterandom', ...SMALL])
  const repository = newRepository()
  const written = take(database, repository, 7, { rateLimitBytesPerSecond: 1 << 30 })
  expect(written.fileCount).toBeGreaterThan(6)
  const target = join(tempDir(), 'target')
  await restoreWithLdb(repository, target)
  expect((await scanWithLdb(target)).join('\n')).toBe((rowsOf(database).default ?? []).join('\n'))
  expect(await runLdb([`--db=${target}`, 'checkconsistency'])).toContain('OK')
  expect(existsSync(join(database, 'LOCK'))).toBe(true)
})
