// Goal: a repository's small files: made once, replaced as a whole, read back as they were written, refused when foreign.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BackupDirectory } from '../../../../src-main/repository/backup-directory.ts'
import { type Policy, parsePolicy } from '../../../../src-main/repository/own/format/policy.ts'
import { publishIncrement, readIncrement } from '../../../../src-main/repository/own/increments.ts'
import { takeNextId } from '../../../../src-main/repository/own/last-id.ts'
import { listBackups } from '../../../../src-main/repository/own/list/list-backups.ts'
import {
  adoptRepository,
  prepareRepository,
  readIdentity,
} from '../../../../src-main/repository/own/open-repository.ts'
import { readPolicy, replacePolicy } from '../../../../src-main/repository/own/policy.ts'
import { noteVerification, pinBackup, unpinBackup } from '../../../../src-main/repository/own/records.ts'
import { addTimeline, nameDatabase, readTimelines } from '../../../../src-main/repository/own/timelines.ts'
import { sealJson } from '../../../../src-main/repository/sealed-json.ts'
import { systemError, watchedLayer } from '../../../support/faulty-layer.ts'
import { copyFixture, flipByte, treeState } from '../../../support/fixtures.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import {
  addFull,
  addSegment,
  aloneWriter,
  incrementOf,
  newRepository,
  put,
  putSealed,
  REPOSITORY_ID,
  standingClock,
  unsyncedLayer,
} from './fabricated-repository.ts'

const OTHER_ID = '99999999-2222-4333-8444-555555555555'
const code = (name: string) => expect.objectContaining({ code: name })
const damaged = expect.objectContaining({ name: 'DamageError' })
const at = (root: string) => new BackupDirectory(root)

test('an empty or a missing directory becomes a repository, once', () => {
  for (const root of [tempDir(), join(tempDir(), 'new')]) {
    prepareRepository(root, unsyncedLayer)
    const writer = aloneWriter(root, { clock: standingClock(77) })
    expect(adoptRepository(writer, REPOSITORY_ID)).toEqual({ repositoryId: REPOSITORY_ID, createdAtUs: 77 })
    expect(adoptRepository(writer, OTHER_ID)).toEqual({ repositoryId: REPOSITORY_ID, createdAtUs: 77 })
    expect(readIdentity(at(root))).toEqual({ repositoryId: REPOSITORY_ID, createdAtUs: 77 })
    expect(readTimelines(at(root))).toEqual({
      current: '1',
      timelines: [{ id: '1', databaseId: null, parent: null, forkSequence: null, createdAtUs: 77 }],
    })
    expect(readFileSync(join(root, 'lifeboat.json'), 'utf8')).toMatch(/^\{"crc32c":[0-9]+,"body":\{"formatVersion":1,/)
  }
})

test('a BackupEngine directory is adopted, and nothing in it is changed', () => {
  const root = copyFixture('backup_v1')
  expect(readIdentity(at(root))).toBe(null)
  const theirs = (lines: string[]) => lines.filter((line) => /^(meta|private|shared_checksum)\//.test(line))
  const before = theirs(treeState(root))
  prepareRepository(root, unsyncedLayer)
  adoptRepository(aloneWriter(root), REPOSITORY_ID)
  expect(theirs(treeState(root))).toEqual(before)
  expect(readIdentity(at(root))).toEqual({ repositoryId: REPOSITORY_ID, createdAtUs: 1_000 })
})

test('a directory of something else, a later format and a damaged identity are refused, and nothing is written', () => {
  const foreign = tempDir()
  writeFileSync(join(foreign, 'CURRENT'), 'MANIFEST-000001\n')
  const mixed = tempDir()
  mkdirSync(join(mixed, 'wal'))
  writeFileSync(join(mixed, 'notes'), '')
  const later = tempDir()
  newRepository(later)
  putSealed(later, 'lifeboat.json', { formatVersion: 2, repositoryId: REPOSITORY_ID, createdAtUs: 1 })
  const flipped = tempDir()
  newRepository(flipped)
  flipByte(join(flipped, 'lifeboat.json'), 40)
  const file = join(tempDir(), 'file')
  writeFileSync(file, '')
  for (const [root, expected] of [
    [foreign, 'TARGET_NOT_EMPTY'],
    [mixed, 'TARGET_NOT_EMPTY'],
    [later, 'REPOSITORY_UNUSABLE'],
    [flipped, 'REPOSITORY_UNUSABLE'],
    [file, 'NOT_A_DIRECTORY'],
    [join(foreign, 'absent/deeper'), 'PATH_NOT_FOUND'],
  ] as const) {
    const before = root === file || root.endsWith('deeper') ? [] : treeState(root)
    expect(() => prepareRepository(root, unsyncedLayer)).toThrow(code(expected))
    if (before.length > 0) expect(treeState(root)).toEqual(before)
  }
  expect(() => readIdentity(at(later))).toThrow(code('REPOSITORY_UNUSABLE'))
  expect(() => readIdentity(at(flipped))).toThrow(damaged)
})

test('whichever call of the disk fails while a repository is made, the next attempt makes it', () => {
  let failing = 0
  for (let isFailed = true; isFailed; ) {
    failing += 1
    const root = join(tempDir(), 'repository')
    let calls = 0
    isFailed = false
    const layer = watchedLayer(() => {
      calls += 1
      if (calls !== failing) return
      isFailed = true
      throw systemError('EIO')
    })
    const make = (repositoryId: string) => {
      prepareRepository(root, layer)
      return adoptRepository(aloneWriter(root, { layer }), repositoryId)
    }
    try {
      make(REPOSITORY_ID)
    } catch (cause) {
      expect(cause).toMatchObject({ code: 'IO_FAILED' })
    }
    const { repositoryId } = make(OTHER_ID)
    expect(readIdentity(at(root))).toEqual({ repositoryId, createdAtUs: 1_000 })
    expect(readTimelines(at(root))?.current).toBe('1')
  }
  expect(failing).toBeGreaterThan(40)
})

test('a document is whole or as it was before, whichever call of the disk fails', () => {
  const root = tempDir()
  newRepository(root)
  const before: Policy = {
    retention: { maxCount: 1, maxAgeDays: 2 },
    schedule: { full: null, incremental: null, verify: null },
  }
  const after: Policy = {
    ...before,
    retention: { maxCount: 3, maxAgeDays: 0 },
    schedule: { ...before.schedule, full: '0 3 * * *' },
  }
  for (let failing = 1; failing < 10; failing += 1) {
    replacePolicy(aloneWriter(root), before)
    let calls = 0
    const layer = watchedLayer(() => {
      calls += 1
      if (calls === failing) throw systemError('ENOSPC')
    })
    try {
      replacePolicy(aloneWriter(root, { layer }), after)
      expect(readPolicy(at(root))).toEqual(after)
    } catch (cause) {
      expect(cause).toMatchObject({ code: 'DISK_FULL' })
      expect([before, after]).toContainEqual(readPolicy(at(root)))
    }
  }
})

test('policies are read back as they were written, and refused when they could not be', () => {
  const root = tempDir()
  const writer = newRepository(root)
  expect(readPolicy(at(root))).toEqual({
    retention: { maxCount: 0, maxAgeDays: 0 },
    schedule: { full: null, incremental: null, verify: null },
  })
  const cron = fc.option(fc.string({ unit: 'grapheme', maxLength: 60 }))
  const policy = fc.record({
    retention: fc.record({ maxCount: fc.maxSafeNat(), maxAgeDays: fc.maxSafeNat() }),
    schedule: fc.record({ full: cron, incremental: cron, verify: cron }),
  })
  fc.assert(
    fc.property(policy, (each) => {
      replacePolicy(writer, each)
      expect(readPolicy(at(root))).toEqual(each)
    }),
    { numRuns: 50 },
  )
  const retention = { maxCount: -1, maxAgeDays: 0 }
  expect(() => replacePolicy(writer, { ...parsePolicy(readPolicy(at(root))), retention })).toThrow(damaged)
})

test('a flipped byte anywhere in a document is damage, never another document', () => {
  const root = tempDir()
  const writer = newRepository(root)
  addTimeline(writer, { databaseId: OTHER_ID, parent: '1', forkSequence: 12 })
  const path = join(root, 'timelines.json')
  const whole = readFileSync(path)
  for (let offset = 0; offset < whole.length; offset += 1) {
    writeFileSync(path, whole)
    flipByte(path, offset)
    expect(() => readTimelines(at(root))).toThrow(damaged)
  }
  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(path, whole.subarray(0, length))
    expect(() => readTimelines(at(root))).toThrow(damaged)
  }
})

test('a document that is a link, a folder or a giant is refused', () => {
  const root = tempDir()
  newRepository(root)
  const path = join(root, 'policy.json')
  symlinkSync('/etc/passwd', path)
  expect(() => readPolicy(at(root))).toThrow(code('ACCESS_DENIED'))
  rmSync(path)
  mkdirSync(path)
  expect(() => readPolicy(at(root))).toThrow(code('ACCESS_DENIED'))
  rmSync(path, { recursive: true })
  writeFileSync(path, Buffer.alloc(16 * 1024 * 1024 + 1))
  expect(() => readPolicy(at(root))).toThrow(code('LIMIT_EXCEEDED'))
})

test('nothing is written through a folder that is a link', () => {
  const root = tempDir()
  const writer = newRepository(root)
  addFull(root, { id: 1, lastSequence: 1 })
  const elsewhere = tempDir()
  rmSync(join(root, 'pins'), { recursive: true })
  symlinkSync(elsewhere, join(root, 'pins'))
  expect(() => pinBackup(writer, 1, 'kept')).toThrow(code('ACCESS_DENIED'))
  expect(() => unpinBackup(writer, 1)).toThrow(code('ACCESS_DENIED'))
  expect(readdirSync(elsewhere)).toEqual([])
})

test('timelines get ids that were never used, and become the current one', () => {
  const root = tempDir()
  const writer = newRepository(root)
  mkdirSync(join(root, 'wal/7'))
  const fork = addTimeline(writer, { databaseId: null, parent: '1', forkSequence: 12 })
  expect(fork).toEqual({ id: '8', databaseId: null, parent: '1', forkSequence: 12, createdAtUs: 1_000 })
  nameDatabase(writer, OTHER_ID)
  expect(readTimelines(at(root))).toEqual({
    current: '8',
    timelines: [
      { id: '1', databaseId: null, parent: null, forkSequence: null, createdAtUs: 1_000 },
      { ...fork, databaseId: OTHER_ID },
    ],
  })
  expect(() => addTimeline(writer, { databaseId: null, parent: '5', forkSequence: 1 })).toThrow(code('BAD_REQUEST'))
  expect(() => addTimeline(writer, { databaseId: 'x', parent: null, forkSequence: null })).toThrow(damaged)
  expect(() => addTimeline(writer, { databaseId: null, parent: '1', forkSequence: null })).toThrow(damaged)
  rmSync(join(root, 'timelines.json'))
  expect(() => addTimeline(writer, { databaseId: null, parent: null, forkSequence: null })).toThrow(
    code('REPOSITORY_UNUSABLE'),
  )
})

test.each([
  [
    'a circle',
    [
      { id: '1', parent: '2' },
      { id: '2', parent: '1' },
    ],
    '1',
  ],
  ['itself as parent', [{ id: '1', parent: '1' }], '1'],
  ['an id twice', [{ id: '1' }, { id: '1' }], '1'],
  ['a current one that is not there', [{ id: '1' }], '2'],
  ['an id that leads out', [{ id: '../1' }], '1'],
  ['no timelines', [], '1'],
])('timelines with %s are damage', (_what, timelines, current) => {
  const root = tempDir()
  newRepository(root)
  const whole = timelines.map((each) => {
    const parent = 'parent' in each ? each.parent : null
    return { databaseId: null, forkSequence: parent === null ? null : 1, createdAtUs: 1, ...each, parent }
  })
  putSealed(root, 'timelines.json', { current, timelines: whole })
  expect(() => readTimelines(at(root))).toThrow(damaged)
})

test('ids are above everything that can be seen and everything that was given, and on the disk before they are used', () => {
  const root = tempDir()
  const writer = newRepository(root)
  expect(takeNextId(writer)).toBe(1)
  expect(takeNextId(writer)).toBe(2)
  for (const [path, expected] of [
    ['meta/10', 11],
    ['private/20/CURRENT', 21],
    ['increments/30.json', 31],
    ['pins/40.json', 41],
    ['verified/50.json', 51],
    ['meta/.60.tmp', 61],
    ['meta/070', 62],
    ['increments/notes.json', 63],
  ] as const) {
    put(root, path, Buffer.from(''))
    expect(takeNextId(writer)).toBe(expected)
  }
  for (const name of ['meta', 'private', 'increments', 'pins', 'verified'])
    rmSync(join(root, name), { recursive: true })
  mkdirSync(join(root, 'meta'))
  expect(takeNextId(writer)).toBe(64)
  expect(readFileSync(join(root, 'last-id.json'))).toEqual(Buffer.from(sealJson({ lastId: 64 })))
  flipByte(join(root, 'last-id.json'), 12)
  expect(() => takeNextId(writer)).toThrow(damaged)
  putSealed(root, 'last-id.json', { lastId: 0xffff_ffff })
  expect(() => takeNextId(writer)).toThrow(code('LIMIT_EXCEEDED'))
})

test('increments are published once, on a base that is there', () => {
  const root = tempDir()
  const writer = newRepository(root)
  addFull(root, { id: 1, lastSequence: 10 })
  const segment = addSegment(root, { firstSequence: 9, lastSequence: 20 })
  const increment = incrementOf({ id: 2, baseId: 1, firstSequence: 11, segments: [segment], label: 'nightly' })
  publishIncrement(writer, increment)
  expect(readIncrement(at(root), 2)).toEqual(increment)
  expect(readIncrement(at(root), 3)).toBe(null)
  expect(() => publishIncrement(writer, increment)).toThrow(code('BAD_REQUEST'))
  expect(() => publishIncrement(writer, incrementOf({ id: 9, baseId: 7, firstSequence: 11 }))).toThrow(
    code('BACKUP_NOT_FOUND'),
  )
  expect(() => publishIncrement(writer, { ...increment, id: 3, lastSequence: 21 })).toThrow(damaged)
  expect(readdirSync(join(root, 'increments'))).toEqual(['2.json'])
})

test('pins and verifications belong to a backup that is there; a pin comes and goes', () => {
  const root = tempDir()
  const writer = newRepository(root)
  addFull(root, { id: 1, lastSequence: 10 })
  expect(pinBackup(writer, 1, 'kept')).toEqual({ id: 1, pinnedAtUs: 1_000, reason: 'kept' })
  unpinBackup(writer, 1)
  unpinBackup(writer, 1)
  expect(existsSync(join(root, 'pins/1.json'))).toBe(false)
  expect(() => pinBackup(writer, 2, 'kept')).toThrow(code('BACKUP_NOT_FOUND'))
  expect(() => pinBackup(writer, Number.NaN, 'kept')).toThrow(code('BACKUP_NOT_FOUND'))
  const facts = { level: 'deep', result: 'failed', verifiedAtUs: 1, fileCount: 2, readBytes: 3, durationUs: 4 } as const
  expect(() => noteVerification(writer, { id: 2, ...facts, problems: [] })).toThrow(code('BACKUP_NOT_FOUND'))
  noteVerification(writer, { id: 1, ...facts, problems: ['a block'] })
  expect(readFileSync(join(root, 'verified/1.json'))).toEqual(
    Buffer.from(sealJson({ id: 1, ...facts, problems: ['a block'] })),
  )
})

test('a failed verification stays until one that looks at least as deep', () => {
  const root = tempDir()
  const writer = newRepository(root)
  addFull(root, { id: 1, lastSequence: 10 })
  let verifiedAtUs = 0
  const note = (level: 'presence' | 'checksum' | 'deep', result: 'passed' | 'failed') => {
    verifiedAtUs += 1
    const problems = result === 'failed' ? ['a block'] : []
    noteVerification(writer, {
      id: 1,
      level,
      result,
      verifiedAtUs,
      fileCount: 2,
      readBytes: 3,
      durationUs: 4,
      problems,
    })
    const { verified } = listBackups(at(root)).backups[0]!
    return [verified?.level, verified?.result, verified?.verifiedAtUs]
  }
  expect(note('presence', 'failed')).toEqual(['presence', 'failed', 1])
  expect(note('presence', 'passed')).toEqual(['presence', 'passed', 2])
  expect(note('deep', 'failed')).toEqual(['deep', 'failed', 3])
  expect(note('presence', 'passed')).toEqual(['deep', 'failed', 3])
  expect(note('checksum', 'passed')).toEqual(['deep', 'failed', 3])
  expect(note('checksum', 'failed')).toEqual(['deep', 'failed', 3])
  expect(note('deep', 'failed')).toEqual(['deep', 'failed', 7])
  expect(note('deep', 'passed')).toEqual(['deep', 'passed', 8])
  expect(note('checksum', 'failed')).toEqual(['checksum', 'failed', 9])
  expect(note('presence', 'passed')).toEqual(['checksum', 'failed', 9])
  expect(note('deep', 'passed')).toEqual(['deep', 'passed', 11])
  flipByte(join(root, 'verified/1.json'), 40)
  expect(note('presence', 'passed')).toEqual(['presence', 'passed', 12])
})
