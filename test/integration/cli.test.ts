// Goal: every command answers people and programs, with an exit status that says what happened. Method: the command
// line as a child process.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { commandLine, runCommand, startCommand } from '../support/command-line.ts'
import { metaText, sparseFile } from '../support/fabricated-backup.ts'
import { copyFixture, filesIn, flipByte } from '../support/fixtures.ts'
import { tempDir } from '../support/temp-dir.ts'

function prepared(fixture: 'backup_v1' | 'backup_v2_api' = 'backup_v1') {
  return { path: copyFixture(fixture), ...commandLine() }
}

test('ls lists the backups, newest first, and open does the same', async () => {
  const { path, run, runJson } = prepared()
  const { exitCode, stdout, stderr } = await run('ls', path)
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(stdout.split('\n')).toEqual([
    `${path}: 3 backups, 23.9 KiB stored`,
    '',
    'id  state  created               sequence  files  size     exclusive  verified',
    ' 3  sound  2026-11-23T07:33:12Z         3      4  8.0 KiB  8.0 KiB    never',
    ' 2  sound  2026-11-23T07:33:12Z         2      5  9.0 KiB  8.0 KiB    never',
    ' 1  sound  2026-11-23T07:33:12Z         1      4  7.9 KiB  6.9 KiB    never',
    '',
  ])
  expect(await runJson('open', path)).toMatchObject({
    exitCode: 0,
    answer: { source: { path, state: 'ready' }, backups: [{ backupId: 3 }, { backupId: 2 }, { backupId: 1 }] },
  })
})

describe('inspect', () => {
  test('shows the newest backup, its files and its rows', async () => {
    const { path, run, runJson } = prepared()
    const { exitCode, stdout } = await run('inspect', path, '--files', '--data', 'default')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('backup 3: sound, created 2026-11-23T07:33:12Z, sequence 3')
    expect(stdout).toContain('shared_checksum/000031_sVC4SRC68E6LUGJ7RKDUF_1026.sst')
    expect(stdout).toContain('k1 ==> v1\nk2 ==> v2\nk3 ==> v3')
    expect(await runJson('inspect', path, '2', '--data', 'default', '--limit', '1')).toMatchObject({
      exitCode: 0,
      answer: { backup: { backupId: 2 }, rows: [{ key: 'azE=', value: 'djE=' }] },
    })
  })

  test.each([
    [['99'], 3, 'no such backup: backup 99'],
    [['abc'], 2, 'an argument is not valid'],
    [['--data', 'absent'], 3, 'no such column family: absent'],
    [['--data', 'default', '--limit', 'many'], 2, 'an argument is not valid'],
  ])('says what is wrong with %s', async (args, exitCode, message) => {
    const { path, run } = prepared()
    const answer = await run('inspect', path, ...args)
    expect([answer.exitCode, answer.stdout]).toEqual([exitCode, ''])
    expect(answer.stderr).toContain(`lifeboat: ${message}\n`)
  })
})

describe('verify', () => {
  test('answers 0 when all is sound, 5 when something is damaged', async () => {
    const { path, run, runJson } = prepared()
    const sound = await run('verify', path)
    expect(sound).toMatchObject({ exitCode: 0, stdout: 'passed: 3 backups, 12 files, 23.9 KiB read\n', stderr: '' })
    flipByte(join(path, 'private/2/CURRENT'), 0)
    const damaged = await run('verify', path)
    expect(damaged.exitCode).toBe(5)
    expect(damaged.stdout).toMatch(
      /^failed: 3 backups, 12 files, 23\.9 KiB read\nchecksum: private\/2\/CURRENT: expected crc32c 3902859974, found crc32c \d+ \(backups 2\)\n$/,
    )
    expect(await runJson('verify', path, '-b', '2', '--level', 'presence')).toMatchObject({
      exitCode: 0,
      answer: { verification: { outcome: 'passed', level: 'presence', backupIds: [2] }, problems: [] },
    })
    expect(await runJson('verify', path, '-b', '1', 'latest')).toMatchObject({
      exitCode: 0,
      answer: { verification: { backupIds: [3, 1] } },
    })
  })

  test('answers 3 for a backup that is not there', async () => {
    const { path, runJson } = prepared()
    expect(await runJson('verify', path, '-b', '9')).toMatchObject({
      exitCode: 3,
      answer: { error: { code: 'BACKUP_NOT_FOUND' } },
    })
  })

  test('is cancelled by Ctrl-C and answers 8', async () => {
    const { path, dataFolder } = prepared()
    const sizeBytes = 512 * 1024 * 1024 * 1024
    const name = `shared_checksum/000099_sABCDEFGHIJKLMNOPQRST_${sizeBytes}.sst`
    sparseFile(join(path, name), sizeBytes)
    writeFileSync(join(path, 'meta/9'), metaText([`${name} crc32 1`]))
    const command = startCommand(['--data-folder', dataFolder, 'verify', path, '-b', '9'])
    await expect.poll(() => verifyStates(dataFolder), { interval: 10, timeout: 20_000 }).toEqual(['running'])
    command.child.kill('SIGINT')
    expect(await command.ended).toEqual({
      exitCode: 8,
      signal: null,
      stdout: 'stopped; nothing was changed\n',
      stderr: '',
    })
    expect(verifyStates(dataFolder)).toEqual(['stopped'])
  })
})

/** What another process sees of the verifications of this one. */
function verifyStates(dataFolder: string): unknown[] {
  if (!existsSync(join(dataFolder, 'catalog.db'))) return []
  const database = new Database(join(dataFolder, 'catalog.db'), { readonly: true, timeout: 5000 })
  try {
    const isReady = database.prepare("select 1 from sqlite_master where name = 'job'").get() !== undefined
    return isReady ? database.prepare("select state from job where kind = 'verify'").pluck().all() : []
  } finally {
    database.close()
  }
}

describe('restore', () => {
  test('makes the directory and says what was proved; a dry run writes nothing', async () => {
    const { path, run, runJson } = prepared()
    const target = join(tempDir(), 'graph')
    const dry = await run('restore', path, '--to', target, '--dry-run')
    expect(dry.exitCode).toBe(0)
    expect(dry.stdout).toContain(`backup 3 → ${target}: 4 files, 8.0 KiB; free there: `)
    expect(existsSync(target)).toBe(false)
    const done = await run('restore', path, '--to', target)
    expect(done).toMatchObject({ exitCode: 0, stderr: '' })
    expect(done.stdout).toMatch(
      new RegExp(`^restored backup 3 to ${target}\n4 files, 8\\.0 KiB, 4 proved by their checksums, in [0-9.]+ s\n$`),
    )
    expect(Object.keys(filesIn(target))).toEqual(['000031.sst', 'CURRENT', 'MANIFEST-000035', 'OPTIONS-000037'])
    expect(await runJson('restore', path, '-b', '1', '--to', `${target}-1`)).toMatchObject({
      exitCode: 0,
      answer: { targetPath: `${target}-1`, fileCount: 4, provedFileCount: 4 },
    })
    expect(readdirSync(dirname(target)).sort()).toEqual(['graph', 'graph-1'])
  })

  test('answers 6 for a target with something in it, 5 for damage, 4 for an incomplete backup', async () => {
    const { path, run, runJson } = prepared()
    const target = join(tempDir(), 'graph')
    mkdirSync(target)
    writeFileSync(join(target, 'notes'), '')
    const refused = await run('restore', path, '--to', target)
    expect(refused).toMatchObject({ exitCode: 6, stdout: '' })
    expect(refused.stderr).toBe(
      [
        `lifeboat: the target is not empty (1 entries, the first is notes): ${target}`,
        'It was not touched.',
        'Choose a path that does not exist yet, or an empty directory.',
        '',
      ].join('\n'),
    )
    expect(await runJson('restore', path, '--to', target, '--dry-run')).toMatchObject({
      exitCode: 6,
      answer: { refusals: [{ code: 'TARGET_NOT_EMPTY' }] },
    })
    flipByte(join(path, 'private/3/CURRENT'), 0)
    const damaged = await runJson('restore', path, '--to', `${target}-2`)
    expect(damaged).toMatchObject({ exitCode: 5, answer: { error: { code: 'CHECKSUM_MISMATCH' } } })
    rmSync(join(path, 'private/3/CURRENT'))
    const incomplete = await runJson('restore', path, '--to', `${target}-2`)
    expect(incomplete).toMatchObject({ exitCode: 4, answer: { error: { code: 'BACKUP_INCOMPLETE' } } })
    expect(readdirSync(dirname(target))).toEqual(['graph'])
  })
})

describe('usage', () => {
  test.each([[['no-such-command']], [['restore']], [['verify', 'x', '--level', 'some']]])(
    '%s answers 2 and points to the help',
    async (args) => {
      const { exitCode, stdout, stderr } = await runCommand(args)
      expect([exitCode, stdout]).toEqual([2, ''])
      expect(stderr).toContain('error: ')
    },
  )

  test('help and version answer 0', async () => {
    const states = ['rows', 'get', 'history', 'count', 'diff', 'commits']
    const help = await runCommand(['--help'])
    expect(help).toMatchObject({ exitCode: 0, stderr: '' })
    for (const command of ['open', 'ls', 'inspect', 'verify', 'restore', 'serve', ...states])
      expect(help.stdout).toContain(`  ${command} `)
    for (const command of states) {
      const own = await runCommand([command, '--help'])
      expect(own).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('A state is [backup][:instant]') })
    }
    expect(await runCommand(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })

  test.each([
    ['a path that does not exist', (folder: string) => join(folder, 'absent'), 3, 'PATH_NOT_FOUND'],
    ['an empty directory', (folder: string) => folder, 4, 'NOT_A_BACKUP_DIRECTORY'],
  ])('%s is an error with its code', async (_what, pathOf, exitCode, code) => {
    const { runJson } = prepared()
    expect(await runJson('ls', pathOf(tempDir()))).toMatchObject({ exitCode, answer: { error: { code } } })
  })

  test('a directory without a backup has no latest one', async () => {
    const { path, runJson } = prepared()
    for (const id of [1, 2, 3]) rmSync(join(path, 'meta', String(id)))
    expect(await runJson('ls', path)).toMatchObject({ exitCode: 0, answer: { backups: [] } })
    expect(await runJson('inspect', path)).toMatchObject({
      exitCode: 3,
      answer: { error: { code: 'BACKUP_NOT_FOUND' } },
    })
  })

  test('a damaged catalogue is an error that says what to do', async () => {
    const { path, dataFolder, run } = prepared()
    writeFileSync(join(dataFolder, 'catalog.db'), 'this is no database, and never was one at all, so there')
    const { exitCode, stderr } = await run('ls', path)
    expect(exitCode).toBe(7)
    expect(stderr).toContain('lifeboat: the catalogue cannot be opened')
  })
})

test('serve prints a link, answers it, and ends on Ctrl-C', async (context) => {
  if (!existsSync(join(import.meta.dirname, '../../out/renderer/index.html'))) {
    return context.skip('did not run: there is no built page to serve (npm run build)')
  }
  const { dataFolder } = prepared()
  const command = startCommand(['--data-folder', dataFolder, 'serve'])
  await expect.poll(() => command.stdout(), { interval: 10, timeout: 20_000 }).toContain('Ctrl-C ends it')
  const link = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(command.stdout())?.[0] ?? ''
  const response = await fetch(link, { redirect: 'manual' })
  expect([response.status, response.headers.get('set-cookie')]).toEqual([303, expect.stringContaining('HttpOnly')])
  command.child.kill('SIGINT')
  expect(await command.ended).toMatchObject({ exitCode: 0, signal: null, stderr: '' })
})
