// Goal: a list of thousands of backups comes fast, and every small file is read once. Method: the file system's own count of
// opened files, and a time that only a loop in a loop exceeds.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { serialize } from 'node:v8'
import { expect, test } from 'vitest'
import { BackupDirectory } from '../../../src-main/repository/backup-directory.ts'
import { publishIncrement } from '../../../src-main/repository/own/increments.ts'
import { chainIdsOf } from '../../../src-main/repository/own/list/chain-ids.ts'
import { listBackups } from '../../../src-main/repository/own/list/list-backups.ts'
import { idsToRemove } from '../../../src-main/repository/own/remove/ids-to-remove.ts'
import { removeBackups } from '../../../src-main/repository/own/remove/remove-backups.ts'
import { retentionPlan } from '../../../src-main/retention/retention-plan.ts'
import { tempDir } from '../../support/temp-dir.ts'
import {
  addFull,
  addSegment,
  incrementOf,
  newRepository,
  putSealed,
} from '../../unit/repository/own/fabricated-repository.ts'

/** 200 fulls of 30 tables each, most of them shared, with four increments behind each. */
function thousandBackups(): { root: string; writer: ReturnType<typeof newRepository> } {
  const root = tempDir()
  const writer = newRepository(root)
  for (let chain = 0; chain < 200; chain += 1) {
    const id = chain * 5 + 1
    const first = chain * 40
    addFull(root, { id, lastSequence: first, tables: Array.from({ length: 30 }, (_, index) => chain + index) })
    for (let count = 1; count <= 4; count += 1) {
      const firstSequence = first + (count - 1) * 10 + 1
      const segment = addSegment(root, { firstSequence, lastSequence: firstSequence + 9 })
      publishIncrement(
        writer,
        incrementOf({ id: id + count, baseId: id + count - 1, firstSequence, segments: [segment] }),
      )
    }
  }
  return { root, writer }
}

test('a thousand backups are listed in seconds, each small file opened once, and the oldest 900 removed', () => {
  const { root, writer } = thousandBackups()
  const opened = new Map<string, number>()
  const realOpen = fs.openSync
  fs.openSync = ((path: string, ...rest: [never]) => {
    opened.set(path, (opened.get(path) ?? 0) + 1)
    return realOpen(path, ...rest)
  }) as typeof fs.openSync
  syncBuiltinESMExports()
  const beganAt = performance.now()
  let list: ReturnType<typeof listBackups>
  try {
    list = listBackups(new BackupDirectory(root))
  } finally {
    fs.openSync = realOpen
    syncBuiltinESMExports()
  }
  const tookMs = performance.now() - beganAt
  expect(list.backups).toHaveLength(1000)
  expect(list.backups.every(({ isRestorable }) => isRestorable)).toBe(true)
  expect(list.recovery.map(({ windows }) => windows)).toEqual([
    [{ fromSequence: 0, toSequence: 8000, fromUs: null, toUs: null }],
  ])
  // 200 meta files, 800 documents, 800 indexes, timelines, and gaps, of which there are none
  expect(opened.size).toBe(1802)
  expect([...opened.values()].every((count) => count === 1)).toBe(true)
  expect(tookMs).toBeLessThan(10_000)

  const policy = { maxCount: 100, maxAgeDays: 0 }
  const plan = retentionPlan({ backups: list.backups, policy, nowUs: 0, pinnedIds: new Set(), inUseIds: new Set() })
  expect(plan.gone).toHaveLength(900)
  const options = {
    withDependents: false,
    evenNewestSoundFull: false,
    inUseIds: new Set<number>(),
    isBackupBeingMade: false,
  }
  const removed = removeBackups(
    writer,
    plan.gone.map(({ id }) => id),
    options,
  )
  expect(removed).toMatchObject({ removedIds: plan.gone.map(({ id }) => id), problems: [] })
  expect(listBackups(new BackupDirectory(root)).recovery[0]?.windows).toEqual([
    { fromSequence: 7200, toSequence: 8000, fromUs: null, toUs: null },
  ])
}, 120_000)

test('five thousand increments on one full are listed in a second or so, in few bytes, and so is a plan what to remove', () => {
  const root = tempDir()
  newRepository(root)
  addFull(root, { id: 1, lastSequence: 10 })
  for (let id = 2; id <= 5001; id += 1) {
    putSealed(root, `increments/${id}.json`, incrementOf({ id, baseId: id - 1, firstSequence: 11 }))
  }
  const beganAt = performance.now()
  const list = listBackups(new BackupDirectory(root))
  // a second on a quiet machine; the chains written out would be 12.5 million numbers, and take minutes
  expect(performance.now() - beganAt).toBeLessThan(5000)
  expect(list.backups.filter(({ isRestorable }) => isRestorable)).toHaveLength(5001)
  expect(serialize(list).length).toBeLessThan(500 * list.backups.length)
  expect(chainIdsOf(list.backups, list.backups[0]!)).toEqual(Array.from({ length: 5001 }, (_, index) => index + 1))

  const policy = { maxCount: 100, maxAgeDays: 0 }
  const planBeganAt = performance.now()
  const order = { backups: list.backups, policy, nowUs: 0, pinnedIds: new Set<number>(), inUseIds: new Set<number>() }
  expect(retentionPlan(order).gone).toEqual([])
  const options = { withDependents: true, evenNewestSoundFull: true, inUseIds: new Set<number>() }
  expect(idsToRemove(list, [1], options)).toHaveLength(5001)
  const refused = () => idsToRemove(list, [2, 3, 1], { ...options, withDependents: false })
  expect(refused).toThrow(expect.objectContaining({ code: 'BACKUP_NEEDED' }))
  const youngest = Array.from({ length: 4000 }, (_, index) => 1002 + index)
  expect(idsToRemove(list, youngest, { ...options, withDependents: false })).toEqual(youngest)
  expect(performance.now() - planBeganAt).toBeLessThan(5000)
}, 60_000)
