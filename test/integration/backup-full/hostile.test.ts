// Goal: a planted or broken directory is refused in words, nothing outside is read or written, nothing blocks. Method: real
// databases and repositories with one thing changed.
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { captureLiveFiles } from '../../../src-main/backup/full/capture.ts'
import { removeLeftovers } from '../../../src-main/backup/full/leftovers.ts'
import { releaseLiveFiles } from '../../../src-main/backup/full/live-files.ts'
import { copyFixture, cutFile } from '../../support/fixtures.ts'
import { tempDir } from '../../support/temp-dir.ts'
import {
  filesBelow,
  filesNamed,
  metaOf,
  newRepository,
  openFileCount,
  restored,
  rowsOf,
  take,
  unsyncedLayer,
  verified,
} from './support.ts'

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return null
}

describe('a database', () => {
  const plants: [what: string, plant: (database: string) => void, code: string][] = [
    ['with a link as a table', (database) => linkInstead(database, '000011.sst'), 'ACCESS_DENIED'],
    ['with a link as a log', (database) => linkInstead(database, '000012.log'), 'ACCESS_DENIED'],
    ['with a link as CURRENT', (database) => linkInstead(database, 'CURRENT'), 'ACCESS_DENIED'],
    ['with a link as OPTIONS', (database) => linkInstead(database, 'OPTIONS-000009'), 'ACCESS_DENIED'],
    ['with a pipe as a table', (database) => pipeInstead(database, '000011.sst'), 'ACCESS_DENIED'],
    ['with a folder as a log', (database) => folderInstead(database, '000012.log'), 'ACCESS_DENIED'],
    ['without CURRENT', (database) => rmSync(join(database, 'CURRENT')), 'NOT_A_DATABASE_DIRECTORY'],
    ['that is not there', (database) => rmSync(database, { recursive: true }), 'PATH_NOT_FOUND'],
    ['with a log directory relative to the server', (database) => setOption(database, 'wal_dir=logs'), 'BAD_REQUEST'],
    [
      'whose blobs precede the log',
      (database) => setFamilyOption(database, 'enable_blob_direct_write=true'),
      'BAD_REQUEST',
    ],
  ]

  test.each(plants)('%s is refused', (_what, plant, code) => {
    const database = copyFixture('db_two_cf_crashed')
    plant(database)
    const repository = newRepository()
    const descriptors = openFileCount()
    expect(thrownBy(() => take(database, repository, 1))).toMatchObject({ code })
    expect(openFileCount()).toBe(descriptors)
    expect(filesBelow(repository)).toEqual([])
  })

  test('with a CURRENT that leads elsewhere is refused', () => {
    const database = copyFixture('db_two_cf_crashed')
    writeFileSync(join(database, 'CURRENT'), '../MANIFEST-000005\n')
    expect(() => captureLiveFiles(database)).toThrow(/does not name a MANIFEST/)
  })

  test('with more files than this process may open says what to raise', () => {
    const script = `
      import { captureLiveFiles } from ${JSON.stringify(join(import.meta.dirname, '../../../src-main/backup/full/capture.ts'))}
      try { captureLiveFiles(process.argv[1]) } catch (error) { console.log(JSON.stringify([error.code, error.facts])) }
    `
    const database = copyFixture('db_two_cf_crashed')
    // as many as Node itself needs to run, found from above
    const run = (limit: number) => {
      const command = `ulimit -n ${limit} && exec "$0" --input-type=module -e "$1" "$2"`
      return execFileSync('/bin/sh', ['-c', command, process.execPath, script, database], {
        encoding: 'utf8',
        stdio: 'pipe',
      })
    }
    let told = ''
    for (let limit = 40; told === '' && limit > 10; limit -= 1) {
      try {
        told = run(limit)
      } catch {
        break
      }
    }
    expect(told).toContain('LIMIT_EXCEEDED')
    expect(told).toContain('ulimit -n')
  })

  test('with manual flushes of its log, unreadable options or a moved log directory is backed up with a warning', () => {
    const database = copyFixture('db_two_cf_crashed')
    setOption(database, 'manual_wal_flush=true')
    setOption(database, 'wal_dir=/nowhere/logs')
    const live = captureLiveFiles(database)
    releaseLiveFiles(live)
    expect(live.warnings.map(({ kind }) => kind)).toEqual(['manual-log-flush', 'log-directory-missing'])
    writeFileSync(join(database, 'OPTIONS-000009'), 'no options')
    const other = captureLiveFiles(database)
    releaseLiveFiles(other)
    expect(other.warnings.map(({ kind }) => kind)).toEqual(['options-unreadable'])
  })

  test('with its logs elsewhere is backed up with them', () => {
    const database = copyFixture('db_two_cf_crashed')
    const rows = rowsOf(database)
    const logs = tempDir()
    for (const name of ['000004.log', '000010.log', '000012.log']) renameSync(join(database, name), join(logs, name))
    setOption(database, `wal_dir=${logs}`)
    const repository = newRepository()
    expect(take(database, repository, 1).warnings).toEqual([])
    expect(rowsOf(restored(repository, 1))).toEqual(rows)
  })

  test('with a torn end of its last log is cut after the last whole record', async () => {
    const database = copyFixture('db_two_cf_crashed')
    const whole = take(database, newRepository(), 1)
    cutFile(join(database, '000012.log'), -3)
    const repository = newRepository()
    const cut = take(database, repository, 1)
    expect(cut.lastSequence).toBeLessThan(whole.lastSequence)
    const size = metaOf(repository, 1).files.find(({ databaseName }) => databaseName === '000012.log')?.sizeBytes
    expect(size).toBeLessThan(readFileSync(join(database, '000012.log')).length)
    expect(await verified(repository)).toEqual({ backupIds: [1], problems: [] })
  })

  test('is no place for the repository', () => {
    const database = copyFixture('db_two_cf_crashed')
    const inside = join(database, 'backups')
    mkdirSync(inside)
    expect(thrownBy(() => take(database, inside, 1))).toMatchObject({ code: 'TARGET_INSIDE_SOURCE' })
  })
})

describe('a repository', () => {
  function withOne(): { database: string; repository: string } {
    const database = copyFixture('db_two_cf_crashed')
    const repository = newRepository()
    take(database, repository, 1, { layer: unsyncedLayer })
    return { database, repository }
  }

  test.each(['meta', 'private', 'shared_checksum'])(
    'whose %s is a link is refused, and nothing is written through it',
    (folder) => {
      const { database, repository } = withOne()
      const elsewhere = join(tempDir(), 'elsewhere')
      renameSync(join(repository, folder), elsewhere)
      symlinkSync(elsewhere, join(repository, folder))
      const before = filesBelow(elsewhere)
      expect(thrownBy(() => take(database, repository, 2))).toMatchObject({ name: 'AppError' })
      expect(filesBelow(elsewhere)).toEqual(before)
    },
  )

  test('with a link as private directory of the next id loses the link and nothing behind it', async () => {
    const { database, repository } = withOne()
    const elsewhere = tempDir()
    writeFileSync(join(elsewhere, 'precious'), 'x')
    symlinkSync(elsewhere, join(repository, 'private', '2'))
    take(database, repository, 2)
    expect(filesBelow(elsewhere)).toEqual(['precious'])
    expect(await verified(repository)).toEqual({ backupIds: [1, 2], problems: [] })
  })

  test('with an id that is taken is refused', () => {
    const { database, repository } = withOne()
    const before = filesBelow(repository)
    expect(thrownBy(() => take(database, repository, 1))).toMatchObject({ code: 'BAD_REQUEST' })
    expect(filesBelow(repository)).toEqual(before)
  })

  test('with a cut table that would be shared is refused, as damaged', () => {
    const { database, repository } = withOne()
    const path = metaOf(repository, 1).files.find(({ path: each }) => each.endsWith('.sst'))?.path ?? ''
    cutFile(join(repository, path), -1)
    expect(thrownBy(() => take(database, repository, 2))).toMatchObject({ damage: { file: path } })
    expect(filesBelow(join(repository, 'private'))).toEqual(
      filesBelow(join(repository, 'private', '1')).map((name) => `1/${name}`),
    )
  })

  test('that has lost a table gets it back with the next backup', async () => {
    const { database, repository } = withOne()
    const path = metaOf(repository, 1).files.find(({ path: each }) => each.endsWith('.sst'))?.path ?? ''
    rmSync(join(repository, path))
    take(database, repository, 2)
    expect(await verified(repository)).toEqual({ backupIds: [1, 2], problems: [] })
  })

  test('with leftovers of every kind is cleaned; what is not ours stays', () => {
    const { repository } = withOne()
    const put = (path: string) => {
      mkdirSync(join(repository, path, '..'), { recursive: true })
      writeFileSync(join(repository, path), 'left')
    }
    const leftovers = [
      'meta/.5.tmp',
      'private/5/MANIFEST-000001',
      'shared_checksum/.000099_s_1.sst.tmp',
      'shared_checksum/000099_sABC_12.sst',
      'shared_checksum/000098_123_12.blob',
      'shared/000097.sst',
      'shared/.000096.sst.tmp',
    ]
    const foreign = ['meta/README', 'private/notes/x', 'shared_checksum/README', 'increments/1.json']
    for (const path of [...leftovers, ...foreign]) put(path)
    const before = filesNamed(repository)
    expect(removeLeftovers(repository)).toEqual({ removedFileCount: 7, removedBytes: 28, warnings: [] })
    expect(filesBelow(repository)).toEqual([...before, ...foreign].sort())
    put('private/1.tmp')
    expect(removeLeftovers(repository).warnings).toEqual([expect.stringContaining('private/1.tmp')])
    expect(filesBelow(repository)).toContain('private/1.tmp')
  })

  test('with a meta file that cannot be read loses nothing, and the next backup is made', async () => {
    const { database, repository } = withOne()
    cpSync(join(repository, 'private', '1'), join(repository, 'private', '3'), { recursive: true })
    appendFileSync(join(repository, 'meta', '1'), 'broken')
    const before = filesBelow(repository)
    const removal = removeLeftovers(repository)
    expect(removal).toMatchObject({ removedFileCount: 0, removedBytes: 0 })
    expect(removal.warnings).toEqual([expect.stringContaining('meta/1 cannot be read')])
    expect(filesBelow(repository)).toEqual(before)
    const written = take(database, repository, 4)
    expect(written).toMatchObject({ sharedFileCount: 0 })
    expect(written.warnings).toEqual([expect.stringContaining('meta/1')])
    expect(filesBelow(repository)).toEqual(expect.arrayContaining(before))
    const { problems } = await verified(repository)
    expect(problems).toEqual([expect.objectContaining({ path: 'meta/1', kind: 'meta' })])
  })
})

function linkInstead(database: string, name: string): void {
  renameSync(join(database, name), join(database, `${name}.real`))
  symlinkSync(join(database, `${name}.real`), join(database, name))
}

function pipeInstead(database: string, name: string): void {
  rmSync(join(database, name))
  execFileSync('mkfifo', [join(database, name)])
}

function folderInstead(database: string, name: string): void {
  rmSync(join(database, name))
  mkdirSync(join(database, name))
}

function setOption(database: string, option: string): void {
  changeOptions(database, /\[DBOptions\]\n/, (head) => `${head}  ${option}\n`, option)
}

function setFamilyOption(database: string, option: string): void {
  changeOptions(database, /\[CFOptions "default"\]\n/, (head) => `${head}  ${option}\n`, option)
}

function changeOptions(database: string, head: RegExp, change: (head: string) => string, option: string): void {
  const path = join(database, 'OPTIONS-000009')
  const name = option.slice(0, option.indexOf('='))
  const lines = readFileSync(path, 'utf8').split('\n')
  const others = lines.filter((line) => !line.trim().startsWith(`${name}=`)).join('\n')
  writeFileSync(path, others.replace(head, change))
}
