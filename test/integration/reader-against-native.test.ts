// Goal: databases of RocksDB 10 are read as RocksDB 10 reads them. Method: the library in the package rocksdb-native makes
// databases here; its own iterator and our scan are compared row for row, and our reading of its MANIFEST with what the
// library says about its files. The library cannot compress, so nothing here is compressed.
import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatFileNumber } from '../../src-main/rocksdb/database-file-name.ts'
import type { ColumnFamily } from '../../src-main/rocksdb/manifest/manifest-state.ts'
import {
  type NativeDatabase,
  type NativeFamily,
  type NativeFamilyOptions,
  openNativeDatabase,
  rowsOfNative,
  skipWithoutRocksdbNative,
} from '../support/rocksdb-native.ts'
import { skipWithoutRocksdbTools } from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'
import { expectAsDumpWal } from './reader/dump-wal.ts'
import { expectAsManifestDump } from './reader/manifest-dump.ts'
import { allRows, copyOf, viewOf } from './reader/rows.ts'

const keyOf = (index: number) => Buffer.from(`key${String(index).padStart(6, '0')}`)

/** Different in every generation, and longer than a block for some keys. */
function contentOf(index: number, generation: number): Buffer {
  return Buffer.from(`value ${index} of ${generation};`.repeat(index % 97 === 0 ? 900 : 1 + (index % 20)))
}

async function putRange(family: NativeFamily, first: number, last: number, generation: number): Promise<void> {
  const batch = family.write()
  for (let index = first; index < last; index += 1) batch.tryPut(keyOf(index), contentOf(index, generation))
  await batch.flush()
  batch.destroy()
}

async function deleteEach(family: NativeFamily, first: number, last: number, step: number): Promise<void> {
  const batch = family.write()
  for (let index = first; index < last; index += step) batch.tryDelete(keyOf(index))
  await batch.flush()
  batch.destroy()
}

/** Tables in several levels with deletions of both kinds among them, and more in the log. */
async function fill(family: NativeFamily): Promise<void> {
  await putRange(family, 0, 2000, 1)
  await family.flush()
  await deleteEach(family, 0, 2000, 7)
  await family.deleteRange(keyOf(300), keyOf(500))
  await family.compact()
  await putRange(family, 400, 1200, 2)
  await family.deleteRange(keyOf(700), keyOf(800))
  await family.flush()
  await putRange(family, 750, 760, 3)
  await deleteEach(family, 1000, 1500, 3)
  await family.deleteRange(keyOf(1700), keyOf(1900))
  await family.put(Buffer.of(0, 255, 10), Buffer.of(0))
  await family.put(Buffer.from('empty value'), Buffer.alloc(0))
}

/** Of every family by name. */
async function nativeRows(database: NativeDatabase, names: readonly string[]) {
  const rows = new Map<string, string>()
  for (const name of names) rows.set(name, (await rowsOfNative(database.family(name))).join('\n'))
  return rows
}

function shownRows(path: string, limit = 1000): Map<string, string> {
  const view = viewOf(path)
  expect(view.damages).toEqual([])
  const rows = new Map(view.columnFamilies.map(({ id, name }) => [name, allRows(view, id, limit).join('\n')]))
  view.close()
  return rows
}

function rocksdbVersionOf(path: string): string {
  const options = readdirSync(path).find((name) => name.startsWith('OPTIONS-')) ?? ''
  return /rocksdb_version=(.*)/.exec(readFileSync(join(path, options), 'utf8'))?.[1] ?? ''
}

const shapes: readonly (readonly [title: string, family: NativeFamilyOptions])[] = [
  ...[2, 3, 4, 5, 6, 7].map((version) => [`format version ${version}`, { tableFormatVersion: version }] as const),
  ['tiny blocks', { tableFormatVersion: 7, tableBlockSize: 64 }],
  ['many small tables', { writeBufferSize: 70_000 }],
]

test.for(shapes)(
  'the rows of a database of RocksDB 10 are those of its iterator, with %s',
  async ([, options], context) => {
    skipWithoutRocksdbNative(context)
    const path = join(tempDir(), 'database')
    const database = await openNativeDatabase(path, { defaultFamily: options, families: { edges: options } })
    await fill(database.family('default'))
    await fill(database.family('edges'))
    await deleteEach(database.family('edges'), 0, 2000, 2)
    const expected = await nativeRows(database, ['default', 'edges'])
    await database.close()
    expect(rocksdbVersionOf(path)).toMatch(/^1\d\./)
    expect(expected.get('edges')?.split('\n').length).toBeGreaterThan(500)
    for (const limit of [13, 1000]) expect(shownRows(path, limit)).toEqual(expected)
  },
)

test('a copy taken while RocksDB 10 has the database open shows what was written so far', async (context) => {
  skipWithoutRocksdbNative(context)
  const path = join(tempDir(), 'database')
  const database = await openNativeDatabase(path, { families: { edges: {} } })
  for (const name of ['default', 'edges']) await fill(database.family(name))
  const expected = await nativeRows(database, ['default', 'edges'])
  const copy = copyOf(path)
  await putRange(database.family('default'), 0, 100, 9)
  expect(shownRows(copy)).toEqual(expected)
})

test('a database of RocksDB 10 that was opened and written again several times is read whole', async (context) => {
  skipWithoutRocksdbNative(context)
  const path = join(tempDir(), 'database')
  const families = { edges: { writeBufferSize: 70_000 } }
  for (let generation = 1; generation <= 4; generation += 1) {
    const database = await openNativeDatabase(path, { families })
    await putRange(database.family('default'), generation * 100, generation * 100 + 200, generation)
    await putRange(database.family('edges'), 0, 900, generation)
    await database.family('edges').deleteRange(keyOf(generation * 10), keyOf(generation * 10 + 5))
    const expected = await nativeRows(database, ['default', 'edges'])
    await database.close()
    expect(shownRows(path)).toEqual(expected)
  }
})

test('a log of RocksDB 10 that was cut off shows the batches before the cut', async (context) => {
  skipWithoutRocksdbNative(context)
  const path = join(tempDir(), 'database')
  const database = await openNativeDatabase(path)
  await putRange(database.family('default'), 0, 50, 1)
  const expected = await nativeRows(database, ['default'])
  await putRange(database.family('default'), 0, 50, 2)
  await database.close()
  const [log = ''] = readdirSync(path).filter((name) => name.endsWith('.log'))
  truncateSync(join(path, log), statSync(join(path, log)).size - 1)
  expect(shownRows(path)).toEqual(expected)
  // and RocksDB itself agrees
  const again = await openNativeDatabase(path)
  expect(await nativeRows(again, ['default'])).toEqual(expected)
})

test('the live files of a database of RocksDB 10 are those it counts', async (context) => {
  skipWithoutRocksdbNative(context)
  const path = join(tempDir(), 'database')
  const blobs = { enableBlobFiles: true, minBlobSize: 100, blobFileSize: 20_000 }
  const database = await openNativeDatabase(path, { defaultFamily: { writeBufferSize: 70_000 }, families: { blobs } })
  for (const name of ['default', 'blobs']) await fill(database.family(name))
  const counted = new Map<string, Record<string, number>>()
  for (const name of ['default', 'blobs']) counted.set(name, await countedFiles(database.family(name)))
  await database.close()
  expect(counted.get('blobs')?.blobFiles).toBeGreaterThan(1)
  const view = viewOf(path)
  expect(new Map(view.columnFamilies.map((family) => [family.name, ourCounts(family)]))).toEqual(counted)
  const files = view.columnFamilies.flatMap((family) => [
    ...family.files.map(({ fileNumber, sizeBytes }) => [`${formatFileNumber(fileNumber)}.sst`, sizeBytes] as const),
    ...family.blobFiles.map(
      ({ fileNumber, sizeBytes }) => [`${formatFileNumber(fileNumber)}.blob`, sizeBytes] as const,
    ),
  ])
  for (const [name, sizeBytes] of files) expect([name, statSync(join(path, name)).size]).toEqual([name, sizeBytes])
  view.close()
})

const LEVELS = [0, 1, 2, 3, 4, 5, 6]

async function countedFiles(family: NativeFamily): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const level of LEVELS) {
    counts[`level ${level}`] = Number(await family.getProperty(`rocksdb.num-files-at-level${level}`))
  }
  counts.tableBytes = Number(await family.getProperty('rocksdb.live-sst-files-size'))
  counts.blobFiles = Number(await family.getProperty('rocksdb.num-blob-files'))
  counts.blobBytes = Number(await family.getProperty('rocksdb.live-blob-file-size'))
  counts.garbageBytes = Number(await family.getProperty('rocksdb.live-blob-file-garbage-size'))
  return counts
}

function ourCounts(family: ColumnFamily): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const level of LEVELS) counts[`level ${level}`] = family.files.filter((file) => file.level === level).length
  counts.tableBytes = sum(family.files.map(({ sizeBytes }) => sizeBytes))
  counts.blobFiles = family.blobFiles.length
  counts.blobBytes = sum(family.blobFiles.map(({ sizeBytes }) => sizeBytes))
  counts.garbageBytes = sum(family.blobFiles.map(({ garbageBytes }) => garbageBytes))
  return counts
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

test('the log and the MANIFEST of RocksDB 10 say what ldb says they say', async (context) => {
  skipWithoutRocksdbNative(context)
  skipWithoutRocksdbTools(context)
  const path = join(tempDir(), 'database')
  const blobs = { enableBlobFiles: true, minBlobSize: 100, blobFileSize: 20_000 }
  const database = await openNativeDatabase(path, { families: { blobs, small: { writeBufferSize: 70_000 } } })
  for (const name of ['default', 'blobs', 'small']) await fill(database.family(name))
  await database.close()
  const { lines } = await expectAsDumpWal(path)
  expect(lines.filter((line) => line.includes('DELETE_RANGE(2)'))).not.toEqual([])
  const { columnFamilies } = (await expectAsManifestDump(path)).manifest
  expect(columnFamilies.map(({ name }) => name)).toEqual(['default', 'blobs', 'small'])
})

test('values in blob files of RocksDB 10 are those of its iterator', async (context) => {
  skipWithoutRocksdbNative(context)
  const path = join(tempDir(), 'database')
  const blobs = { enableBlobFiles: true, minBlobSize: 100, blobFileSize: 20_000, blobGarbageCollectionAgeCutOff: 0.9 }
  const database = await openNativeDatabase(path, { families: { blobs } })
  await fill(database.family('blobs'))
  const expected = await nativeRows(database, ['default', 'blobs'])
  await database.close()
  expect(shownRows(path)).toEqual(expected)
})
