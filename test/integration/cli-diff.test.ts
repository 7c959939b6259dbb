// Goal: diff tells exactly what was put, changed and deleted between two states, wherever they lie. Method: backups and
// databases made by RocksDB's own ldb from known steps; the command line as a child process.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandLine } from '../support/command-line.ts'
import { copyFixture } from '../support/fixtures.ts'
import { makeGraphBackups } from '../support/graph-backups.ts'
import {
  makeBackupDirectory,
  restoreWithLdb,
  skipWithoutRocksdbTools,
  writeDatabase,
} from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'

const numbered = (from: number, to: number, value: string) =>
  Array.from({ length: to - from }, (_, index) => [`key ${String(from + index).padStart(5, '0')}`, value] as const)

test('two backups differ by what was done between them, in numbers and row by row, in both directions', async (context) => {
  skipWithoutRocksdbTools(context)
  const { run, runJson } = commandLine()
  const { backupPath } = await makeBackupDirectory({
    folder: tempDir(),
    backups: [
      [{ kind: 'load', entries: numbered(0, 2000, 'old') }, { kind: 'compact' }],
      [
        { kind: 'load', entries: numbered(1999, 2001, 'new') },
        { kind: 'delete', key: 'key 00007' },
        { kind: 'deleteRange', begin: 'key 00100', end: 'key 00102' },
      ],
    ],
  })
  const counts = await run('diff', backupPath, '1', '2')
  expect([counts.exitCode, counts.stderr]).toEqual([0, ''])
  expect(counts.stdout).toMatch(
    /^column family {2}added {2}removed {2}changed {2}keys compared {2}tables in both\ndefault {12}1 {8}3 {8}1 +\d+ +1\n$/,
  )
  const rows =
    '- key 00007 ==> old\n- key 00100 ==> old\n- key 00101 ==> old\n~ key 01999 ==> old → new\n+ key 02000 ==> new\n'
  expect(await run('diff', backupPath, '1', '--rows')).toMatchObject({ exitCode: 0, stdout: rows, stderr: '' })
  const back =
    '+ key 00007 ==> old\n+ key 00100 ==> old\n+ key 00101 ==> old\n~ key 01999 ==> new → old\n- key 02000 ==> new\n'
  expect(await run('diff', backupPath, 'latest', '1', '--rows')).toMatchObject({
    exitCode: 0,
    stdout: back,
    stderr: '',
  })
  expect(await run('diff', backupPath, '1', '1', '--rows')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
  expect(await run('diff', backupPath, '1', '2', '--rows', '--limit', '1')).toMatchObject({
    exitCode: 0,
    stdout: '- key 00007 ==> old\n',
    stderr: 'The list ends after 1, and there is more: --limit takes a higher number, or "all".\n',
  })
  expect(await runJson('diff', backupPath, '1', '2', '--rows', '--limit', '1')).toMatchObject({
    answer: {
      rows: [{ kind: 'removed', left: { value: 'b2xk' }, right: null }],
      left: { backupId: 1 },
      isWhole: false,
    },
  })
})

test('a thousand differences and more are listed over pages', async (context) => {
  skipWithoutRocksdbTools(context)
  const { run } = commandLine()
  const { backupPath } = await makeBackupDirectory({
    folder: tempDir(),
    backups: [[{ kind: 'put', entries: [['first', 'row']] }], [{ kind: 'load', entries: numbered(0, 2300, 'value') }]],
  })
  const { stdout } = await run('diff', backupPath, '1', '2', '--rows', '--limit', 'all')
  expect(stdout).toBe(
    numbered(0, 2300, 'value')
      .map(([key, value]) => `+ ${key} ==> ${value}\n`)
      .join(''),
  )
})

test('two graphs are compared family by family and label by label', async (context) => {
  skipWithoutRocksdbTools(context)
  const { run, runJson } = commandLine()
  const { backupPath } = await makeGraphBackups(tempDir(), 30)
  expect(await runJson('diff', backupPath, '1', '3', '--family', 'nodes')).toMatchObject({
    exitCode: 0,
    answer: {
      families: [
        {
          name: 'nodes',
          addedCount: 300,
          removedCount: 1,
          changedCount: 0,
          labels: [
            { name: 'Order', addedCount: 300, removedCount: 0, changedCount: 0 },
            { name: 'Customer', addedCount: 0, removedCount: 1, changedCount: 0 },
          ],
        },
      ],
      left: { backupId: 1 },
      right: { backupId: 3 },
    },
  })
  const { stdout } = await run('diff', backupPath, '1', '3')
  expect(stdout.split('\n').map((line) => line.trim().split(/ {2,}/).slice(0, 4))).toEqual([
    ['column family', 'added', 'removed', 'changed'],
    ['default', '0', '0', '0'],
    ['nodes', '300', '1', '0'],
    [':Order', '300', '0', '0'],
    [':Customer', '0', '1', '0'],
    ['edges', '300', '0', '0'],
    [':PLACED', '300', '0', '0'],
    ['indices', '0', '0', '0'],
    [''],
  ])
  // nodes, because there are some
  const rows = await run('diff', backupPath, '2', '3', '--rows')
  expect(rows.stdout).toMatch(/^- default:n:0000000000000003 ==> :Customer \{[^\n]*\}\n$/)
})

test('instants of one database, and a backup with the database in another directory, are compared', async (context) => {
  skipWithoutRocksdbTools(context)
  const { run } = commandLine()
  const { databasePath, backupPath } = await makeBackupDirectory({
    folder: tempDir(),
    backups: [
      [
        {
          kind: 'put',
          entries: [
            ['a', '1'],
            ['b', '1'],
          ],
        },
      ],
    ],
  })
  const restored = join(tempDir(), 'restored')
  await restoreWithLdb(backupPath, restored)
  await writeDatabase(databasePath, [
    {
      kind: 'load',
      entries: [
        ['a', '2'],
        ['c', '2'],
        ['d', '2'],
      ],
    },
  ])
  const elsewhere = await run('diff', backupPath, '1', '--right-directory', databasePath, '--rows')
  expect(elsewhere).toMatchObject({ exitCode: 0, stdout: '~ a ==> 1 → 2\n+ c ==> 2\n+ d ==> 2\n', stderr: '' })
  const instants = await run('diff', databasePath, ':3', ':4', '--rows')
  expect(instants).toMatchObject({ exitCode: 0, stdout: '+ c ==> 2\n', stderr: '' })
  const same = await run('diff', restored, 'latest', '1', '--right-directory', backupPath, '--rows')
  expect(same).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
})

test.each([
  [['x', '1'], 2, 'not a state: x'],
  [['1', '99'], 3, 'no backup 99 in this directory'],
  [['1', '2:1'], 3, 'Choose an instant from sequence 2 on'],
  [['1', '2', '--family', 'absent'], 3, 'no such column family: absent'],
  [['1', '2', '--family', 'absent', '--rows'], 3, 'no such column family: absent'],
  [['1', '2', '--rows', '--limit', '-1'], 2, 'not a number of lines: -1'],
  [[], 2, "missing required argument 'left'"],
])('%j is an error with its exit status', async (args, exitCode, message) => {
  const { run } = commandLine()
  const answer = await run('diff', copyFixture('backup_v2_api'), ...args)
  expect([answer.exitCode, answer.stdout]).toEqual([exitCode, ''])
  expect(answer.stderr).toContain(message)
})

test('damage on one side is said, and answers 5', async () => {
  const { run } = commandLine()
  const path = copyFixture('backup_v2_api')
  const answer = await run('diff', path, '2', '3')
  expect([answer.exitCode, answer.stdout]).toEqual([5, expect.stringContaining('default')])
  expect(answer.stderr).toBe(
    'default: what differs near damage is unsure (met 3 times); diff --rows names the places.\n',
  )
  const rows = await run('diff', path, '2', '3', '--rows')
  expect([rows.exitCode, rows.stderr]).toEqual([5, expect.stringContaining('damage: 000012.sst')])
})
