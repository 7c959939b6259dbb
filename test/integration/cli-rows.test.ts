// Goal: the command line shows the rows of backups and of databases, now and at an instant, as ldb finds them. Method:
// databases and backups made by RocksDB's own ldb; the command line as a child process.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeCommitMarker } from '../../src-main/rocksdb/commits/commit-marker.ts'
import { commandLine, startCommand } from '../support/command-line.ts'
import { copyFixture, treeState } from '../support/fixtures.ts'
import { makeGraphBackups } from '../support/graph-backups.ts'
import { openNativeDatabase, skipWithoutRocksdbNative } from '../support/rocksdb-native.ts'
import {
  makeBackupDirectory,
  restoreWithLdb,
  scanWithLdb,
  skipWithoutRocksdbTools,
  writeDatabase,
} from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'

const FIRST_TIME_US = Date.UTC(2026, 10, 23, 7, 33, 12) * 1000

const numbered = (from: number, to: number, value: string) =>
  Array.from({ length: to - from }, (_, index) => [`key ${String(from + index).padStart(5, '0')}`, value] as const)

const unhex = (hex: string) => Buffer.from(hex, 'hex').toString()

/** The lines that `rows` should print of a database. */
async function linesOfLdb(databasePath: string, family?: string): Promise<string> {
  const rows = await scanWithLdb(databasePath, family)
  return rows.map(([key, value]) => `${unhex(key)} ==> ${unhex(value)}\n`).join('')
}

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

describe('rows', () => {
  test('of every backup are those that ldb finds after a restore, over many pages', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run } = commandLine()
    const { databasePath, backupPath } = await makeBackupDirectory({
      folder: tempDir(),
      backups: [
        [{ kind: 'load', entries: numbered(0, 2500, 'old') }],
        [
          { kind: 'load', entries: numbered(2490, 2510, 'new') },
          { kind: 'deleteRange', begin: 'key 00100', end: 'key 00200' },
          { kind: 'delete', key: 'key 00007' },
        ],
      ],
    })
    const restored = join(tempDir(), 'restored')
    await restoreWithLdb(backupPath, restored)
    for (const path of [databasePath, restored]) {
      expect(await run('rows', backupPath, '--limit', 'all')).toEqual({
        exitCode: 0,
        signal: null,
        stdout: await linesOfLdb(path),
        stderr: '',
      })
    }
    const first = await run('rows', backupPath, '1', '--limit', '2000', '--from', 'key 00500')
    expect(first.stdout.split('\n').slice(0, 1)).toEqual(['key 00500 ==> old'])
    expect(first.stdout.split('\n').at(-2)).toBe('key 02499 ==> old')
    expect([first.exitCode, first.stderr]).toEqual([0, ''])
  })

  test('of a database with unflushed data and of its crashed copy are those that ldb finds, and nothing is touched', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run } = commandLine()
    const databasePath = join(tempDir(), 'database')
    await writeDatabase(databasePath, [
      { kind: 'load', entries: numbered(0, 40, 'flushed') },
      { kind: 'createFamily', name: 'other' },
      { kind: 'put', family: 'other', entries: numbered(0, 3, 'other') },
      { kind: 'load', entries: numbered(30, 50, 'in the log') },
    ])
    const crashed = join(tempDir(), 'crashed')
    cpSync(databasePath, crashed, { recursive: true })
    const before = treeState(databasePath)
    const shown = await run('rows', databasePath, '--limit', 'all')
    const ofOther = await run('rows', crashed, 'latest', '--family', 'other')
    expect(treeState(databasePath)).toEqual(before)
    // ldb writes when it opens a database
    expect(shown).toMatchObject({ exitCode: 0, stdout: await linesOfLdb(databasePath), stderr: '' })
    expect(ofOther).toMatchObject({ exitCode: 0, stdout: await linesOfLdb(crashed, 'other'), stderr: '' })
  })

  test('of a database of several families that crashed are all there', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run } = commandLine()
    const path = copyFixture('db_two_cf_crashed')
    const families = ['default', 'one']
    const shown = []
    for (const family of families) shown.push((await run('rows', path, '--family', family, '--limit', 'all')).stdout)
    const expected = []
    for (const family of families) expected.push(await linesOfLdb(path, family))
    expect(shown).toEqual(expected)
  })

  test('lie between two keys, run backwards, and end at the limit, which is said', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run, runJson } = commandLine()
    const path = join(tempDir(), 'database')
    await writeDatabase(path, [{ kind: 'put', entries: [...'abcdef'].map((key) => [key, key.toUpperCase()] as const) }])
    const ended = (count: number) =>
      `The list ends after ${count}, and there is more: --limit takes a higher number, or "all".\n`
    expect(await run('rows', path, '--from', 'b', '--to', '0x65')).toMatchObject({
      stdout: 'b ==> B\nc ==> C\nd ==> D\n',
      stderr: '',
    })
    expect(await run('rows', path, '--reverse', '--limit', '2', '--to', 'f')).toMatchObject({
      exitCode: 0,
      stdout: 'e ==> E\nd ==> D\n',
      stderr: ended(2),
    })
    expect(await runJson('rows', path, '--from', 'e', '--limit', '1')).toEqual({
      exitCode: 0,
      answer: {
        rows: [{ key: 'ZQ==', sequence: 5, kind: 'value', value: 'RQ==', valueSizeBytes: 1, parts: [], decoded: null }],
        isWhole: false,
        state: { databasePath: path, upToSequence: null },
        columnFamily: 'default',
        codec: null,
        lastSequences: [6],
        notes: [ended(1).trimEnd()],
        damages: [],
      },
    })
    expect(await runJson('rows', path, '--from', 'x')).toMatchObject({
      exitCode: 0,
      answer: { rows: [], isWhole: true },
    })
    expect(await run('rows', path, '--from', 'x')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
  })

  test('of an instant by its sequence are those of then', async () => {
    const { run } = commandLine()
    const path = copyFixture('backup_v2_api')
    const keysAt = async (state: string) => {
      const { stdout, stderr } = await run('rows', path, state)
      return [
        stdout
          .replaceAll(/ ==> .*/g, '')
          .trim()
          .split('\n'),
        stderr,
      ]
    }
    expect(await keysAt('2:2')).toEqual([['blob', 'flushed'], ''])
    expect(await keysAt('2:3')).toEqual([['blob', 'flushed', 'inwal'], ''])
    expect(await keysAt('2:4')).toEqual([['blob', 'flushed', 'inwal', 'inwal2'], ''])
    expect(await keysAt('2:99')).toEqual([
      ['blob', 'flushed', 'inwal', 'inwal2'],
      'Sequence 99 is not reached: the last one is 4, and its state is shown.\n',
    ])
    expect(await run('rows', path, '2:1')).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringContaining('Choose an instant from sequence 2 on, or an older backup.'),
    })
  })

  test('of an instant by its time are those of then, and the zone that was assumed is said', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run } = commandLine()
    const path = await databaseWithTimes()
    const ofData = (stdout: string) => stdout.split('\n').filter((line) => line !== '' && !line.startsWith('lifeboat.'))
    const second = await run('rows', path, ':2026-11-23T07:33:13.9')
    expect([ofData(second.stdout), second.stderr]).toEqual([
      ['a ==> 2', 'b ==> 1'],
      'Shown: the last commit up to 2026-11-23T07:33:13.9 (read as UTC), which is sequence 5, of ' +
        '2026-11-23T07:33:13.000000Z; the next is sequence 6, of 2026-11-23T07:33:14.000000Z.\n',
    ])
    const zoned = await run('rows', path, 'latest:2026-11-23T08:33:14+01:00')
    expect([ofData(zoned.stdout), zoned.stderr]).toEqual([
      ['a ==> 2', 'b ==> 1', 'c ==> 3'],
      'Shown: the last commit up to 2026-11-23T08:33:14+01:00, which is sequence 7, of ' +
        '2026-11-23T07:33:14.000000Z; none follows.\n',
    ])
    const early = await run('rows', path, ':2026-11-23')
    expect([early.exitCode, early.stdout]).toEqual([3, ''])
    expect(early.stderr).toContain('Choose a time from 2026-11-23T07:33:12.000000Z on')
  })

  test('of a graph are its nodes, in words', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run } = commandLine()
    const { backupPath } = await makeGraphBackups(tempDir(), 5)
    const { stdout } = await run('rows', backupPath, '--limit', '1')
    expect(stdout).toBe(
      'default:n:0000000000000001 ==> :Customer {active: true, country: "SE", name: "Bo Lind 1", since: 2011}\n',
    )
  })

  test('near damage are missing: the others are shown, the place is named, and the exit status is 5', async (context) => {
    skipWithoutRocksdbTools(context)
    const { run, runJson } = commandLine()
    const path = copyFixture('backup_v2_api')
    const answer = await run('rows', path, '3')
    expect([answer.exitCode, answer.stdout.includes('flushed ==> 1\n')]).toEqual([5, true])
    expect(answer.stderr).toMatch(/^damage: 000012\.sst: .*\nWhat lies near damage may be missing/)
    expect(await runJson('rows', path, '3')).toMatchObject({
      exitCode: 5,
      answer: { damages: [{ file: '000012.sst' }] },
    })
  })

  test('of a database that is written to meanwhile come with a warning that they are not of one instant', async (context) => {
    skipWithoutRocksdbNative(context)
    const { dataFolder } = commandLine()
    const path = join(tempDir(), 'database')
    const database = await openNativeDatabase(path)
    const family = database.family('default')
    const batch = family.write()
    for (const [key, value] of numbered(0, 8000, 'value')) batch.tryPut(Buffer.from(key), Buffer.from(value))
    await batch.flush()
    batch.destroy()
    const command = startCommand(['--data-folder', dataFolder, 'rows', path, '--limit', 'all'])
    let isEnded = false
    void command.ended.then(() => {
      isEnded = true
    })
    for (let index = 0; !isEnded; index += 1) await family.put(Buffer.from('key 00000'), Buffer.from(`${index}`))
    await database.close()
    const { exitCode, stdout, stderr } = await command.ended
    expect([exitCode, stdout.trim().split('\n').length, stderr]).toEqual([
      0,
      8000,
      'The database was written to while it was read: these rows are not of one instant.\n',
    ])
  })
})

test('a list that nobody reads to its end ends quietly', async (context) => {
  skipWithoutRocksdbTools(context)
  const { dataFolder } = commandLine()
  const path = join(tempDir(), 'database')
  await writeDatabase(path, [{ kind: 'load', entries: numbered(0, 20_000, 'value') }])
  const command = startCommand(['--data-folder', dataFolder, 'rows', path, '--limit', 'all'])
  command.child.stdout.once('data', () => command.child.stdout.destroy())
  expect(await command.ended).toMatchObject({ exitCode: 0, signal: null, stderr: '' })
})

test('control characters out of a database do not reach the terminal', async (context) => {
  skipWithoutRocksdbTools(context)
  const { run } = commandLine()
  const path = join(tempDir(), 'database')
  await writeDatabase(path, [{ kind: 'put', entries: [['\u001b[31mred', 'a\nb']] }])
  expect((await run('rows', path)).stdout).toBe('0x1B5B33316D726564 ==> 0x610A62\n')
})
