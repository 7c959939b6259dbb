// Goal: `lifeboat restore` with a point, `report` and `mark` answer people and programs, with exit statuses that say what
// happened. Method: the command line as a child process on a repository that a sandbox wrote.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { commandLine, startCommand } from '../support/command-line.ts'
import { flipByte } from '../support/fixtures.ts'
import { type RecoveryRepository, recoveryRepository } from '../support/recovery-repository.ts'
import { stateOfDatabase } from '../support/repository-states.ts'
import { startServing } from '../support/serving-process.ts'
import { tempDir } from '../support/temp-dir.ts'

vi.setConfig({ testTimeout: 60_000 })

const iso = (timeUs: number) =>
  new Date(Math.floor(timeUs / 1000)).toISOString().replace('Z', `${String(timeUs % 1000).padStart(3, '0')}Z`)

const namesIn = (path: string): string[] =>
  stateOfDatabase(path).nodes.map(({ properties }) =>
    JSON.parse(properties.find(({ name }) => name === 'name')?.text ?? '""'),
  )

async function prepared(context: Parameters<typeof recoveryRepository>[0], options?: { paddingBytes: number }) {
  const repository = await recoveryRepository(context, options)
  return { ...repository, target: join(repository.folder, 'restored'), ...commandLine() }
}

test('a dry run tells in words what is kept, what is given up, and from what; it writes nothing', async (context) => {
  const { repo, target, folder, timesUs, run } = await prepared(context)
  const [ada, bo, accident] = timesUs.map(iso)
  const { exitCode, stdout, stderr } = await run('restore', repo, '--before', '7', '--target', target, '--dry-run')
  expect([exitCode, stderr]).toEqual([0, ''])
  const lines = stdout.split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      'To sequence 4 of timeline 1.',
      `The last commit kept: sequences 3-4, ${bo}.`,
      `The first commit dropped: sequences 5-7, ${accident}.`,
      expect.stringMatching(/^From full backup 1 \(6 files, [0-9.]+ KiB\) and 1 commit of the archive \(\d+ B\)\.$/),
      expect.stringMatching(/^Given up: 2 commits after it \(1 put, 2 deletes, from .* to .*\)\.$/),
      expect.stringMatching(new RegExp(`^Into ${target}; free there: `)),
    ]),
  )
  // read as UTC, and said so
  const byTime = await run('restore', repo, '--to-time', ada!.slice(0, -1), '--dry-run')
  expect(byTime.stdout.split('\n').slice(0, 2)).toEqual([
    expect.stringContaining('UTC'),
    'To sequence 2 of timeline 1.',
  ])
  expect(readdirSync(folder).toSorted()).toEqual(['data', 'repo'])
})

describe('a restore', () => {
  test.for<[string, (repository: RecoveryRepository) => string[], string[]]>([
    ['to a time', ({ timesUs }) => ['--to-time', iso(timesUs[1]!)], ['Ada', 'Bo']],
    ['to a time exclusively', ({ timesUs }) => ['--to-time', iso(timesUs[1]!), '--exclusive'], ['Ada']],
    ['to a sequence', () => ['--to-sequence', '6'], ['Ada', 'Bo']],
    ['before a sequence', () => ['--before', '3'], ['Ada']],
    ['to an incremental backup', () => ['--to-backup', '2'], ['Ada', 'Bo']],
    ['to the accident itself', ({ timesUs }) => ['--to-time', iso(timesUs[2]!)], []],
    ['to the newest state', () => ['--latest'], ['Cy']],
  ])('%s', async ([, wordsOf, names], context) => {
    const { target, run, ...repository } = await prepared(context)
    const { exitCode, stdout, stderr } = await run('restore', repository.repo, ...wordsOf(repository), '--to', target)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^restored timeline 1 to sequence \d into .*\/restored\n\d files, /)
    for (const phase of ['Checking', 'Copying', 'Writing commits', 'Proving', 'Publishing']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${phase}: \\d+\\.\\d+ s`, 'm'))
    }
    expect(stdout).toMatch(/^proved \(sampled\): it equals the state that the repository shows for this point/m)
    expect(namesIn(target)).toEqual(names)
  })

  test('answers JSON: the signed report, which `report` finds true, and false when a byte of it was changed', async (context) => {
    const { repo, target, folder, runJson } = await prepared(context)
    const file = join(folder, 'report.json')
    const { exitCode, answer } = await runJson(
      ...['restore', repo, '--to-sequence', '4', '--target', target, '--proof', 'full', '--report', file],
    )
    const proof = { level: 'full', isEqual: true, lastSequence: 4, differences: [], labels: [{ label: 'Person' }] }
    expect([exitCode, answer]).toMatchObject([0, { algorithm: 'ed25519', report: { targetPath: target, proof } }])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(answer)
    expect(await runJson('report', file)).toEqual({ exitCode: 0, answer: { isSigned: true, ...(answer as object) } })
    writeFileSync(file, readFileSync(file, 'utf8').replace('"appliedCommitCount": 1', '"appliedCommitCount": 2'))
    expect(await runJson('report', file)).toMatchObject({ exitCode: 5, answer: { isSigned: false } })
    writeFileSync(file, '{}')
    expect(await runJson('report', file)).toMatchObject({ exitCode: 2, answer: { error: { code: 'BAD_REQUEST' } } })
    expect(await runJson('report', `${file}-2`)).toMatchObject({ exitCode: 3 })
  })

  test('by a saved plan does what was reviewed, however the archive has grown; not when its base is another one', async (context) => {
    const { repo, data, target, folder, run, runJson } = await prepared(context)
    const file = join(folder, 'plan.json')
    const dry = await runJson('restore', repo, '--to-backup', '2', '--dry-run', '--save-plan', file)
    expect(dry).toMatchObject({
      exitCode: 0,
      answer: { kind: 'planned', plan: JSON.parse(readFileSync(file, 'utf8')) },
    })
    const sandbox = await startServing('sandbox', { data, repo })
    await sandbox.end()
    expect(await run('restore', repo, '--plan', file, '--target', target)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(namesIn(target)).toEqual(['Ada', 'Bo'])
    rmSync(join(repo, 'meta', '1'))
    expect(await runJson('restore', repo, '--plan', file, '--target', `${target}-2`)).toMatchObject({
      exitCode: 4,
      answer: { error: { code: 'PLAN_OUTDATED', unharmed: 'Nothing was written.' } },
    })
    writeFileSync(file, 'no plan')
    expect(await runJson('restore', repo, '--plan', file, '--target', `${target}-2`)).toMatchObject({
      exitCode: 2,
      answer: { error: { code: 'BAD_REQUEST', subject: file } },
    })
    expect(existsSync(`${target}-2`)).toBe(false)
  })

  test('goes on from an older full when the base turns out to be damaged, and says so', async (context) => {
    const { repo, target, runJson } = await prepared(context)
    // nothing but copying reads it
    const damageOptions = (backupId: number) => {
      const folder = join(repo, 'private', String(backupId))
      flipByte(join(folder, readdirSync(folder).find((name) => name.startsWith('OPTIONS'))!), 30)
    }
    damageOptions(3)
    const { exitCode, answer } = await runJson('restore', repo, '--latest', '--target', target)
    expect([exitCode, answer]).toMatchObject([
      0,
      { report: { plan: { target: { kind: 'latest' }, base: { backupId: 1 }, effective: { sequence: 9 } } } },
    ])
    expect(namesIn(target)).toEqual(['Cy'])
    damageOptions(1)
    expect(await runJson('restore', repo, '--latest', '--target', `${target}-2`)).toMatchObject({
      exitCode: 5,
      answer: { error: { code: 'CHECKSUM_MISMATCH' } },
    })
    expect(readdirSync(join(target, '..')).toSorted()).toEqual(['data', 'repo', 'restored'])
  })

  test('is cancelled by Ctrl-C and leaves nothing: exit status 8', async (context) => {
    const { repo, target, folder, dataFolder } = await prepared(context, { paddingBytes: 200_000 })
    const words = ['restore', repo, '--before', '5', '--target', target, '--rate', '0.02']
    const command = startCommand(['--data-folder', dataFolder, ...words])
    const partial = join(`${target}.lifeboat-partial`, 'files')
    await expect.poll(() => existsSync(partial), { interval: 5, timeout: 20_000 }).toBe(true)
    command.child.kill('SIGINT')
    expect(await command.ended).toEqual({
      exitCode: 8,
      signal: null,
      stdout: 'cancelled; nothing was left behind\n',
      stderr: '',
    })
    expect(readdirSync(folder).toSorted()).toEqual(['data', 'repo'])
  })
})

describe('what cannot be', () => {
  test('a point that cannot be reached is refused with the nearest that can: exit status 3', async (context) => {
    const { repo, target, timesUs, run, runJson } = await prepared(context)
    const words = ['restore', repo, '--to-time', '2020-01-01T00:00:00Z']
    const nearest = `The nearest points: after it --to-sequence 2 (${iso(timesUs[0]!)}).`
    const dry = await run(...words, '--dry-run')
    expect([dry.exitCode, dry.stdout.split('\n').slice(1)]).toEqual([
      3,
      [expect.stringMatching(/^refused: /), nearest, ''],
    ])
    const answer = await run(...words, '--target', target)
    expect([answer.exitCode, answer.stdout]).toEqual([3, ''])
    expect(answer.stderr.split('\n').slice(-2)).toEqual([nearest, ''])
    expect(await runJson(...words, '--dry-run')).toMatchObject({
      exitCode: 3,
      answer: {
        kind: 'refused',
        refusal: { nearestBefore: null, nearestAfter: { sequence: 2, committedAtUs: timesUs[0] } },
      },
    })
    expect(existsSync(target)).toBe(false)
  })

  test('a time that a clock showed twice is refused with both; each of them can be typed', async (context) => {
    const { repo, run } = await prepared(context)
    const asked = ['restore', repo, '--to-time', '2026-10-25 02:30', '--zone', 'Europe/Berlin', '--dry-run']
    const { exitCode, stdout, stderr } = await run(...asked)
    expect([exitCode, stdout]).toEqual([2, ''])
    const choices = [...stderr.matchAll(/^ {2}--to-time (\S+): /gm)].map(([, time]) => time)
    expect(choices).toEqual(['2026-10-25T00:30:00.000000Z', '2026-10-25T01:30:00.000000Z'])
    const chosen = await run('restore', repo, '--to-time', choices[1]!, '--dry-run')
    expect(chosen.stdout).toContain('2026-10-25 01:30:00.000000')
  })

  test.for<[string, string[], number, string]>([
    ['no target', ['--latest'], 2, 'where to is missing: --target'],
    ['two points', ['--latest', '--before', '3'], 2, 'more than one point to go back to: --before, --latest'],
    ['no number', ['--to-sequence', 'five'], 2, '--to-sequence takes a number: five'],
    ['exclusive of nothing', ['--latest', '--exclusive'], 2, 'no time to be exclusive of: --exclusive'],
    ['a point and a backup', ['--latest', '--backup', '1'], 2, 'more than one thing to restore'],
    ['no time', ['--to-time', 'sometime', '--dry-run'], 2, 'not a point to go back to: sometime'],
    ['no such backup', ['--to-backup', '9', '--dry-run'], 3, 'backup 9'],
    ['no such mark', ['--mark', 'x', '--dry-run'], 2, 'no recovery point has the name “x”'],
    ['a target in the repository', ['--latest', '--target', 'repo/x'], 6, 'overlap'],
    ['a rate that is none', ['--latest', '--target', 'x', '--rate', '0'], 2, "'0' is no rate"],
  ])('%s', async ([, words, status, text], context) => {
    const { repo, folder, dataFolder } = await prepared(context)
    const answer = await startCommand(['--data-folder', dataFolder, 'restore', repo, ...words], { cwd: folder }).ended
    expect([answer.exitCode, `${answer.stdout}${answer.stderr}`]).toEqual([status, expect.stringContaining(text)])
    expect(readdirSync(folder).toSorted()).toEqual(['data', 'repo'])
  })
})

describe('mark', () => {
  test('names the newest state of a repository that nobody writes, to be gone back to', async (context) => {
    const { repo, data, target, run, runJson } = await prepared(context)
    expect(await run('mark', 'before the release', '--repo', repo)).toMatchObject({
      exitCode: 0,
      stdout: '“before the release” is sequence 9 of timeline 1.\n',
    })
    expect(await runJson('mark', 'before the release', '--repo', repo)).toMatchObject({
      exitCode: 2,
      answer: { error: { code: 'BAD_REQUEST' } },
    })
    const sandbox = await startServing('sandbox', { data, repo })
    expect(await runJson('mark', 'now', '--repo', repo)).toMatchObject({
      exitCode: 6,
      answer: { error: { code: 'REPOSITORY_BUSY' } },
    })
    // there, whoever writes is asked
    const server = `127.0.0.1:${sandbox.port}`
    expect(await run('mark', 'now', '--server', server)).toMatchObject({
      exitCode: 0,
      stdout: `“now” is named at ${server}.\n`,
    })
    await sandbox.end()
    expect(await run('restore', repo, '--mark', 'before the release', '--target', target)).toMatchObject({
      exitCode: 0,
    })
    expect(namesIn(target)).toEqual(['Cy'])
    expect((await run('restore', repo, '--mark', 'now', '--dry-run')).stdout).toContain('To sequence 9 of timeline 1.')
  })

  test('of nothing, and through nobody, says what to do', async () => {
    const { run } = commandLine()
    expect(await run('mark', 'x')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--server') })
    const empty = await run('mark', 'x', '--repo', tempDir())
    expect([empty.exitCode, empty.stdout]).toEqual([4, ''])
    expect(await run('mark', 'x', '--server', '127.0.0.1:1')).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('127.0.0.1:1'),
    })
  })
})
