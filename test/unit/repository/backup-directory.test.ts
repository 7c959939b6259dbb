// Goal: nothing outside of a backup directory is ever read, and what is missing is told from what is refused.
import { mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BackupDirectory, isBackupDirectory } from '../../../src-main/repository/backup-directory.ts'
import { fingerprint } from '../../../src-main/repository/fingerprint.ts'
import { indexDirectory } from '../../../src-main/repository/index-directory.ts'
import type { IndexedBackup } from '../../../src-main/repository/indexed.ts'
import { addBackup } from '../../support/fabricated-backup.ts'
import { copyFixture } from '../../support/fixtures.ts'
import { tempDir } from '../../support/temp-dir.ts'

const denied = expect.objectContaining({ code: 'ACCESS_DENIED' })

test('files are read, listed and looked at by their relative paths', () => {
  const directory = new BackupDirectory(copyFixture('backup_v1'))
  expect(directory.backupIds()).toEqual([1, 2, 3])
  expect(directory.list('private/1')).toEqual(['CURRENT', 'MANIFEST-000010', 'OPTIONS-000012'])
  expect(Buffer.from(directory.read('private/1/CURRENT', 64)).toString()).toBe('MANIFEST-000010\n')
  expect(directory.stat('private/1/CURRENT')?.size).toBe(16)
})

test('what is missing is nothing, on every level', () => {
  const directory = new BackupDirectory(copyFixture('backup_v1'))
  expect([directory.stat('private/9/CURRENT'), directory.stat('shared/1.sst'), directory.list('shared')]).toEqual([
    null,
    null,
    [],
  ])
  expect(() => directory.open('private/9/CURRENT')).toThrow(expect.objectContaining({ code: 'PATH_NOT_FOUND' }))
})

test('a link is followed neither as a file nor as a directory on the way', () => {
  const path = copyFixture('backup_v1')
  renameSync(join(path, 'private/1'), join(path, 'elsewhere'))
  symlinkSync(join(path, 'elsewhere'), join(path, 'private/1'))
  symlinkSync(join(path, 'elsewhere/CURRENT'), join(path, 'private/2/link'))
  const directory = new BackupDirectory(path)
  expect(() => directory.open('private/1/CURRENT')).toThrow(denied)
  expect(() => directory.stat('private/1/CURRENT')).toThrow(denied)
  expect(() => directory.list('private/1')).toThrow(denied)
  expect(() => directory.locate('private/1/CURRENT')).toThrow(denied)
  expect(() => directory.open('private/2/link')).toThrow(denied)
  expect(directory.stat('private/2/link')?.isSymbolicLink()).toBe(true)
})

test('a file beyond the bound is refused before it is read', () => {
  const directory = new BackupDirectory(copyFixture('backup_v1'))
  expect(() => directory.read('private/1/CURRENT', 15)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
})

test('a directory is known by meta/ with private/ or shared files beside it', () => {
  const folder = tempDir()
  const answers = [isBackupDirectory(folder), isBackupDirectory(join(folder, 'absent'))]
  mkdirSync(join(folder, 'meta'))
  answers.push(isBackupDirectory(folder))
  mkdirSync(join(folder, 'shared'))
  answers.push(isBackupDirectory(folder))
  expect(answers).toEqual([false, false, false, true])
})

test('the fingerprint changes with the backups and with the shared files, and with nothing else', () => {
  const path = copyFixture('backup_v1')
  const print = () => fingerprint(new BackupDirectory(path))
  const prints = [print()]
  writeFileSync(join(path, 'notes'), '')
  utimesSync(join(path, 'private/1/CURRENT'), 1, 1)
  expect(print()).toBe(prints[0])
  addBackup(path, 4)
  prints.push(print())
  writeFileSync(join(path, 'shared_checksum/000050_sX_1.sst'), '')
  prints.push(print())
  writeFileSync(join(path, 'meta/4'), 'rewritten')
  prints.push(print())
  mkdirSync(join(path, 'private/4/more'))
  prints.push(print())
  expect(new Set(prints).size).toBe(prints.length)
})

test('an index tells the newest backup first, opens each table once, and may be stopped between backups', () => {
  const path = copyFixture('backup_v1')
  const backups: IndexedBackup[] = []
  const steps: number[][] = []
  const sink = {
    add: (backup: IndexedBackup) => void backups.push(backup),
    checkpoint: (...step: number[]) => void steps.push(step),
  }
  const first = indexDirectory(path, new Map(), sink)
  expect(first).toMatchObject({ backupCount: 3, readFileCount: 3 })
  expect([backups.map(({ backupId }) => backupId), steps]).toEqual([
    [3, 2, 1],
    [
      [0, 3],
      [1, 3],
      [2, 3],
    ],
  ])
  const [use] = backups[1]?.uses ?? []
  expect(use?.file).toBe(backups[1]?.uses[0]?.file)
  const known = new Map(
    backups.flatMap(({ uses }) =>
      uses.flatMap(({ file }) =>
        file.table === null
          ? []
          : [[file.path, { sizeBytes: file.sizeBytes!, modifiedAtUs: file.modifiedAtUs!, table: file.table }]],
      ),
    ) as never,
  )
  expect(indexDirectory(path, known as never, sink)).toEqual({ ...first, readFileCount: 0 })
  const stop = () => {
    throw new Error('stopped')
  }
  expect(() => indexDirectory(path, new Map(), { ...sink, checkpoint: stop })).toThrow('stopped')
})

test('a meta file that cannot be read is one damage, with nothing invented', () => {
  const path = copyFixture('backup_v1')
  renameSync(join(path, 'meta/3'), join(path, 'elsewhere'))
  symlinkSync(join(path, 'elsewhere'), join(path, 'meta/3'))
  const backups: IndexedBackup[] = []
  indexDirectory(path, new Map(), { add: (backup) => void backups.push(backup), checkpoint: () => {} })
  expect(backups[0]).toEqual({
    backupId: 3,
    state: 'unreadable',
    createdAtUs: 0,
    sequence: 0,
    schemaVersion: 'unknown',
    appMetadata: null,
    metaText: '',
    metaDigest: '',
    databaseId: null,
    manifestSequence: null,
    uses: [],
    columnFamilies: [],
    damages: [
      {
        file: 'meta/3',
        offsetBytes: null,
        structure: 'file',
        problem: 'a symbolic link, which is never followed: meta/3',
        expected: null,
        found: null,
      },
    ],
  })
})
