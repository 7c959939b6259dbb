// Goal: the makers of real RocksDB data make what they say. Method: ask RocksDB's own tools about the result.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  makeBackupDirectory,
  restoreWithLdb,
  rocksdbTools,
  runLdb,
  scanWithLdb,
  skipWithoutRocksdbTools,
  writeDatabase,
} from '../../support/rocksdb-tools.ts'
import { tempDir } from '../../support/temp-dir.ts'

test('makes backups that share files and restore to what was put in', async (context) => {
  skipWithoutRocksdbTools(context)
  const folder = tempDir()
  const { backupPath, databasePath, ids } = await makeBackupDirectory({
    folder,
    compression: 'zstd',
    backups: [
      [
        {
          kind: 'put',
          entries: [
            ['a', '1'],
            ['b', '2'],
          ],
        },
        { kind: 'createFamily', name: 'edges' },
      ],
      [
        { kind: 'load', entries: [[Uint8Array.of(0, 255), 'binary']] },
        { kind: 'put', entries: [['e', '5']], family: 'edges' },
      ],
      [
        { kind: 'delete', key: 'a' },
        { kind: 'deleteRange', begin: 'b', end: 'c' },
      ],
    ],
  })
  expect(ids).toEqual([1, 2, 3])
  expect(readdirSync(join(backupPath, 'meta')).sort()).toEqual(['1', '2', '3'])

  const restored = join(folder, 'restored')
  await restoreWithLdb(backupPath, restored)
  expect(await scanWithLdb(restored)).toEqual([['00FF', '62696E617279']])
  expect(await scanWithLdb(restored, 'edges')).toEqual([['65', '35']])
  expect(await scanWithLdb(databasePath)).toEqual([['00FF', '62696E617279']])
})

test('writes SST files with the chosen compression', async (context) => {
  skipWithoutRocksdbTools(context)
  const sstDump = rocksdbTools()?.sstDump
  if (!sstDump) return context.skip("did not run: RocksDB's sst_dump is not installed on this machine")
  const path = join(tempDir(), 'database')
  const entries = [['key', 'value '.repeat(1000)]] as const
  await writeDatabase(path, [{ kind: 'put', entries }, { kind: 'compact' }], { compression: 'lz4' })
  const properties = execFileSync(sstDump, [`--file=${path}`, '--show_properties', '--command=none'])
  expect(/SST file compression algo: (\w+)/.exec(properties.toString())?.[1]).toBe('LZ4')
})

test('reports what ldb said when it fails', async (context) => {
  skipWithoutRocksdbTools(context)
  await expect(runLdb([`--db=${join(tempDir(), 'absent')}`, 'scan'])).rejects.toThrow(/absent/)
})
