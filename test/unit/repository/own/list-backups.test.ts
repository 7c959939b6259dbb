// Goal: the list is what lies on the disk, all of it, and damage hides nothing but itself.
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BackupDirectory } from '../../../../src-main/repository/backup-directory.ts'
import { publishIncrement } from '../../../../src-main/repository/own/increments.ts'
import { chainIdsOf, dependentIdsOf } from '../../../../src-main/repository/own/list/chain-ids.ts'
import { filesOfListed, listBackups } from '../../../../src-main/repository/own/list/list-backups.ts'
import { noteVerification, pinBackup } from '../../../../src-main/repository/own/records.ts'
import { copyFixture, flipByte } from '../../../support/fixtures.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import {
  addFull,
  addSegment,
  filesOfFull,
  incrementOf,
  metaOfFull,
  newRepository,
  put,
  putSealed,
  segmentPath,
  tableFile,
} from './fabricated-repository.ts'

const list = (root: string) => listBackups(new BackupDirectory(root))
const rowOf = (root: string, id: number) => list(root).backups.find((each) => each.id === id)
const chainOf = (root: string, id: number) => chainIdsOf(list(root).backups, rowOf(root, id)!)
const states = (root: string) => list(root).backups.map(({ id, state, isRestorable }) => [id, state, isRestorable])

/** Full 1 up to 10, increments 2 and 3 up to 20 and 30, full 4 that shares a table with full 1. */
function chainOfFour() {
  const root = tempDir()
  const writer = newRepository(root)
  addFull(root, { id: 1, lastSequence: 10, tables: [1, 2], label: 'first', lastCommitAtUs: 77 })
  const second = addSegment(root, { firstSequence: 11, lastSequence: 20 })
  publishIncrement(writer, incrementOf({ id: 2, baseId: 1, firstSequence: 11, segments: [second], lastCommitAtUs: 88 }))
  const third = addSegment(root, { firstSequence: 21, lastSequence: 30 })
  publishIncrement(writer, incrementOf({ id: 3, baseId: 2, firstSequence: 21, segments: [third], lastCommitAtUs: 99 }))
  addFull(root, { id: 4, lastSequence: 30, tables: [2, 3] })
  return { root, writer }
}

const bytesOf = (files: readonly { bytes: Buffer }[]) => files.reduce((sum, { bytes }) => sum + bytes.length, 0)

test('fulls and increments are one list, newest first, with bytes', () => {
  const { root, writer } = chainOfFour()
  const pin = pinBackup(writer, 2, 'before the migration')
  const verified = {
    id: 4,
    level: 'checksum' as const,
    result: 'passed' as const,
    verifiedAtUs: 9,
    fileCount: 5,
    readBytes: 100,
    durationUs: 3,
    problems: [],
  }
  noteVerification(writer, verified)
  const first = filesOfFull({ id: 1, lastSequence: 10, tables: [1, 2] })
  const fourth = filesOfFull({ id: 4, lastSequence: 30, tables: [2, 3] })
  const { backups, problems, isWhole } = list(root)
  expect({ problems, isWhole }).toEqual({ problems: [], isWhole: true })
  const plain = { timeline: '1', label: null, verified: null, pin: null, problems: [], isRestorable: true, state: 'ok' }
  expect(backups).toEqual([
    {
      ...plain,
      id: 4,
      kind: 'full',
      createdAtUs: 4_000_000,
      firstSequence: 30,
      lastSequence: 30,
      sequenceFloor: 30,
      lastCommitAtUs: null,
      fileCount: 5,
      totalBytes: bytesOf(fourth),
      ownBytes: bytesOf(fourth) - tableFile(2).bytes.length,
      baseId: null,
      verified,
    },
    {
      ...plain,
      id: 3,
      kind: 'increment',
      createdAtUs: 3_000_000,
      firstSequence: 21,
      lastSequence: 30,
      sequenceFloor: 30,
      lastCommitAtUs: 99,
      fileCount: 2,
      totalBytes: 58,
      ownBytes: 58,
      baseId: 2,
    },
    {
      ...plain,
      id: 2,
      kind: 'increment',
      createdAtUs: 2_000_000,
      firstSequence: 11,
      lastSequence: 20,
      sequenceFloor: 20,
      lastCommitAtUs: 88,
      fileCount: 2,
      totalBytes: 58,
      ownBytes: 58,
      baseId: 1,
      pin,
    },
    {
      ...plain,
      id: 1,
      kind: 'full',
      createdAtUs: 1_000_000,
      firstSequence: 10,
      lastSequence: 10,
      sequenceFloor: 10,
      lastCommitAtUs: 77,
      label: 'first',
      fileCount: 5,
      totalBytes: bytesOf(first),
      ownBytes: bytesOf(first) - tableFile(2).bytes.length,
      baseId: null,
    },
  ])
})

test('the chain of a backup and what needs it follow from the list', () => {
  const { root } = chainOfFour()
  const { backups } = list(root)
  expect(backups.map((each) => [each.id, chainIdsOf(backups, each), dependentIdsOf(backups, each)])).toEqual([
    [4, [4], []],
    [3, [1, 2, 3], []],
    [2, [1, 2], [3]],
    [1, [1], [2, 3]],
  ])
  // bases that lead in a circle, to an id that stands twice, and to nothing
  const odd = [
    { id: 1, baseId: 2 },
    { id: 2, baseId: 1 },
    { id: 3, baseId: 2 },
    { id: 3, baseId: null },
    { id: 4, baseId: 3 },
    { id: 6, baseId: 5 },
  ]
  expect(odd.map((each) => [each.id, chainIdsOf(odd, each), dependentIdsOf(odd, each)])).toEqual([
    [1, [1], [2, 3]],
    [2, [1, 2], [3]],
    [3, [1, 2, 3], []],
    [3, [3], []],
    [4, [4], []],
    [6, [6], []],
  ])
})

test('the files of a backup come with what its own list says of them', () => {
  const { root } = chainOfFour()
  const directory = new BackupDirectory(root)
  expect(filesOfListed(directory, { id: 1, kind: 'full' }).map(({ path }) => path)).toEqual(
    filesOfFull({ id: 1, lastSequence: 10, tables: [1, 2] }).map(({ path }) => path),
  )
  const segment = addSegment(root, { firstSequence: 11, lastSequence: 20 })
  expect(filesOfListed(directory, { id: 2, kind: 'increment' })).toEqual([
    { path: segment.name, sizeBytes: 10, crc32c: segment.crc32c },
    { path: segment.name.replace('.wal', '.idx'), sizeBytes: 48, crc32c: segment.indexCrc32c },
  ])
  expect(() => filesOfListed(directory, { id: 9, kind: 'increment' })).toThrow(
    expect.objectContaining({ code: 'BACKUP_NOT_FOUND' }),
  )
})

test.each([
  ['a meta file with a flipped byte', 'meta/1', (path: string) => flipByte(path, 0), 'damaged'],
  ['a meta file that is a link', 'meta/1', (path: string) => relink(path), 'damaged'],
  ['a table that is missing', tableFile(1).path, (path: string) => rmSync(path), 'incomplete'],
  ['a table that was cut', tableFile(1).path, (path: string) => truncateSync(path, 3), 'damaged'],
  ['a table that is a link', tableFile(1).path, (path: string) => relink(path), 'damaged'],
  ['a private folder that is gone', 'private/1', (path: string) => rmSync(path, { recursive: true }), 'incomplete'],
])('%s hides nothing else', (_what, path, damage, state) => {
  const { root } = chainOfFour()
  damage(join(root, path))
  expect(states(root)).toEqual([
    [4, 'ok', true],
    [3, 'ok', false],
    [2, 'ok', false],
    [1, state, false],
  ])
  expect(rowOf(root, 1)?.problems.length).toBeGreaterThan(0)
  expect(chainOf(root, 3)).toEqual([1, 2, 3])
})

function relink(path: string): void {
  renameSync(path, `${path}-elsewhere`)
  symlinkSync(`${path}-elsewhere`, path)
}

test.each([
  ['a document with a flipped byte', 'increments/2.json', (path: string) => flipByte(path, 40), 'damaged'],
  ['a segment that is missing', segmentPath('1', 11), (path: string) => rmSync(path), 'incomplete'],
  ['a segment that was cut', segmentPath('1', 11), (path: string) => truncateSync(path, 3), 'damaged'],
])('an increment with %s is listed as such, and so is what builds on it', (_what, path, damage, state) => {
  const { root } = chainOfFour()
  damage(join(root, path))
  expect(states(root)).toEqual([
    [4, 'ok', true],
    [3, 'ok', false],
    [2, state, false],
    [1, 'ok', true],
  ])
})

test('an increment whose base is gone, lies elsewhere or ends elsewhere is incomplete', () => {
  const { root, writer } = chainOfFour()
  rmSync(join(root, 'increments/2.json'))
  expect(rowOf(root, 3)).toMatchObject({ state: 'incomplete', isRestorable: false })
  expect(chainOf(root, 3)).toEqual([3])
  expect(rowOf(root, 3)?.problems).toEqual([
    {
      file: 'increments/3.json',
      offsetBytes: null,
      structure: 'file',
      problem: 'its base, backup 2, is missing',
      expected: null,
      found: null,
    },
  ])
  publishIncrement(writer, incrementOf({ id: 5, baseId: 4, firstSequence: 32 }))
  expect(rowOf(root, 5)?.problems[0]?.problem).toBe('it begins at sequence 32, behind its base comes 31')
  publishIncrement(writer, incrementOf({ id: 6, baseId: 4, firstSequence: 31, timeline: '2' }))
  expect(rowOf(root, 6)?.problems[0]?.problem).toBe('it is on timeline 2, its base on 1')
})

test('a failed verification makes everything on top of it unfit for a restore', () => {
  const { root, writer } = chainOfFour()
  noteVerification(writer, {
    id: 2,
    level: 'deep',
    result: 'failed',
    verifiedAtUs: 1,
    fileCount: 1,
    readBytes: 1,
    durationUs: 1,
    problems: ['a block'],
  })
  expect(states(root)).toEqual([
    [4, 'ok', true],
    [3, 'ok', false],
    [2, 'ok', false],
    [1, 'ok', true],
  ])
})

test('backups that RocksDB itself made are listed on the current timeline', () => {
  const { root, writer } = chainOfFour()
  addFull(root, { id: 5, lastSequence: 31, isForeign: true, createdAtUs: 5_000_000 })
  expect(rowOf(root, 5)).toMatchObject({
    kind: 'full',
    state: 'ok',
    timeline: '1',
    createdAtUs: 5_000_000,
    firstSequence: null,
    lastSequence: null,
    sequenceFloor: 31,
    isRestorable: true,
  })
  publishIncrement(writer, incrementOf({ id: 6, baseId: 5, firstSequence: 40 }))
  expect(rowOf(root, 6)).toMatchObject({ state: 'ok', isRestorable: true })
  expect(chainOf(root, 6)).toEqual([5, 6])
  expect(list(copyFixture('backup_v1')).backups.map(({ id, state, timeline }) => [id, state, timeline])).toEqual([
    [3, 'ok', '1'],
    [2, 'ok', '1'],
    [1, 'ok', '1'],
  ])
})

test.each([
  ['of a later version', { lifeboat: 2 }],
  ['with a sequence that is none', { lifeboat: 1, timeline: '1', firstSequence: -1 }],
])('application metadata %s is damage, and other programs may keep there what they like', (_what, metadata) => {
  const root = tempDir()
  newRepository(root)
  const order = { id: 1, lastSequence: 3, tables: [1] }
  addFull(root, order)
  const withMetadata = (text: string) =>
    metaOfFull(order).replace(/^metadata .*$/m, `metadata ${Buffer.from(text).toString('hex')}`)
  put(root, 'meta/1', Buffer.from(withMetadata(JSON.stringify(metadata))))
  expect(rowOf(root, 1)).toMatchObject({ state: 'damaged', timeline: null, isRestorable: false })
  for (const foreign of ['{"mine":1}', 'null', '[1', '\u0000']) {
    put(root, 'meta/1', Buffer.from(withMetadata(foreign)))
    expect(rowOf(root, 1)).toMatchObject({ state: 'ok', timeline: '1', lastSequence: null })
  }
})

test('an id that stands twice is shown twice, and what builds on it is not certain', () => {
  const { root } = chainOfFour()
  addFull(root, { id: 2, lastSequence: 20, tables: [9] })
  expect(list(root).backups.map(({ id, kind, state, problems }) => [id, kind, state, problems.length])).toEqual([
    [4, 'full', 'ok', 0],
    [3, 'increment', 'incomplete', 1],
    [2, 'full', 'ok', 1],
    [2, 'increment', 'ok', 1],
    [1, 'full', 'ok', 0],
  ])
})

test('folders that cannot be read are named, and the list says that it is not whole', () => {
  for (const folder of ['increments', 'pins', 'meta']) {
    const { root } = chainOfFour()
    relink(join(root, folder))
    if (folder === 'meta') {
      expect(() => list(root)).toThrow(expect.objectContaining({ code: 'NOT_A_BACKUP_DIRECTORY' }))
      continue
    }
    const { backups, problems, isWhole } = list(root)
    expect({ isWhole, files: problems.map(({ file }) => file) }).toEqual({ isWhole: false, files: [folder] })
    expect(backups.map(({ id }) => id)).toEqual(folder === 'increments' ? [4, 1] : [4, 3, 2, 1])
  }
})

test('names that are no ids, and the name that RocksDB stumbles over, are reported', () => {
  const { root } = chainOfFour()
  writeFileSync(join(root, 'meta/99999999999999999999'), '')
  writeFileSync(join(root, 'meta/readme'), '')
  mkdirSync(join(root, 'private/4.tmp'))
  expect(list(root).problems.map(({ file, problem }) => [file, problem])).toEqual([
    ['meta/99999999999999999999', 'the number is no id of a backup'],
    ['private/4.tmp', 'a name that makes BackupEngine delete the files of the backup with this number'],
  ])
})

test('a damaged pin still pins, a damaged verification proves nothing', () => {
  const { root, writer } = chainOfFour()
  pinBackup(writer, 1, 'keep')
  flipByte(join(root, 'pins/1.json'), 30)
  put(root, 'verified/4.json', Buffer.from('{}'))
  const { backups, problems } = list(root)
  expect(problems.map(({ file }) => file)).toEqual(['pins/1.json', 'verified/4.json'])
  expect(backups.map(({ id, pin, verified }) => [id, pin?.reason ?? null, verified])).toEqual([
    [4, null, null],
    [3, null, null],
    [2, null, null],
    [1, 'the pin is damaged', null],
  ])
})

test('documents whose content contradicts their name or themselves are damage', () => {
  const { root } = chainOfFour()
  const good = incrementOf({ id: 5, baseId: 4, firstSequence: 31 })
  const segment = { ...addSegment(root, { firstSequence: 31, lastSequence: 40 }) }
  const bad: [string, unknown][] = [
    ['another id', { ...good, id: 6 }],
    ['a base that comes later', { ...good, baseId: 5 }],
    [
      'a name that leads out',
      { ...good, lastSequence: 40, segments: [{ ...segment, name: 'wal/1/../../../etc/passwd' }] },
    ],
    [
      'a segment of another timeline',
      { ...good, lastSequence: 40, segments: [{ ...segment, name: segmentPath('2', 31) }] },
    ],
    ['a segment that begins too late', { ...good, lastSequence: 40, segments: [{ ...segment, firstSequence: 32 }] }],
    ['segments that end too early', { ...good, lastSequence: 41, segments: [segment] }],
    [
      'a hole between segments',
      { ...good, lastSequence: 50, segments: [segment, { ...segment, firstSequence: 42, lastSequence: 50 }] },
    ],
    ['an end before its beginning', { ...good, lastSequence: 29 }],
    ['a number that is none', { ...good, commitCount: '3' }],
    ['no list of segments', { ...good, segments: {} }],
    ['a list instead of an object', [good]],
    ['nothing', null],
  ]
  for (const [what, body] of bad) {
    putSealed(root, 'increments/5.json', body)
    expect([what, rowOf(root, 5)?.state, rowOf(root, 5)?.problems.length]).toEqual([what, 'damaged', 1])
  }
  putSealed(root, 'increments/5.json', { ...good, more: 'of a later version' })
  expect(rowOf(root, 5)?.state).toBe('ok')
})
