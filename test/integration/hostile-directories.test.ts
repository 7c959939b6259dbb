// Goal: a directory that somebody made to do harm, or that is broken, is an error that names the file: nothing hangs,
// nothing is written, the other backups stay usable and the core goes on. Method: fixtures made hostile one way each.
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { BackupDetail } from '#contract'
import { ended, errorOf, openSource, useCore, verified } from '../support/core-under-test.ts'
import { manyBackups, metaText, sparseFile } from '../support/fabricated-backup.ts'
import { copyFixture, treeState } from '../support/fixtures.ts'
import { tempDir } from '../support/temp-dir.ts'

const shared = useCore()

const TABLE_OF_3 = 'shared_checksum/000031_sVC4SRC68E6LUGJ7RKDUF_1026.sst'

/** Writes bytes over a file from an offset; a negative one counts from the end. */
function overwrite(path: string, offset: number, bytes: Uint8Array): void {
  const size = readFileSync(path).length
  const descriptor = openSync(path, 'r+')
  writeSync(descriptor, bytes, 0, bytes.length, offset < 0 ? size + offset : offset)
  closeSync(descriptor)
}

const twoGigabytesVarint = Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x08)

/** Backup 3 of the fixture is made hostile; what index, verification and restore must say of it. */
type Hostile = {
  what: string
  make(path: string): void
  state: BackupDetail['backup']['state']
  /** the file and words of the first damage */
  file: string
  problem: string
  /** the files themselves are what they were: verification and restore have nothing against them */
  isProvable?: true
}

const hostiles: Hostile[] = [
  {
    what: 'a path that climbs out',
    make: (path) => writeFileSync(join(path, 'meta/3'), metaText(['private/../../../etc/passwd crc32 1'])),
    state: 'unreadable',
    file: 'meta/3',
    problem: 'the path is not one a backup can have',
  },
  {
    what: 'an absolute path',
    make: (path) => writeFileSync(join(path, 'meta/3'), metaText(['/etc/passwd crc32 1'])),
    state: 'unreadable',
    file: 'meta/3',
    problem: 'the path is not one a backup can have',
  },
  {
    what: 'the private directory of another backup',
    make: (path) => writeFileSync(join(path, 'meta/3'), metaText(['private/1/CURRENT crc32 1'])),
    state: 'unreadable',
    file: 'meta/3',
    problem: 'the path leads into the private directory of another backup',
  },
  {
    what: 'a line of 100 KiB',
    make: (path) =>
      writeFileSync(join(path, 'meta/3'), metaText([`private/3/CURRENT crc32 ${'1'.repeat(100 * 1024)}`])),
    state: 'unreadable',
    file: 'meta/3',
    problem: 'the line is too long',
  },
  {
    what: 'a meta file of 100 MiB',
    make: (path) => sparseFile(join(path, 'meta/3'), 100 * 1024 * 1024),
    state: 'unreadable',
    file: 'meta/3',
    problem: 'the file has 104857600 bytes; at most 67108864 are read: meta/3',
  },
  {
    what: '4,294,967,295 files',
    make: (path) => writeFileSync(join(path, 'meta/3'), '1795419192\n3\n4294967295\n'),
    state: 'unreadable',
    file: 'meta/3',
    problem: 'wrong number of files',
  },
  {
    what: 'a time beyond all clocks',
    make: (path) =>
      writeFileSync(
        join(path, 'meta/3'),
        readFileSync(join(path, 'meta/3'), 'utf8').replace('1795419192', '9007199254740991'),
      ),
    state: 'unreadable',
    file: 'meta/3',
    problem: 'the time is out of range',
    isProvable: true,
  },
  {
    what: 'a meta file that is a link',
    make: (path) => {
      renameSync(join(path, 'meta/3'), join(path, 'elsewhere'))
      symlinkSync(join(path, 'elsewhere'), join(path, 'meta/3'))
    },
    state: 'unreadable',
    file: 'meta/3',
    problem: 'a symbolic link, which is never followed: meta/3',
  },
  {
    what: 'a meta file that is a directory',
    make: (path) => {
      rmSync(join(path, 'meta/3'))
      mkdirSync(join(path, 'meta/3'))
    },
    state: 'unreadable',
    file: 'meta/3',
    problem: 'not a regular file: meta/3',
  },
  {
    what: 'a private directory that is a link',
    make: (path) => {
      renameSync(join(path, 'private/3'), join(path, 'elsewhere'))
      symlinkSync(join(path, 'elsewhere'), join(path, 'private/3'))
    },
    state: 'unreadable',
    file: 'private/3',
    problem: 'a symbolic link, which is never followed: private/3',
  },
  {
    what: 'a table that is a link',
    make: (path) => {
      renameSync(join(path, TABLE_OF_3), join(path, 'elsewhere'))
      symlinkSync(join(path, 'elsewhere'), join(path, TABLE_OF_3))
    },
    state: 'incomplete',
    file: TABLE_OF_3,
    problem: 'a link, a directory or a device, which is never followed',
  },
  {
    what: 'a table that is a pipe',
    make: (path) => {
      rmSync(join(path, TABLE_OF_3))
      execFileSync('mkfifo', [join(path, TABLE_OF_3)])
    },
    state: 'incomplete',
    file: TABLE_OF_3,
    problem: 'a link, a directory or a device, which is never followed',
  },
  {
    what: 'CURRENT that is a pipe',
    make: (path) => {
      rmSync(join(path, 'private/3/CURRENT'))
      execFileSync('mkfifo', [join(path, 'private/3/CURRENT')])
    },
    state: 'unreadable',
    file: 'private/3',
    problem: 'not a regular file: private/3/CURRENT',
  },
  {
    what: 'CURRENT that names another directory',
    make: (path) => writeFileSync(join(path, 'private/3/CURRENT'), '../MANIFEST-1\n'),
    state: 'unreadable',
    file: 'private/3/CURRENT',
    problem: '',
  },
  {
    what: 'a table whose footer points two gigabytes away',
    make: (path) => overwrite(join(path, TABLE_OF_3), -52, twoGigabytesVarint),
    state: 'incomplete',
    file: TABLE_OF_3,
    problem: 'footer',
  },
  {
    what: 'a table of zeros',
    make: (path) => writeFileSync(join(path, TABLE_OF_3), new Uint8Array(1026)),
    state: 'incomplete',
    file: TABLE_OF_3,
    problem: 'footer',
  },
  {
    what: 'a MANIFEST whose first record claims 65,535 bytes',
    make: (path) => overwrite(join(path, 'private/3/MANIFEST-000035'), 4, Uint8Array.of(0xff, 0xff)),
    state: 'unreadable',
    file: 'private/3/MANIFEST-000035',
    problem: '',
  },
  {
    what: 'a MANIFEST of noise',
    make: (path) => writeFileSync(join(path, 'private/3/MANIFEST-000035'), Buffer.alloc(400, 0xa5)),
    state: 'unreadable',
    file: 'private/3/MANIFEST-000035',
    problem: '',
  },
]

test.each(hostiles)(
  '$what costs the one backup and nothing else',
  async ({ make, state, file, problem, isProvable }) => {
    const { core } = shared
    const path = copyFixture('backup_v1')
    make(path)
    const before = treeState(path)
    const { sourceId, source, backups } = await openSource(core, path)
    expect(source).toMatchObject({ state: 'ready', error: null, backupCount: 3, unsoundBackupCount: 1 })
    expect(backups.map((backup) => [backup.backupId, backup.state])).toEqual([
      [3, state],
      [2, 'sound'],
      [1, 'sound'],
    ])
    const { damages } = await core.client.backups.get({ sourceId, backupId: 3 })
    expect(damages[0]?.file).toBe(file)
    expect(`${damages[0]?.structure}: ${damages[0]?.problem}`).toContain(problem)
    const { verification, problems } = await verified(core, { sourceId })
    expect(verification.outcome).toBe(isProvable ? 'passed' : 'failed')
    expect([...new Set(problems.flatMap(({ backupIds }) => backupIds))]).toEqual(isProvable ? [] : [3])
    const restored = await core.client.restore
      .start({ sourceId, backupId: 3, targetPath: join(tempDir(), 'graph') })
      .then(({ jobId }) => core.jobFinished(jobId))
      .then(
        (job) => job.error?.code ?? job.state,
        (thrown: { data: { code: string } }) => thrown.data.code,
      )
    const refusals = ['DAMAGED', 'LIMIT_EXCEEDED', 'ACCESS_DENIED', 'BACKUP_INCOMPLETE', 'CHECKSUM_MISMATCH']
    expect(isProvable ? ['succeeded'] : refusals).toContain(restored)
    const sound = await ended(
      core,
      core.client.restore.start({ sourceId, backupId: 2, targetPath: join(tempDir(), 'graph') }),
    )
    expect(sound.state).toBe('succeeded')
    expect(treeState(path)).toEqual(before)
  },
)

test('a page of rows of a hostile backup is an error or says what is missing', async () => {
  const { core } = shared
  for (const { make } of hostiles) {
    const path = copyFixture('backup_v1')
    make(path)
    const { sourceId } = await openSource(core, path)
    const state = { sourceId, backupId: 3, upToSequence: null }
    const place = { state, columnFamilyId: 0, after: null, from: null, limit: 10 }
    const answer = await core.client.data.page(place).then(
      ({ rows, damages }) => rows.length === 3 || damages.length > 0,
      (thrown: { data: { code: string } }) => thrown.data.code,
    )
    expect([
      true,
      'DAMAGED',
      'LIMIT_EXCEEDED',
      'ACCESS_DENIED',
      'NOT_A_DIRECTORY',
      'COLUMN_FAMILY_NOT_FOUND',
    ]).toContain(answer)
  }
})

test('a log whose record claims more than there is does not stop the rows before it', async () => {
  const { core } = shared
  const path = copyFixture('backup_v2_api')
  const { sourceId } = await openSource(core, path)
  const page = () =>
    core.client.data.page({
      state: { sourceId, backupId: 2, upToSequence: null },
      columnFamilyId: 0,
      after: null,
      from: null,
      limit: 250,
    })
  const sound = await page()
  expect(sound.damages).toEqual([])
  appendFileSync(join(path, 'private/2/000008.log'), Uint8Array.of(1, 2, 3, 4, 0xff, 0x7f, 1, ...twoGigabytesVarint))
  writeFileSync(join(path, 'meta/2'), readFileSync(join(path, 'meta/2'), 'utf8').replace('1902680752', '1902680751'))
  const damaged = await page()
  expect(damaged.rows).toEqual(sound.rows)
})

describe('a path that is not a backup directory', () => {
  const places: [what: string, make: (folder: string) => string, code: string, nextStep: string][] = [
    ['nothing', (folder) => join(folder, 'absent'), 'PATH_NOT_FOUND', 'Check the path.'],
    ['an empty directory', (folder) => folder, 'NOT_A_BACKUP_DIRECTORY', 'The directory is empty.'],
    [
      'a directory of other things',
      (folder) => {
        writeFileSync(join(folder, 'notes'), '')
        return folder
      },
      'NOT_A_BACKUP_DIRECTORY',
      'A backup directory holds meta/ and private/',
    ],
    ['a database', () => copyFixture('db_two_cf_crashed'), 'NOT_A_BACKUP_DIRECTORY', 'this is a database directory'],
    [
      'the meta directory of one',
      () => join(copyFixture('backup_v1'), 'meta'),
      'NOT_A_BACKUP_DIRECTORY',
      'Its parent is one: open ',
    ],
    [
      'the directory above one',
      () => join(copyFixture('backup_v1'), '..'),
      'NOT_A_BACKUP_DIRECTORY',
      'is one: open that.',
    ],
    [
      'a file',
      () => join(copyFixture('backup_v1'), 'meta', '1'),
      'NOT_A_DIRECTORY',
      'Choose the backup directory itself',
    ],
    [
      'one whose meta is a link',
      (folder) => {
        const path = copyFixture('backup_v1')
        cpSync(join(path, 'meta'), join(folder, 'meta'), { recursive: true })
        rmSync(join(path, 'meta'), { recursive: true })
        symlinkSync(join(folder, 'meta'), join(path, 'meta'))
        return path
      },
      'NOT_A_BACKUP_DIRECTORY',
      'A backup directory holds meta/ and private/',
    ],
  ]

  test.each(places)('%s', async (_what, make, code, nextStep) => {
    const { core } = shared
    const path = make(tempDir())
    const before = existsSync(path) && code !== 'NOT_A_DIRECTORY' ? treeState(path) : []
    const count = (await core.client.sources.list()).length
    const error = await errorOf(core.client.sources.open({ path }))
    expect(error.code).toBe(code)
    expect(error.nextStep).toContain(nextStep)
    expect(await core.client.sources.list()).toHaveLength(count)
    if (before.length > 0) expect(treeState(path)).toEqual(before)
  })
})

test('shared_checksum that is a link costs the backups that use it, with its name', async () => {
  const { core } = shared
  const path = copyFixture('backup_v1')
  renameSync(join(path, 'shared_checksum'), join(path, 'elsewhere'))
  symlinkSync(join(path, 'elsewhere'), join(path, 'shared_checksum'))
  const { sourceId, backups } = await openSource(core, path)
  expect(backups.map(({ state }) => state)).toEqual(['incomplete', 'incomplete', 'incomplete'])
  const { damages } = await core.client.backups.get({ sourceId, backupId: 1 })
  expect(damages[0]).toMatchObject({ file: 'shared_checksum', problem: 'a symbolic link, which is never followed' })
})

test('left-overs of a broken backup run are not backups', async () => {
  const { core } = shared
  const path = copyFixture('backup_v1')
  mkdirSync(join(path, 'private/4.tmp'))
  writeFileSync(join(path, 'private/4.tmp/CURRENT'), 'MANIFEST-000001\n')
  for (const name of ['4.tmp', '05', '-1', '0', '1e3', '99999999999999999999', 'latest']) {
    writeFileSync(join(path, 'meta', name), metaText([]))
  }
  const { source, backups } = await openSource(core, path)
  expect(source.state).toBe('ready')
  expect(backups.map(({ backupId }) => backupId)).toEqual([3, 2, 1])
})

test('a directory that becomes unusable says why, keeps what was known, and recovers', async () => {
  const { core } = shared
  const path = copyFixture('backup_v1')
  const { sourceId } = await openSource(core, path)
  renameSync(path, `${path}-away`)
  const away = await core.client.sources.refresh({ sourceId })
  expect(away).toMatchObject({ state: 'unusable', error: { code: 'PATH_NOT_FOUND' }, backupCount: 3 })
  expect(await core.client.backups.list({ sourceId })).toHaveLength(3)
  renameSync(`${path}-away`, path)
  const back = await core.client.sources.refresh({ sourceId })
  await core.jobFinished(back.indexJobId!)
  expect(await core.client.sources.get({ sourceId })).toMatchObject({ state: 'ready', error: null })
})

test('a thousand backups are indexed in seconds and listed in order', async () => {
  const { core } = shared
  const path = manyBackups(1000)
  const startedMs = performance.now()
  const { source, backups } = await openSource(core, path)
  const tookMs = performance.now() - startedMs
  expect(backups.map(({ backupId }) => backupId)).toEqual(Array.from({ length: 1000 }, (_, index) => 1000 - index))
  expect(source).toMatchObject({ backupCount: 1000, unsoundBackupCount: 0 })
  expect(tookMs).toBeLessThan(15_000)
})
