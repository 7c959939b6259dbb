// Goal: the command line shows keys, counts and commits of backups and of databases as they are, and says what is wrong
// with what it is given. Method: databases and backups made by RocksDB's own ldb; the command line as a child process.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { encodeCommitMarker } from '../../src-main/rocksdb/commits/commit-marker.ts'
import { commandLine, startCommand } from '../support/command-line.ts'
import { copyFixture } from '../support/fixtures.ts'
import { makeGraphBackups } from '../support/graph-backups.ts'
import { runDbBench, skipWithoutDbBench, skipWithoutRocksdbTools, writeDatabase } from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'

const FIRST_TIME_US = Date.UTC(2026, 10, 23, 7, 33, 12) * 1000

const numbered = (from: number, to: number, value: string) =>
  Array.from({ length: to - from }, (_, index) => [`key ${String(from + index).padStart(5, '0')}`, value] as const)

/** A database whose only log holds three commits with times, a second apart. */
async function databaseWithTimes(): Promise<string> {
  const databasePath = join(tempDir(), 'database')
  const commit = (index: number, ...entries: (readonly [string, string])[]) => {
    const { key, value } = encodeCommitMarker(FIRST_TIME_US + index * 1_000_000)
    return [[key, value] as const, ...entries]
  }
  const entries = [...commit(0, ['a', '1'], ['b', '1']), ...commit(1, ['a', '2']), ...commit(2, ['c', '3'])]
  await writeDatabase(databasePath, [{ kind: 'put', entries }])
  return databasePath
}

describe('a key', () => {
  test('is shown with its whole value, decoded where a codec knows it', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run, runJson } = commandLine()
    const { backupPath } = await makeGraphBackups(tempDir(), 5)
    const node = await run('get', backupPath, '1', '--key', 'default:n:0000000000000003')
    expect(node.stdout).toMatch(
      /^node 3 :Customer, tenant default\n {2}active: false \(.*\)\n(?:.*\n)* {2}created 2026-11-22T/,
    )
    expect(await runJson('get', backupPath, '1', '--key', 'default:n:0000000000000003')).toMatchObject({
      exitCode: 0,
      answer: {
        row: { decoded: { type: 'node', id: '3', labels: ['Customer'] } },
        isCut: false,
        columnFamily: 'nodes',
      },
    })
    // deleted before the third backup was made
    expect(await run('get', backupPath, '3', '--key', 'default:n:0000000000000003')).toEqual({
      exitCode: 3,
      signal: null,
      stdout: '',
      stderr: 'No row has the key default:n:0000000000000003 in nodes. Whether one had it before: lifeboat history.\n',
    })
    expect(await runJson('get', backupPath, '3', '--key', 'absent')).toMatchObject({
      exitCode: 3,
      answer: { row: null, state: { backupId: 3 } },
    })
    expect(await run('get', backupPath, '--key', '0x73616d79616d61', '--family', 'default')).toMatchObject({
      exitCode: 0,
      stdout: 'demo\n',
      stderr: '',
    })
  })

  test('longer than 1 MiB is cut, which is said', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run } = commandLine()
    const path = join(tempDir(), 'database')
    await writeDatabase(path, [{ kind: 'load', entries: [['long', 'x'.repeat(1_500_000)]] }])
    const { exitCode, stdout, stderr } = await run('get', path, '--key', 'long')
    expect([exitCode, stdout, stderr]).toEqual([
      0,
      `${'x'.repeat(1024 * 1024)}… (the start of 1.4 MiB)\n`,
      'Only the start is shown: the value has 1.4 MiB.\n',
    ])
  })

  test('has a history: its versions with their sequences and times, newest first', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run, runJson } = commandLine()
    const path = await databaseWithTimes()
    expect((await run('history', path, '--key', 'a')).stdout.split('\n')).toEqual([
      'sequence  time (UTC)                   kind  value',
      '       5  2026-11-23T07:33:13.000000Z  put   2',
      '       2  2026-11-23T07:33:12.000000Z  put   1',
      '',
    ])
    expect((await run('history', path, ':4', '--key', 'a')).stdout.split('\n').slice(1)).toEqual([
      '       2  2026-11-23T07:33:12.000000Z  put   1',
      '',
    ])
    expect(await runJson('history', path, '--key', 'a')).toMatchObject({
      exitCode: 0,
      answer: {
        versions: [
          { sequence: 5, kind: 'put', committedAtUs: FIRST_TIME_US + 1_000_000, row: { value: 'Mg==' } },
          { sequence: 2, kind: 'put', committedAtUs: FIRST_TIME_US, row: { value: 'MQ==' } },
        ],
        isCut: false,
      },
    })
    expect(await run('history', path, '--key', 'absent')).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: 'No version of the key absent is left in default.\n',
    })
  })

  test('that was deleted still shows its deletion', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run } = commandLine()
    const { backupPath } = await makeGraphBackups(tempDir(), 5)
    const { exitCode, stdout } = await run('history', backupPath, '--key', 'default:n:0000000000000003')
    expect([exitCode, stdout.split('\n')[1]]).toEqual([0, expect.stringMatching(/^ +\d+ +unknown +deletion$/)])
  })
})

describe('count', () => {
  test('tells the rows of every family, and of every label', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run, runJson } = commandLine()
    const { backupPath } = await makeGraphBackups(tempDir(), 30)
    const { exitCode, stdout, stderr } = await run('count', backupPath, '1')
    const lines = stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(
      lines.map((cells) =>
        cells
          .slice(0, cells[0] === '' ? 3 : 2)
          .join(' ')
          .trim(),
      ),
    ).toEqual([
      'column family rows',
      'default 1',
      'nodes 430',
      ':Order 400',
      ':Customer 30',
      'edges 400',
      ':PLACED 400',
      'indices 0',
      '',
    ])
    expect(await runJson('count', backupPath, '--family', 'nodes')).toMatchObject({
      exitCode: 0,
      answer: {
        families: [{ name: 'nodes', rowCount: 729, labels: [{ name: 'Order', rowCount: 700 }, { rowCount: 29 }] }],
      },
    })
  })

  test('says where rows could not be counted, and answers 5', async () => {
    const { run } = commandLine()
    const answer = await run('count', copyFixture('backup_v2_api'), '3')
    expect([answer.exitCode, answer.stderr]).toEqual([
      5,
      'default: rows near damage are not counted (met 1 times); rows names the places.\n',
    ])
  })

  test('is cancelled by Ctrl-C and answers 8', async (context) => {
    skipWithoutDbBench(context)
    const { dataFolder } = commandLine()
    const path = join(tempDir(), 'database')
    await runDbBench(path, ['--benchmarks=fillseq', '--num=3000000', '--value_size=8', '--compression_type=none'])
    const command = startCommand(['--data-folder', dataFolder, 'count', path])
    await expect.poll(() => countStates(dataFolder), { interval: 5, timeout: 20_000 }).toEqual(['running'])
    command.child.kill('SIGINT')
    expect(await command.ended).toEqual({
      exitCode: 8,
      signal: null,
      stdout: 'stopped; nothing was counted\n',
      stderr: '',
    })
    expect(countStates(dataFolder)).toEqual(['stopped'])
  })
})

/** What another process sees of the counts of this one. */
function countStates(dataFolder: string): unknown[] {
  if (!existsSync(join(dataFolder, 'catalog.db'))) return []
  const database = new Database(join(dataFolder, 'catalog.db'), { readonly: true, timeout: 5000 })
  try {
    const isReady = database.prepare("select 1 from sqlite_master where name = 'job'").get() !== undefined
    return isReady ? database.prepare("select state from job where kind = 'count'").pluck().all() : []
  } finally {
    database.close()
  }
}

describe('commits', () => {
  test('are listed newest first with what they changed, and whether they carry times is said', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run, runJson } = commandLine()
    const path = await databaseWithTimes()
    const { exitCode, stdout, stderr } = await run('commits', path)
    expect([exitCode, stderr]).toEqual([
      0,
      '3 commits are in the logs; every instant from sequence 0 on can be seen.\n',
    ])
    expect(stdout.split('\n').map((line) => line.replace(/ {2,}/g, ' ').trim())).toEqual([
      'sequences time (UTC) puts deletes range deletes merges size',
      expect.stringMatching(/^6-7 2026-11-23T07:33:14\.000000Z 1 0 0 0 \d+ B$/),
      expect.stringMatching(/^4-5 2026-11-23T07:33:13\.000000Z 1 0 0 0 \d+ B$/),
      expect.stringMatching(/^1-3 2026-11-23T07:33:12\.000000Z 2 0 0 0 \d+ B$/),
      '',
    ])
    expect(await runJson('commits', path, ':5', '--limit', '1')).toMatchObject({
      exitCode: 0,
      answer: { commits: [{ firstSequence: 4, lastSequence: 5 }], isWhole: false, commitCount: 2, hasTimes: true },
    })
    const untimed = await run('commits', copyFixture('backup_v2_api'), '2')
    expect(untimed.stderr).toBe(
      '2 commits are in the logs; every instant from sequence 2 on can be seen.\n' +
        'They carry no times: instants are named by their sequence.\n',
    )
  })

  test('go on over many pages under one heading', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run } = commandLine()
    const path = join(tempDir(), 'database')
    await writeDatabase(path, [{ kind: 'load', entries: numbered(0, 2100, 'value') }])
    const { stdout } = await run('commits', path, '--limit', 'all')
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'sequences',
      ...Array.from({ length: 2100 }, (_, index) => `${2100 - index}`),
    ])
  })

  test('that look like an accident are named with the instant to go back to', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run, runJson } = commandLine()
    const path = join(tempDir(), 'database')
    await writeDatabase(path, [
      { kind: 'load', entries: numbered(0, 50, 'value') },
      { kind: 'deleteRange', begin: 'key 00000', end: 'key 99999' },
    ])
    const { exitCode, stdout } = await run('commits', path, '--accidents')
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('“key 00000” up to “key 99999”')])
    expect(stdout).toContain('\n  sequences 51, time unknown\n')
    expect(await runJson('commits', path, '--accidents')).toMatchObject({
      answer: { findings: [{ kind: 'range-delete', firstSequence: 51, lastSequence: 51 }], otherFindingCount: 0 },
    })
    const quiet = await run('commits', copyFixture('backup_v2_api'), '2', '--accidents')
    expect([quiet.exitCode, quiet.stdout]).toEqual([0, 'nothing among 2 commits looks like an accident\n'])
  })
})

describe('what cannot be shown is an error with its exit status', () => {
  test.each([
    [['rows', '99'], 3, 'no backup 99 in this directory'],
    [['rows', 'newest'], 2, 'not a state: newest'],
    [['rows', '2:'], 2, 'neither a sequence number nor a time'],
    [['rows', '2:yesterday'], 2, 'neither a sequence number nor a time: yesterday'],
    [['rows', '2:2026-02-30'], 2, 'no such time: 2026-02-30'],
    [['rows', '2:2026-11-23'], 3, 'its logs hold no commit times'],
    [['rows', '1:1'], 3, 'Choose an instant from sequence 2 on'],
    [['rows', '--family', 'absent'], 3, 'no such column family: absent\nIt has: default.'],
    [['rows', '--limit', 'many'], 2, 'not a number of lines: many'],
    [['rows', '--from', '0x1'], 2, 'not a key in hex: 0x1'],
    [['get', '--key', 'x', '--family', 'absent'], 3, 'no such column family: absent'],
    [['get', '2'], 2, "error: required option '--key <key>' not specified"],
    [['history', '2:1', '--key', 'x'], 3, 'Choose an instant from sequence 2 on'],
    [['count', '--family', 'absent'], 3, 'no such column family: absent'],
    [['commits', '2', '--limit', '0'], 2, 'not a number of lines: 0'],
  ])('%j', async ([command, ...args], exitCode, message) => {
    const { run } = commandLine()
    const answer = await run(command ?? '', copyFixture('backup_v2_api'), ...args)
    expect([answer.exitCode, answer.stdout]).toEqual([exitCode, ''])
    expect(answer.stderr).toContain(message)
  })

  test('a directory that is neither, a path that is not there, a database asked for a backup', async () => {
    const { run, runJson } = commandLine()
    const folder = tempDir()
    expect(await runJson('rows', folder)).toMatchObject({
      exitCode: 4,
      answer: { error: { code: 'NOT_A_BACKUP_DIRECTORY' } },
    })
    expect(await runJson('rows', join(folder, 'absent'))).toMatchObject({ exitCode: 3 })
    writeFileSync(join(folder, 'file'), '')
    expect(await runJson('rows', join(folder, 'file'))).toMatchObject({ exitCode: 4 })
    const crashed = copyFixture('db_two_cf_crashed')
    expect(await run('rows', crashed, '2')).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('an instant begins with a colon, as in :88120'),
    })
  })

  test('a database whose CURRENT is damaged is called damaged, not missing', async () => {
    const { runJson } = commandLine()
    const path = copyFixture('db_two_cf_crashed')
    writeFileSync(join(path, 'CURRENT'), 'nothing of the kind\n')
    expect(await runJson('rows', path)).toMatchObject({ exitCode: 5, answer: { error: { code: 'DAMAGED' } } })
  })

  test('a directory with a CURRENT that is a directory is no database', async () => {
    const { runJson } = commandLine()
    const folder = tempDir()
    mkdirSync(join(folder, 'CURRENT'))
    expect(await runJson('rows', folder)).toMatchObject({ exitCode: 4 })
  })
})
