// Goal: several threads can copy one backup in slices, and the last commit's time is known from logs and from tables.
// Method: two slots take turns, a file each, with a clock that ends every slice; markers are written by ldb.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFileLayer } from '#base/file-layer.ts'
import { captureLiveFiles } from '../../../src-main/backup/full/capture.ts'
import { copyShared } from '../../../src-main/backup/full/copy-shared.ts'
import { makeCopyWork } from '../../../src-main/backup/full/copy-work.ts'
import { releaseLiveFiles } from '../../../src-main/backup/full/live-files.ts'
import { prepareFull } from '../../../src-main/backup/full/prepare-full.ts'
import { publishFull } from '../../../src-main/backup/full/publish-full.ts'
import { encodeCommitMarker } from '../../../src-main/rocksdb/commits/commit-marker.ts'
import { copyFixture } from '../../support/fixtures.ts'
import { skipWithoutRocksdbTools, writeDatabase } from '../../support/rocksdb-tools.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { applicationMetadata, newRepository, restored, rowsOf, take, tools, verified } from './support.ts'

test('two slots that take turns make the same backup as one', async () => {
  const database = copyFixture('db_two_cf_crashed')
  const repositoryPath = newRepository()
  const live = captureLiveFiles(database)
  const order = { repositoryPath, backupId: 1, timeline: '1', label: 'two', createdAtUs: 1_700_000_000_000_001 }
  const full = prepareFull(order, live, tools())
  const work = makeCopyWork(full.copies.length, 2)
  const task = {
    root: full.root,
    copies: full.copies,
    work,
    control: new SharedArrayBuffer(4),
    rateLimitBytesPerSecond: 0,
  }
  let nowUs = 0
  const clock = { nowUs: () => nowUs, monotonicUs: () => nowUs++ }
  let sliceCount = 0
  // the clock is read once when a slice begins, and once before each file
  while (
    copyShared(
      { ...structuredClone({ copies: full.copies, root: full.root }), ...task, slot: sliceCount % 2 },
      nodeFileLayer,
      clock,
      nowUs + 2,
    )
  ) {
    sliceCount += 1
  }
  const written = publishFull(full, work, nodeFileLayer)
  releaseLiveFiles(live)
  expect(full.copies.length).toBeGreaterThan(1)
  expect(sliceCount).toBeGreaterThanOrEqual(full.copies.length - 1)
  const progress = new Float64Array(work.progress)
  expect((progress[1] ?? 0) + (progress[4] ?? 0)).toBe(full.copies.length)
  expect((progress[0] ?? 0) + (progress[3] ?? 0)).toBe(full.copyBytes)
  expect(written.writtenBytes).toBe(written.totalBytes)
  expect(await verified(repositoryPath)).toEqual({ backupIds: [1], problems: [] })
  expect(rowsOf(restored(repositoryPath, 1))).toEqual(rowsOf(database))
  expect(applicationMetadata(repositoryPath, 1)).toMatchObject({ label: 'two', createdAtUs: 1_700_000_000_000_001 })
})

test('the time of the last commit is read from logs, and from tables when no log has a commit', async (context) => {
  skipWithoutRocksdbTools(context)
  const database = join(tempDir(), 'database')
  const put = (timeUs: number) => {
    const { key, value } = encodeCommitMarker(timeUs)
    return { kind: 'put' as const, entries: [[key, value] as const, [`key${timeUs}`, 'value'] as const] }
  }
  await writeDatabase(database, [put(1_700_000_000_000_000), put(1_700_000_000_000_777)])
  const inLogs = take(database, newRepository(), 1)
  expect(inLogs).toMatchObject({ firstSequence: 3, lastSequence: 4, lastCommitAtUs: 1_700_000_000_000_777 })
  await writeDatabase(database, [{ kind: 'compact' }])
  const inTables = take(database, newRepository(), 1)
  expect(inTables).toMatchObject({ lastSequence: 4, lastCommitAtUs: 1_700_000_000_000_777 })
  expect(inTables.firstSequence).toBe(5)
})
