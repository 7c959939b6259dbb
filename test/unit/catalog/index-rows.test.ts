// Goal: readers see one whole index run or the one before, with sums that hold for any input.
import { expect, test } from 'vitest'
import { backupDetail, backupsOfSource } from '../../../src-main/catalog/backups.ts'
import { filesOfBackup } from '../../../src-main/catalog/files.ts'
import {
  forgetSource,
  noteSource,
  sourceById,
  sourceFingerprint,
  sourcesOpen,
} from '../../../src-main/catalog/sources.ts'
import { keepVerification, verificationById, verificationsOf } from '../../../src-main/catalog/verifications.ts'
import { IndexWriter, knownTables } from '../../../src-main/catalog/write-index.ts'
import { backupColumns, newCatalog, tableUse, writeIndex } from '../../support/catalog-rows.ts'

const note = (database: ReturnType<typeof newCatalog>) => noteSource(database, { path: '/srv/b', name: 'b', nowUs: 1 })
const page = { offset: 0, limit: 100 }

test('sizes tell what is shared from what a backup has alone', () => {
  const database = newCatalog()
  const sourceId = note(database)
  writeIndex(database, sourceId, [
    backupColumns(2, [tableUse('shared_checksum/1.sst'), tableUse('shared_checksum/2.sst')]),
    backupColumns(1, [tableUse('shared_checksum/1.sst')]),
  ])
  expect(backupsOfSource(database, sourceId)).toMatchObject([
    { backupId: 2, fileCount: 2, logicalBytes: 200, exclusiveBytes: 100, sharedBytes: 100, entryCount: 20 },
    { backupId: 1, fileCount: 1, logicalBytes: 100, exclusiveBytes: 0, sharedBytes: 100, entryCount: 10 },
  ])
  expect(sourceById(database, sourceId)).toMatchObject({ backupCount: 2, storedBytes: 200, state: 'ready' })
  expect(filesOfBackup(database, sourceId, 2, page).files).toMatchObject([
    { path: 'shared_checksum/1.sst', sharedWith: [1], sharedWithCount: 1 },
    { path: 'shared_checksum/2.sst', sharedWith: [], sharedWithCount: 0 },
  ])
  expect(filesOfBackup(database, sourceId, 2, { offset: 1, limit: 1 })).toMatchObject({
    files: [{ path: 'shared_checksum/2.sst' }],
    totalCount: 2,
  })
})

test('a file that a backup left out counts neither as its own nor as shared', () => {
  const database = newCatalog()
  const sourceId = note(database)
  writeIndex(database, sourceId, [
    backupColumns(2, [tableUse('shared_checksum/1.sst', { isExcluded: true })]),
    backupColumns(1, [tableUse('shared_checksum/1.sst')]),
  ])
  expect(backupsOfSource(database, sourceId)).toMatchObject([
    { backupId: 2, fileCount: 0, logicalBytes: 0, exclusiveBytes: 0 },
    { backupId: 1, fileCount: 1, logicalBytes: 100, exclusiveBytes: 100 },
  ])
  expect(filesOfBackup(database, sourceId, 2, page).files).toMatchObject([
    { excluded: true, sharedWith: [1], sharedWithCount: 1 },
  ])
  expect(filesOfBackup(database, sourceId, 1, page).files).toMatchObject([
    { excluded: false, sharedWith: [], sharedWithCount: 0 },
  ])
})

test('counts that tables only claim are cut at what a number holds', () => {
  const database = newCatalog()
  const sourceId = note(database)
  const claims = Array.from({ length: 1100 }, (_, index) =>
    tableUse(`shared_checksum/${index}.sst`, { entryCount: Number.MAX_SAFE_INTEGER }),
  )
  writeIndex(database, sourceId, [backupColumns(1, claims)])
  expect(backupsOfSource(database, sourceId)).toMatchObject([{ entryCount: Number.MAX_SAFE_INTEGER }])
  const family = backupDetail(database, sourceId, 1)?.columnFamilies[0]
  expect(family).toMatchObject({
    entryCount: Number.MAX_SAFE_INTEGER,
    deletionCount: 1100,
    levels: [{ level: 0, fileCount: 1100, entryCount: Number.MAX_SAFE_INTEGER }],
  })
})

test('a table that could not be read makes the sum unknown', () => {
  const database = newCatalog()
  const sourceId = note(database)
  const unread = tableUse('shared_checksum/2.sst')
  writeIndex(database, sourceId, [
    backupColumns(1, [
      tableUse('shared_checksum/1.sst'),
      { ...unread, file: { ...unread.file, table: null, problem: 'cut' } },
    ]),
  ])
  expect(backupsOfSource(database, sourceId)).toMatchObject([{ entryCount: null }])
  expect([...knownTables(database, sourceId).keys()]).toEqual(['shared_checksum/1.sst'])
})

test('a run that does not come to its end leaves the one before as it was', () => {
  const database = newCatalog()
  const sourceId = note(database)
  writeIndex(database, sourceId, [backupColumns(1, [tableUse('shared_checksum/1.sst')])], 'first')
  const before = [sourcesOpen(database), backupsOfSource(database, sourceId), backupDetail(database, sourceId, 1)]
  const broken = new IndexWriter(database, sourceId)
  broken.add(backupColumns(3, [tableUse('shared_checksum/3.sst')]), 1000)
  expect([sourcesOpen(database), backupsOfSource(database, sourceId), backupDetail(database, sourceId, 1)]).toEqual(
    before,
  )
  expect(() => broken.add(backupColumns(3, []), 1000)).toThrow()
  broken.close()
  expect([sourcesOpen(database), backupsOfSource(database, sourceId), backupDetail(database, sourceId, 1)]).toEqual(
    before,
  )
  expect(database.prepare('select count(*) from snapshot').pluck().get()).toBe(1)
  expect(sourceFingerprint(database, sourceId)).toBe('first')
})

test('a run drops the one before with all its rows', () => {
  const database = newCatalog()
  const sourceId = note(database)
  writeIndex(database, sourceId, [backupColumns(1, [tableUse('shared_checksum/1.sst')])])
  writeIndex(database, sourceId, [backupColumns(2, [tableUse('shared_checksum/2.sst')])])
  const counts = ['snapshot', 'backup', 'file', 'file_use', 'column_family'].map((name) =>
    database.prepare(`select count(*) from ${name}`).pluck().get(),
  )
  expect(counts).toEqual([1, 1, 1, 1, 1])
})

test('forgetting a source drops what was indexed and keeps its verifications for when it comes back', () => {
  const database = newCatalog()
  const sourceId = note(database)
  writeIndex(database, sourceId, [backupColumns(1, [tableUse('shared_checksum/1.sst')])])
  const verificationId = keepVerification(database, {
    sourceId,
    level: 'checksum',
    outcome: 'failed',
    startedAtUs: 1,
    finishedAtUs: 2,
    fileCount: 1,
    checkedBytes: 100,
    unprovableFileCount: 0,
    backups: [{ backupId: 1, metaDigest: 'digest 1', outcome: 'failed' }],
    problems: [
      {
        path: 'shared_checksum/1.sst',
        kind: 'checksum',
        expected: 'crc32c 1',
        found: 'crc32c 2',
        backupIds: [1],
        backupCount: 1,
      },
    ],
  })
  const kept = verificationById(database, verificationId)
  forgetSource(database, sourceId)
  expect([sourcesOpen(database), sourceById(database, sourceId), backupsOfSource(database, sourceId)]).toEqual([
    [],
    null,
    [],
  ])
  expect(verificationById(database, verificationId)).toEqual(kept)
  expect(note(database)).toBe(sourceId)
  expect(sourceById(database, sourceId)).toMatchObject({ state: 'indexing', backupCount: 0, indexedAtUs: null })
  writeIndex(database, sourceId, [backupColumns(1, [tableUse('shared_checksum/1.sst')])])
  expect(verificationsOf(database, sourceId, 1)).toEqual([kept?.verification])
  expect(backupsOfSource(database, sourceId)[0]?.lastVerification).toMatchObject({ verificationId, outcome: 'failed' })
})

test('a verification counts only while the meta file is the one that was verified', () => {
  const database = newCatalog()
  const sourceId = note(database)
  const run = (backupIds: number[], outcome: 'passed' | 'failed') =>
    keepVerification(database, {
      sourceId,
      level: 'checksum',
      outcome,
      startedAtUs: 1,
      finishedAtUs: 2,
      fileCount: 1,
      checkedBytes: 100,
      unprovableFileCount: 0,
      backups: backupIds.map((backupId) => ({ backupId, metaDigest: `digest ${backupId}`, outcome })),
      problems: [],
    })
  const first = run([1, 2], 'passed')
  const second = run([2], 'failed')
  writeIndex(database, sourceId, [backupColumns(2, []), backupColumns(1, [])])
  const last = () => backupsOfSource(database, sourceId).map((backup) => backup.lastVerification?.verificationId)
  expect(last()).toEqual([second, first])
  writeIndex(database, sourceId, [backupColumns(2, [], { metaDigest: 'another' }), backupColumns(1, [])])
  expect(last()).toEqual([undefined, first])
  expect(verificationsOf(database, sourceId, 2)).toEqual([])
  expect(verificationsOf(database, sourceId, null).map(({ verificationId }) => verificationId)).toEqual([second, first])
})

test('a look at names and sizes does not outdo what a failure or a comparison of bytes said', () => {
  const database = newCatalog()
  const sourceId = note(database)
  writeIndex(database, sourceId, [backupColumns(1, [])])
  const run = (level: 'presence' | 'checksum', outcome: 'passed' | 'failed') =>
    keepVerification(database, {
      sourceId,
      level,
      outcome,
      startedAtUs: 1,
      finishedAtUs: 2,
      fileCount: 1,
      checkedBytes: 0,
      unprovableFileCount: 0,
      backups: [{ backupId: 1, metaDigest: 'digest 1', outcome }],
      problems: [],
    })
  const shown = (): unknown[] => {
    const { lastVerification } = backupsOfSource(database, sourceId)[0] ?? {}
    return [
      lastVerification?.level,
      lastVerification?.outcome,
      sourceById(database, sourceId)?.lastVerification?.outcome,
    ]
  }
  run('presence', 'passed')
  expect(shown()).toEqual(['presence', 'passed', 'passed'])
  run('checksum', 'failed')
  run('presence', 'passed')
  expect(shown()).toEqual(['checksum', 'failed', 'failed'])
  run('checksum', 'passed')
  run('presence', 'passed')
  expect(shown()).toEqual(['checksum', 'passed', 'passed'])
  run('presence', 'failed')
  expect(shown()).toEqual(['presence', 'failed', 'failed'])
})
