// Goal: what Lifeboat shows and restores is what RocksDB's own tools show and restore. Method: directories that ldb
// makes here, and the fixtures; each backup is restored by ldb and by a core, and compared.
import { cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Core } from '../../src-main/core/create-core.ts'
import { text } from '../../src-main/hosts/cli/render.ts'
import { ended, openSource, useCore, verified } from '../support/core-under-test.ts'
import { copyFixture, filesIn, treeState } from '../support/fixtures.ts'
import {
  type LdbCompression,
  type LdbStep,
  makeBackupDirectory,
  restoreWithLdb,
  runLdb,
  scanWithLdb,
  skipWithoutRocksdbTools,
} from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'

const shared = useCore()

/** What a meta file of schema 1 or 2 says, read without our parser. */
function metaFacts(path: string, backupId: number) {
  const lines = readFileSync(join(path, 'meta', String(backupId)), 'utf8')
    .trimEnd()
    .split('\n')
  const numbers = lines.filter((line) => /^\d+$/.test(line)).map(Number)
  const files = lines.filter((line) => line.includes('/') && !line.includes('ni::excluded'))
  return {
    backupId,
    createdAtUs: (numbers[0] ?? 0) * 1_000_000,
    sequence: numbers[1],
    fileCount: numbers[2],
    logicalBytes: files.reduce((sum, line) => sum + statSync(join(path, line.split(' ')[0] ?? '')).size, 0),
  }
}

/** ldb restores the newest backup only: the newer ones are taken out of a copy. */
async function restoreOneWithLdb(path: string, backupId: number): Promise<string> {
  const copy = join(tempDir(), 'backups')
  cpSync(path, copy, { recursive: true })
  for (const name of readdirSync(join(copy, 'meta'))) if (Number(name) > backupId) rmSync(join(copy, 'meta', name))
  const restored = join(copy, '..', 'restored')
  await restoreWithLdb(copy, restored)
  return restored
}

/** "default level 1 000031.sst", as ldb lists the live tables of a database. */
async function liveFilesOf(databasePath: string): Promise<string[]> {
  const output = await runLdb([`--db=${databasePath}`, 'list_live_files_metadata', '--sort_by_filename'])
  return [...output.matchAll(/\/(\d+\.sst) : level (\d+), column family '(.*)'/g)]
    .map(([, file, level, family]) => `${family} level ${level} ${file}`)
    .sort()
}

async function shownLiveFiles(core: Core, sourceId: number, backupId: number): Promise<string[]> {
  const { files } = await core.client.files.list({ sourceId, backupId, offset: 0, limit: 1000 })
  return files
    .filter((file) => file.level !== null)
    .map((file) => `${file.columnFamilyName} level ${file.level} ${file.databaseName}`)
    .sort()
}

/** All rows of a family by following the cursor, as ldb prints them in hex. */
async function shownRows(
  core: Core,
  { sourceId, backupId, columnFamilyId }: { sourceId: number; backupId: number; columnFamilyId: number },
  limit: number,
) {
  const rows: [key: string, value: string][] = []
  let after: string | null = null
  for (;;) {
    const page = await core.client.data.page({
      state: { sourceId, backupId, upToSequence: null },
      columnFamilyId,
      after,
      from: null,
      limit,
    })
    expect(page.damages).toEqual([])
    expect(page.rows.length).toBeLessThanOrEqual(limit)
    for (const { key, value } of page.rows) rows.push([upperHex(key), upperHex(value)])
    if (page.next === null) return rows
    after = page.next
  }
}

const upperHex = (base64: string) => Buffer.from(base64, 'base64').toString('hex').toUpperCase()

async function expectAsLdb(path: string, backupIds: readonly number[], pageSizes: readonly number[]): Promise<void> {
  const { core } = shared
  const before = treeState(path)
  const { sourceId, source, backups } = await openSource(core, path)
  expect(source).toMatchObject({ state: 'ready', error: null })
  const listed = backups.map(({ backupId, createdAtUs, sequence, fileCount, logicalBytes }) => ({
    backupId,
    createdAtUs,
    sequence,
    fileCount,
    logicalBytes,
  }))
  expect(listed).toEqual(backupIds.toReversed().map((backupId) => metaFacts(path, backupId)))
  for (const backupId of backupIds) {
    const byLdb = await restoreOneWithLdb(path, backupId)
    const targetPath = join(tempDir(), 'graph')
    expect(await ended(core, core.client.restore.start({ sourceId, backupId, targetPath }))).toMatchObject({
      state: 'succeeded',
    })
    const { CURRENT: _current, ...files } = filesIn(byLdb)
    expect(filesIn(targetPath)).toMatchObject(files)
    expect(readFileSync(join(targetPath, 'CURRENT'))).toEqual(readFileSync(join(byLdb, 'CURRENT')))
    expect(Object.keys(filesIn(targetPath))).toEqual(Object.keys(filesIn(byLdb)))
    // ldb turns logs into tables when it opens a database, so the listing comes first and from a copy
    expect(await shownLiveFiles(core, sourceId, backupId)).toEqual(await liveFilesOf(byLdb))
    const { columnFamilies } = await core.client.backups.get({ sourceId, backupId })
    for (const { columnFamilyId, name } of columnFamilies) {
      const expected = await scanWithLdb(targetPath, name)
      for (const limit of pageSizes) {
        expect(await shownRows(core, { sourceId, backupId, columnFamilyId }, limit)).toEqual(expected)
      }
    }
    expect(await runLdb([`--db=${targetPath}`, 'checkconsistency'])).toContain('OK')
  }
  expect((await verified(core, { sourceId })).verification.outcome).toBe('passed')
  expect(treeState(path)).toEqual(before)
}

const numbered = (first: number, count: number, value: string): (readonly [string, string])[] =>
  Array.from({ length: count }, (_, index) => [
    `key${String(first + index).padStart(6, '0')}`,
    `${value} ${first + index} `.repeat(8),
  ])

/** Three backups that share tables: many keys over several levels, then deletions of every kind, then a compaction. */
const history: readonly (readonly LdbStep[])[] = [
  [
    { kind: 'load', entries: numbered(0, 600, 'first') },
    { kind: 'compact' },
    { kind: 'load', entries: numbered(300, 300, 'second') },
  ],
  [
    { kind: 'createFamily', name: 'edges' },
    {
      kind: 'put',
      family: 'edges',
      entries: [
        ['e1', 'one'],
        [Uint8Array.of(0, 255, 10), Uint8Array.of(0)],
        ['e3', ''],
      ],
    },
    { kind: 'delete', key: 'key000007' },
    { kind: 'deleteRange', begin: 'key000100', end: 'key000200' },
    {
      kind: 'put',
      entries: [
        ['key000150', 'back again'],
        ['', 'empty key'],
        ['umlaut ä', 'Wärme'],
      ],
    },
  ],
  [{ kind: 'compact' }, { kind: 'delete', family: 'edges', key: 'e1' }],
]

describe('a directory that ldb made here', () => {
  test.for<LdbCompression>(['no', 'snappy', 'zlib', 'lz4', 'zstd'])(
    'with compression %s',
    async (compression, context) => {
      skipWithoutRocksdbTools(context)
      const { backupPath, ids } = await makeBackupDirectory({
        folder: tempDir(),
        backups: history,
        compression,
        ldbOptions: ['--file_size=20000'],
      })
      // the page sizes matter to the cursor, not to the compression
      await expectAsLdb(backupPath, ids, compression === 'snappy' ? [1, 7, 250] : [61])
      const { sourceId } = await openSource(shared.core, backupPath)
      const shape = await Promise.all(ids.map((backupId) => shownLiveFiles(shared.core, sourceId, backupId)))
      // tables in more than one level, and tables that two backups share
      expect(new Set(shape[0]?.map((file) => file.split(' ')[2])).size).toBeGreaterThan(1)
      expect(shape[1]?.some((file) => shape[0]?.includes(file))).toBe(true)
    },
  )
})

test('the fixture of schema 1', async (context) => {
  skipWithoutRocksdbTools(context)
  await expectAsLdb(copyFixture('backup_v1'), [1, 2, 3], [1, 7, 250])
})

test('the command line prints rows as ldb prints them', async (context) => {
  skipWithoutRocksdbTools(context)
  const { databasePath, backupPath } = await makeBackupDirectory({
    folder: tempDir(),
    backups: [[{ kind: 'load', entries: numbered(0, 20, 'as text') }]],
  })
  const { core } = shared
  const { sourceId } = await openSource(core, backupPath)
  const { rows } = await core.client.data.page({
    state: { sourceId, backupId: 1, upToSequence: null },
    columnFamilyId: 0,
    after: null,
    from: null,
    limit: 100,
  })
  const lines = (await runLdb([`--db=${databasePath}`, 'scan'])).replace(/\n$/, '').split('\n')
  expect(rows.map(({ key, value }) => `${text(key)} : ${text(value)}`)).toEqual(lines)
})

test('the fixture of schema 2 is listed as its meta files say, excluded files left out', async () => {
  const path = copyFixture('backup_v2_api')
  const { backups } = await openSource(shared.core, path)
  expect(backups).toMatchObject([3, 2, 1].map((backupId) => metaFacts(path, backupId)))
  expect(backups.map(({ state }) => state)).toEqual(['incomplete', 'sound', 'sound'])
})
