// Goal: a restore that must not begin does not, says why, and changes nothing. Method: targets and backups of every bad
// kind, through the plan and through the start of a whole core.
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { errorOf, openSource, useCore } from '../support/core-under-test.ts'
import { copyFixture, cutFile, treeState } from '../support/fixtures.ts'
import { tempDir } from '../support/temp-dir.ts'

const shared = useCore()

async function opened(path = copyFixture('backup_v1')) {
  const { core } = shared
  const { sourceId } = await openSource(core, path)
  return { core, sourceId, path: realpathSync(path) }
}

const partialOf = (target: string) => `${target}.lifeboat-partial`

describe('refused is', () => {
  type Place = { folder: string; source: string }
  const targets: [what: string, make: (place: Place) => string, code: string, message: string][] = [
    ['a relative path', () => 'graph', 'BAD_REQUEST', 'the target must be an absolute path'],
    ['the root', () => '/', 'BAD_REQUEST', 'the target must be an absolute path'],
    [
      'a target whose parent is missing',
      ({ folder }) => join(folder, 'absent', 'graph'),
      'PATH_NOT_FOUND',
      'the directory that would hold the target cannot be used',
    ],
    [
      'a directory with something in it',
      ({ folder }) => {
        mkdirSync(join(folder, 'full'))
        writeFileSync(join(folder, 'full', 'notes'), '')
        return join(folder, 'full')
      },
      'TARGET_NOT_EMPTY',
      'the target is not empty (1 entries, the first is notes)',
    ],
    [
      'a database',
      ({ folder }) => {
        cpSync(copyFixture('db_two_cf_crashed'), join(folder, 'database'), { recursive: true })
        return join(folder, 'database')
      },
      'TARGET_NOT_EMPTY',
      'the target holds a database; Lifeboat never writes over one',
    ],
    ['the source', ({ source }) => source, 'TARGET_INSIDE_SOURCE', 'the target and the backup directory overlap'],
    [
      'a target inside the source',
      ({ source }) => join(source, 'private', 'graph'),
      'TARGET_INSIDE_SOURCE',
      'the target and the backup directory overlap',
    ],
    [
      'a target inside the source whose name begins with dots',
      ({ source }) => join(source, '..graph'),
      'TARGET_INSIDE_SOURCE',
      'the target and the backup directory overlap',
    ],
    [
      'a target inside the source by way of a link',
      ({ folder, source }) => {
        symlinkSync(source, join(folder, 'link'))
        return join(folder, 'link', 'graph')
      },
      'TARGET_INSIDE_SOURCE',
      'the target and the backup directory overlap',
    ],
    [
      'a target that the source lies in',
      ({ source }) => dirname(source),
      'TARGET_INSIDE_SOURCE',
      'the target and the backup directory overlap',
    ],
    [
      'a symbolic link',
      ({ folder }) => {
        mkdirSync(join(folder, 'there'))
        symlinkSync(join(folder, 'there'), join(folder, 'link'))
        return join(folder, 'link')
      },
      'TARGET_UNUSABLE',
      'the target is a symbolic link',
    ],
    [
      'a dangling symbolic link',
      ({ folder }) => {
        symlinkSync(join(folder, 'absent'), join(folder, 'link'))
        return join(folder, 'link')
      },
      'TARGET_UNUSABLE',
      'the target is a symbolic link',
    ],
    [
      'a file',
      ({ folder }) => {
        writeFileSync(join(folder, 'file'), '')
        return join(folder, 'file')
      },
      'TARGET_UNUSABLE',
      'the target is a file',
    ],
    [
      'a target beside which somebody else began',
      ({ folder }) => {
        mkdirSync(partialOf(join(folder, 'graph')))
        writeFileSync(join(partialOf(join(folder, 'graph')), 'owner.json'), '{"formatVersion":1')
        return join(folder, 'graph')
      },
      'TARGET_BUSY',
      'an unfinished restore of unknown origin lies beside the target',
    ],
    [
      'a target beside which a link lies',
      ({ folder }) => {
        mkdirSync(join(folder, 'there'))
        symlinkSync(join(folder, 'there'), partialOf(join(folder, 'graph')))
        return join(folder, 'graph')
      },
      'TARGET_BUSY',
      'an unfinished restore of unknown origin lies beside the target',
    ],
  ]

  test.each(targets)('%s', async (_what, make, code, message) => {
    const { core, sourceId, path } = await opened()
    const folder = tempDir()
    const targetPath = make({ folder, source: path })
    const before = [treeState(folder), treeState(path)]
    const { refusals } = await core.client.restore.plan({ sourceId, backupId: 1, targetPath })
    expect(refusals[0]).toMatchObject({ code, message, nextStep: expect.any(String) })
    const jobCount = (await core.client.jobs.list({ limit: 1000 })).length
    expect(await errorOf(core.client.restore.start({ sourceId, backupId: 1, targetPath }))).toEqual({
      ...refusals[0],
      details: refusals[0]?.details === null ? null : expect.any(String),
    })
    expect(await core.client.jobs.list({ limit: 1000 })).toHaveLength(jobCount)
    expect([treeState(folder), treeState(path)]).toEqual(before)
  })

  const backups: [what: string, damage: (path: string) => void, backupId: number, code: string, message: string][] = [
    ['a backup that is not there', () => {}, 7, 'BACKUP_NOT_FOUND', 'no backup 7 in this directory'],
    [
      'a backup with a missing file',
      (path) => rmSync(join(path, 'private/1/CURRENT')),
      1,
      'BACKUP_INCOMPLETE',
      'backup 1 cannot be restored: private/1/CURRENT is missing',
    ],
    [
      'a backup with a cut file',
      (path) => cutFile(join(path, 'shared_checksum/000008_sBZ71H3CED2H4UBHQ66Q2_988.sst'), 900),
      2,
      'BACKUP_INCOMPLETE',
      'backup 2 cannot be restored: shared_checksum/000008_sBZ71H3CED2H4UBHQ66Q2_988.sst has 900 bytes instead of 988',
    ],
    [
      'a backup with a link for a file',
      (path) => {
        copyFileSync(join(path, 'private/1/CURRENT'), join(path, 'there'))
        rmSync(join(path, 'private/1/CURRENT'))
        symlinkSync(join(path, 'there'), join(path, 'private/1/CURRENT'))
      },
      1,
      'BACKUP_INCOMPLETE',
      'backup 1 cannot be restored: private/1/CURRENT is not a regular file',
    ],
  ]

  test.each(backups)('%s', async (_what, damage, backupId, code, message) => {
    const { core, sourceId, path } = await opened()
    damage(path)
    const targetPath = join(tempDir(), 'graph')
    expect(await errorOf(core.client.restore.plan({ sourceId, backupId, targetPath }))).toMatchObject({ code, message })
    expect(await errorOf(core.client.restore.start({ sourceId, backupId, targetPath }))).toMatchObject({
      code,
      message,
    })
    expect(readdirSync(dirname(targetPath))).toEqual([])
  })

  test('a backup with files that were left out', async () => {
    const { core, sourceId } = await opened(copyFixture('backup_v2_api'))
    const call = core.client.restore.start({ sourceId, backupId: 3, targetPath: join(tempDir(), 'graph') })
    expect(await errorOf(call)).toMatchObject({
      code: 'BACKUP_INCOMPLETE',
      message: expect.stringContaining('was left out'),
    })
  })

  test('a disk without the space', async (context) => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      return context.skip('did not run: mounting a small file system takes root on Linux')
    }
    const folder = tempDir()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder], { stdio: 'pipe' })
    } catch (cause) {
      return context.skip(`did not run: no small file system can be mounted here (${String(cause)})`)
    }
    onTestFinished(() => void execFileSync('umount', [folder]))
    const { core, sourceId } = await opened()
    const targetPath = join(folder, 'graph')
    const call = core.client.restore.start({ sourceId, backupId: 1, targetPath })
    expect(await errorOf(call)).toMatchObject({ code: 'DISK_FULL', message: '8102 bytes are needed, 4096 are free' })
    expect(readdirSync(folder)).toEqual([])
  })
})
