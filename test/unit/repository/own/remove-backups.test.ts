// Goal: a removal takes exactly what was asked for and what nobody needs any more, and refuses the rest.
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AppError } from '../../../../src-main/base/app-error.ts'
import { BackupDirectory } from '../../../../src-main/repository/backup-directory.ts'
import { publishIncrement } from '../../../../src-main/repository/own/increments.ts'
import { listBackups } from '../../../../src-main/repository/own/list/list-backups.ts'
import { noteVerification, pinBackup } from '../../../../src-main/repository/own/records.ts'
import { idsToRemove } from '../../../../src-main/repository/own/remove/ids-to-remove.ts'
import { removeLeftovers } from '../../../../src-main/repository/own/remove/leftovers.ts'
import { removeBackups } from '../../../../src-main/repository/own/remove/remove-backups.ts'
import { addTimeline } from '../../../../src-main/repository/own/timelines.ts'
import type { RepositoryWriter } from '../../../../src-main/repository/own/writer.ts'
import { systemError, watchedLayer } from '../../../support/faulty-layer.ts'
import { flipByte } from '../../../support/fixtures.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import {
  addFull,
  addSegment,
  aloneWriter,
  incrementOf,
  newRepository,
  put,
  segmentPath,
  tableFile,
} from './fabricated-repository.ts'

const plainly = {
  withDependents: false,
  evenNewestSoundFull: false,
  inUseIds: new Set<number>(),
  isBackupBeingMade: false,
}
const code = (name: string) => expect.objectContaining({ code: name })
const idsIn = (root: string) => listBackups(new BackupDirectory(root)).backups.map(({ id }) => id)

function filesBelow(root: string, ...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort(),
  )
}

/** Segments 11–20, 21–30, 31–40, 41–50; fulls 1 (10), 3 (20), 5 (40); increments 2 on 1, 4 on 3. */
function twoChains(): { root: string; writer: RepositoryWriter } {
  const root = tempDir()
  const writer = newRepository(root)
  const [first, second] = [11, 21, 31, 41].map((from) =>
    addSegment(root, { firstSequence: from, lastSequence: from + 9 }),
  )
  addFull(root, { id: 1, lastSequence: 10, tables: [1, 2] })
  publishIncrement(writer, incrementOf({ id: 2, baseId: 1, firstSequence: 11, segments: [first!] }))
  addFull(root, { id: 3, lastSequence: 20, tables: [2, 3] })
  publishIncrement(writer, incrementOf({ id: 4, baseId: 3, firstSequence: 21, segments: [second!] }))
  addFull(root, { id: 5, lastSequence: 40, tables: [3, 4] })
  return { root, writer }
}

const segments = (...from: number[]) =>
  from.flatMap((each) => [segmentPath('1', each).replace('.wal', '.idx'), segmentPath('1', each)])

test('a full goes with its own files, shared ones stay as long as another backup has them', () => {
  const { root, writer } = twoChains()
  const removed = removeBackups(writer, [1], { ...plainly, withDependents: true })
  expect(removed).toEqual({ removedIds: [1, 2], fileCount: 8, freedBytes: expect.any(Number), problems: [] })
  expect(filesBelow(root, 'meta', 'private', 'increments', 'shared_checksum', 'wal')).toEqual([
    'meta/3',
    'meta/5',
    ...[3, 5].flatMap((id) => ['CURRENT', 'MANIFEST-000005', 'OPTIONS-000007'].map((name) => `private/${id}/${name}`)),
    'increments/4.json',
    ...[2, 3, 4].map((number) => tableFile(number).path),
    ...segments(21, 31, 41),
  ])
  expect(existsSync(join(root, 'private/1'))).toBe(false)
})

test('the bytes that are freed are those of the files that went', () => {
  const { root, writer } = twoChains()
  const sizeOf = () => filesBelow(root, '.').reduce((sum, path) => sum + new BackupDirectory(root).stat(path)!.size, 0)
  const before = sizeOf()
  const { freedBytes } = removeBackups(writer, [3], { ...plainly, withDependents: true })
  expect(before - sizeOf()).toBe(freedBytes)
  expect(freedBytes).toBeGreaterThan(100)
})

test('segments stay from the oldest full on, and the newest one always', () => {
  const { root, writer } = twoChains()
  removeBackups(writer, [1, 2, 3, 4], plainly)
  expect(filesBelow(root, 'wal')).toEqual(segments(41))
  addFull(root, { id: 6, lastSequence: 50 })
  removeBackups(writer, [5], plainly)
  expect(filesBelow(root, 'wal')).toEqual(segments(41))
})

test('an open segment and those behind the last full of any kind are never taken', () => {
  const { root, writer } = twoChains()
  addSegment(root, { firstSequence: 51, lastSequence: 60, isOpen: true })
  removeBackups(writer, [1, 2, 3, 4], plainly)
  expect(filesBelow(root, 'wal')).toEqual([...segments(41), segmentPath('1', 51)])
})

test('a backup that another one needs is refused, and named', () => {
  const { root, writer } = twoChains()
  expect(() => removeBackups(writer, [3], plainly)).toThrow(
    expect.objectContaining({ code: 'BACKUP_NEEDED', message: 'backup 3 is needed by backup 4' }),
  )
  expect(() => removeBackups(writer, [9], plainly)).toThrow(code('BACKUP_NOT_FOUND'))
  expect(idsIn(root)).toEqual([5, 4, 3, 2, 1])
  expect(
    idsToRemove({ backups: listBackups(new BackupDirectory(root)).backups, isWhole: true }, [3, 4], plainly),
  ).toEqual([3, 4])
})

test('the newest sound full, what is pinned and what is read stay, and what builds on these', () => {
  const { root, writer } = twoChains()
  expect(() => removeBackups(writer, [5], plainly)).toThrow(code('BACKUP_PROTECTED'))
  pinBackup(writer, 2, 'kept')
  expect(() => removeBackups(writer, [1], { ...plainly, withDependents: true })).toThrow(code('BACKUP_PROTECTED'))
  const isRead = { ...plainly, withDependents: true, inUseIds: new Set([4]) }
  expect(() => removeBackups(writer, [3], isRead)).toThrow(code('BACKUP_PROTECTED'))
  expect(idsIn(root)).toEqual([5, 4, 3, 2, 1])
  expect(removeBackups(writer, [5], { ...plainly, evenNewestSoundFull: true }).removedIds).toEqual([5])
  expect(() => removeBackups(writer, [3], { ...plainly, withDependents: true })).toThrow(code('BACKUP_PROTECTED'))
})

test('an id that stands twice is not removed', () => {
  const { root, writer } = twoChains()
  addFull(root, { id: 4, lastSequence: 30 })
  expect(() => removeBackups(writer, [4], plainly)).toThrow(code('BACKUP_PROTECTED'))
  expect(idsIn(root)).toEqual([5, 4, 4, 3, 2, 1])
})

test('nothing is removed while a folder cannot be read', () => {
  for (const folder of ['increments', 'pins']) {
    const { root, writer } = twoChains()
    rmSync(join(root, folder), { recursive: true, force: true })
    symlinkSync(tempDir(), join(root, folder))
    expect(() => removeBackups(writer, [1], plainly)).toThrow(code('REPOSITORY_UNUSABLE'))
    expect(removeLeftovers(writer)).toEqual({ fileCount: 0, freedBytes: 0, problems: [] })
    expect(existsSync(join(root, 'meta/1'))).toBe(true)
  }
})

test('no shared file and no segment goes while a meta file cannot be read; it can be removed, and then they go', () => {
  const { root, writer } = twoChains()
  flipByte(join(root, 'meta/3'), 0)
  removeBackups(writer, [1, 2], plainly)
  expect(filesBelow(root, 'shared_checksum')).toHaveLength(4)
  expect(filesBelow(root, 'wal')).toEqual(segments(11, 21, 31, 41))
  expect(existsSync(join(root, 'private/1'))).toBe(false)
  expect(existsSync(join(root, 'private/3/CURRENT'))).toBe(true)
  removeBackups(writer, [3, 4], plainly)
  expect(filesBelow(root, 'shared_checksum')).toEqual([tableFile(3).path, tableFile(4).path])
  expect(filesBelow(root, 'private')).toHaveLength(3)
  expect(filesBelow(root, 'wal')).toEqual(segments(41))
})

test.each([
  ['a meta file with a number that is no id', 'meta/99999999999999999999'],
  ['an increment that cannot be read', 'increments/9.json'],
])('%s keeps shared files and segments as well', (_what, path) => {
  const { root, writer } = twoChains()
  writeFileSync(join(root, path), '?')
  removeBackups(writer, [1, 2], plainly)
  expect(filesBelow(root, 'shared_checksum')).toHaveLength(4)
  expect(filesBelow(root, 'wal')).toEqual(segments(11, 21, 31, 41))
})

test('damaged timelines keep all segments', () => {
  const { root, writer } = twoChains()
  flipByte(join(root, 'timelines.json'), 30)
  removeBackups(writer, [1, 2], plainly)
  expect(filesBelow(root, 'wal')).toEqual(segments(11, 21, 31, 41))
})

test('while a backup is being made only descriptions go, and the rest with the next cleaning', () => {
  const { root, writer } = twoChains()
  put(root, 'private/6/CURRENT', Buffer.from('being made'))
  expect(removeBackups(writer, [1, 2], { ...plainly, isBackupBeingMade: true }).fileCount).toBe(2)
  expect(filesBelow(root, 'private')).toHaveLength(10)
  expect(filesBelow(root, 'shared_checksum')).toHaveLength(4)
  addFull(root, { id: 6, lastSequence: 50, tables: [1] })
  removeLeftovers(writer)
  expect(readdirSync(join(root, 'private'))).toEqual(['3', '5', '6'])
  expect(filesBelow(root, 'shared_checksum')).toEqual([1, 2, 3, 4].map((number) => tableFile(number).path))
})

test('leftovers of every kind go, and what the format does not know stays', () => {
  const { root, writer } = twoChains()
  noteVerification(writer, {
    id: 2,
    level: 'deep',
    result: 'failed',
    verifiedAtUs: 1,
    fileCount: 0,
    readBytes: 0,
    durationUs: 0,
    problems: [],
  })
  rmSync(join(root, 'increments/2.json'))
  const gone = [
    'meta/.7.tmp',
    'increments/.7.json.tmp',
    'private/7/CURRENT',
    'shared_checksum/.000077_sX_1.sst.tmp',
    'shared_checksum/000077_s1_1.sst',
    'shared/000077.sst',
    'wal/1/00000000000000000001.idx',
  ]
  const kept = [
    'meta/readme',
    'private/readme',
    'private/7.tmp/CURRENT',
    'private/07/CURRENT',
    'shared_checksum/readme.txt',
    'shared_checksum/000078_s1_1.sst/folder',
    'wal/readme',
    'wal/1/readme',
    'notes',
  ]
  for (const path of [...gone, ...kept]) put(root, path, Buffer.from('x'))
  symlinkSync('/etc/passwd', join(root, 'shared_checksum/000079_s1_1.sst'))
  symlinkSync('/etc/passwd', join(root, 'private/7/link'))
  const removed = removeLeftovers(writer)
  expect(removed.problems).toEqual([])
  expect(removed.fileCount).toBe(gone.length + 2)
  expect(gone.filter((path) => existsSync(join(root, path)))).toEqual([])
  expect(kept.filter((path) => !existsSync(join(root, path)))).toEqual([])
  expect(existsSync('/etc/passwd')).toBe(true)
  expect(existsSync(join(root, 'private/7'))).toBe(false)
  expect(existsSync(join(root, 'verified/2.json'))).toBe(false)
  expect(filesBelow(root, 'shared_checksum')).toContain('shared_checksum/000079_s1_1.sst')
})

test('an index whose segment came since the folder was listed stays', () => {
  const { root } = twoChains()
  const lone = ['wal/1/00000000000000000051', 'wal/1/00000000000000000061']
  for (const path of lone) writeFileSync(join(root, `${path}.idx`), '')
  const segment = join(root, `${lone[0]}.wal`)
  // the first change to the disk comes behind the look at it
  const layer = watchedLayer(() => {
    if (!existsSync(segment)) writeFileSync(segment, '')
  })
  expect(removeLeftovers(aloneWriter(root, { layer }))).toEqual({ fileCount: 1, freedBytes: 0, problems: [] })
  expect(lone.map((path) => existsSync(join(root, `${path}.idx`)))).toEqual([true, false])
})

test('a leftover folder with a folder in it stays and is reported', () => {
  const { root, writer } = twoChains()
  mkdirSync(join(root, 'private/7/inside'), { recursive: true })
  expect(removeLeftovers(writer).problems.map(({ file }) => file)).toEqual(['private/7'])
  expect(existsSync(join(root, 'private/7/inside'))).toBe(true)
})

test('a fork keeps what it needs of its parent, and a deserted timeline goes with its last backup', () => {
  const { root, writer } = twoChains()
  addTimeline(writer, { databaseId: null, parent: '1', forkSequence: 25 })
  addSegment(root, { timeline: '2', firstSequence: 26, lastSequence: 35 })
  addSegment(root, { timeline: '2', firstSequence: 36, lastSequence: 45 })
  removeBackups(writer, [1, 2, 4], plainly)
  const forked = [26, 36].flatMap((from) => [segmentPath('2', from).replace('.wal', '.idx'), segmentPath('2', from)])
  expect(filesBelow(root, 'wal')).toEqual([...segments(21, 31, 41), ...forked])
  // full 5 is behind the fork: the fork loses its base, but nothing says that it may lose its commits
  removeBackups(writer, [3], plainly)
  expect(filesBelow(root, 'wal')).toEqual([...segments(41), ...forked])
  addFull(root, { id: 6, lastSequence: 35, timeline: '2' })
  removeBackups(writer, [5], plainly)
  expect(filesBelow(root, 'wal')).toEqual(forked.slice(2))
})

test('a full of the parent, from before the fork, keeps the commits of the fork up to a later full', () => {
  const { root, writer } = twoChains()
  addTimeline(writer, { databaseId: null, parent: '1', forkSequence: 25 })
  addSegment(root, { timeline: '2', firstSequence: 26, lastSequence: 35 })
  addSegment(root, { timeline: '2', firstSequence: 36, lastSequence: 45 })
  addFull(root, { id: 6, lastSequence: 35, timeline: '2' })
  removeBackups(writer, [1, 2, 4], plainly)
  expect(filesBelow(root, 'wal/2')).toHaveLength(4)
  removeBackups(writer, [3], plainly)
  expect(filesBelow(root, 'wal/2')).toHaveLength(2)
})

test('segments that a backup names stay, also when its base was lost', () => {
  const { root, writer } = twoChains()
  rmSync(join(root, 'meta/1'))
  removeBackups(writer, [3, 4], plainly)
  expect(idsIn(root)).toEqual([5, 2])
  expect(filesBelow(root, 'wal')).toEqual(segments(11, 41))
})

test('a lost lock ends a removal before it takes anything', () => {
  const { root } = twoChains()
  let count = 0
  const writer = {
    ...aloneWriter(root),
    assertHeld() {
      count += 1
      if (count > 3) throw new AppError('REPOSITORY_BUSY', { message: 'taken' })
    },
  }
  expect(() => removeBackups(writer, [1, 2], plainly)).toThrow(code('REPOSITORY_BUSY'))
  expect(idsIn(root)).toEqual([5, 4, 3])
  expect(filesBelow(root, 'private').length).toBeGreaterThanOrEqual(8)
})

test('whichever call of the disk fails, the list stays true and the next run ends the work', () => {
  const reference = twoChains()
  removeBackups(reference.writer, [1, 2, 3, 4], plainly)
  const expected = filesBelow(reference.root, 'meta', 'private', 'increments', 'shared_checksum', 'wal')
  let failing = 0
  for (let isFailed = true; isFailed; ) {
    failing += 1
    const { root } = twoChains()
    let calls = 0
    isFailed = false
    const layer = watchedLayer((call) => {
      // a descriptor is closed whatever happens
      if (call === 'close') return
      calls += 1
      if (calls !== failing) return
      isFailed = true
      throw systemError('EIO')
    })
    const writer = aloneWriter(root, { layer })
    try {
      const { problems } = removeBackups(writer, [1, 2, 3, 4], plainly)
      if (isFailed) expect(problems.length).toBeGreaterThan(0)
    } catch (cause) {
      expect(cause).toMatchObject({ code: 'IO_FAILED' })
    }
    const left = listBackups(new BackupDirectory(root)).backups
    expect(left.every(({ state, isRestorable }) => state === 'ok' && isRestorable)).toBe(true)
    const ids = left.map(({ id }) => id).filter((id) => id !== 5)
    removeBackups(aloneWriter(root), ids, plainly)
    expect(filesBelow(root, 'meta', 'private', 'increments', 'shared_checksum', 'wal')).toEqual(expected)
  }
  expect(failing).toBeGreaterThan(40)
})
