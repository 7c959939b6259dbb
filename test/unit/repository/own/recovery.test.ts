// Goal: a window promises only what a restore can reach: from a full that is whole, over commits without a hole.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BackupDirectory } from '../../../../src-main/repository/backup-directory.ts'
import { listBackups } from '../../../../src-main/repository/own/list/list-backups.ts'
import type { SegmentEnd } from '../../../../src-main/repository/own/list/recovery.ts'
import { addTimeline } from '../../../../src-main/repository/own/timelines.ts'
import { flipByte } from '../../../support/fixtures.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { addFull, addSegment, newRepository, put, putSealed, segmentPath, tableFile } from './fabricated-repository.ts'

const recovery = (root: string, segmentEnd?: SegmentEnd) => listBackups(new BackupDirectory(root), segmentEnd).recovery
const windows = (root: string, timeline = '1') =>
  recovery(root)
    .find((each) => each.timeline === timeline)
    ?.windows.map(({ fromSequence, toSequence }) => [fromSequence, toSequence])

test('a window begins with a full and ends with the last commit that was archived without a hole', () => {
  const root = tempDir()
  newRepository(root)
  addSegment(root, { firstSequence: 1, lastSequence: 20 })
  addSegment(root, { firstSequence: 21, lastSequence: 30 })
  expect(recovery(root)).toEqual([{ timeline: '1', isCurrent: true, windows: [], gaps: [] }])
  addFull(root, { id: 1, lastSequence: 15, lastCommitAtUs: 500 })
  expect(recovery(root)).toEqual([
    {
      timeline: '1',
      isCurrent: true,
      windows: [{ fromSequence: 15, toSequence: 30, fromUs: 500, toUs: null }],
      gaps: [],
    },
  ])
  const end: SegmentEnd = (path) => (path === segmentPath('1', 21) ? { lastSequence: 30, lastCommitAtUs: 900 } : null)
  expect(recovery(root, end)[0]?.windows[0]?.toUs).toBe(900)
})

test('an open segment counts when somebody can read its end', () => {
  const root = tempDir()
  newRepository(root)
  addFull(root, { id: 1, lastSequence: 0 })
  addSegment(root, { firstSequence: 1, lastSequence: 20 })
  addSegment(root, { firstSequence: 21, lastSequence: 30, isOpen: true })
  expect(windows(root)).toEqual([[0, 20]])
  const end: SegmentEnd = (path) => (path === segmentPath('1', 21) ? { lastSequence: 27, lastCommitAtUs: 800 } : null)
  expect(recovery(root, end)[0]?.windows).toEqual([{ fromSequence: 0, toSequence: 27, fromUs: null, toUs: 800 }])
})

test('a gap ends a window, and a full behind it begins the next one', () => {
  const root = tempDir()
  newRepository(root)
  addFull(root, { id: 1, lastSequence: 10, lastCommitAtUs: 1 })
  addSegment(root, { firstSequence: 11, lastSequence: 20 })
  addSegment(root, { firstSequence: 31, lastSequence: 40 })
  putSealed(root, 'wal/1/gaps.json', {
    gaps: [{ afterSequence: 20, beforeSequence: 31, foundAtUs: 7, reason: 'a log vanished before it was read' }],
  })
  expect(windows(root)).toEqual([[10, 20]])
  addFull(root, { id: 2, lastSequence: 35, lastCommitAtUs: 2 })
  expect(recovery(root)[0]).toEqual({
    timeline: '1',
    isCurrent: true,
    windows: [
      { fromSequence: 10, toSequence: 20, fromUs: 1, toUs: null },
      { fromSequence: 35, toSequence: 40, fromUs: 2, toUs: null },
    ],
    gaps: [{ afterSequence: 20, beforeSequence: 35, reason: 'a log vanished before it was read' }],
  })
})

test('a damaged segment or full promises nothing', () => {
  const root = tempDir()
  newRepository(root)
  addFull(root, { id: 1, lastSequence: 0, tables: [1] })
  addFull(root, { id: 2, lastSequence: 25, tables: [2] })
  for (const firstSequence of [1, 11, 21, 31]) addSegment(root, { firstSequence, lastSequence: firstSequence + 9 })
  expect(windows(root)).toEqual([[0, 40]])
  flipByte(join(root, segmentPath('1', 11).replace('.wal', '.idx')), 10)
  expect(windows(root)).toEqual([
    [0, 10],
    [25, 40],
  ])
  put(root, segmentPath('1', 31), Buffer.from('cut'))
  expect(windows(root)).toEqual([
    [0, 10],
    [25, 30],
  ])
  rmSync(join(root, tableFile(1).path))
  expect(windows(root)).toEqual([[25, 30]])
  rmSync(join(root, tableFile(2).path))
  expect(windows(root)).toEqual([])
})

test('a fork goes on from its parent up to the point where it left it', () => {
  const root = tempDir()
  const writer = newRepository(root)
  addFull(root, { id: 1, lastSequence: 5 })
  addSegment(root, { firstSequence: 6, lastSequence: 30 })
  addTimeline(writer, { databaseId: null, parent: '1', forkSequence: 20 })
  addSegment(root, { timeline: '2', firstSequence: 21, lastSequence: 40 })
  addTimeline(writer, { databaseId: null, parent: '2', forkSequence: 10 })
  addSegment(root, { timeline: '3', firstSequence: 12, lastSequence: 50 })
  expect(windows(root, '1')).toEqual([[5, 30]])
  expect(windows(root, '2')).toEqual([[5, 40]])
  // it forked before timeline 2 did, and its first segment is missing
  expect(windows(root, '3')).toEqual([[5, 10]])
  addFull(root, { id: 2, lastSequence: 25, timeline: '1' })
  expect(windows(root, '2')).toEqual([[5, 40]])
  expect(recovery(root).map(({ timeline, isCurrent }) => [timeline, isCurrent])).toEqual([
    ['1', false],
    ['2', false],
    ['3', true],
  ])
})

test('windows are what a walk over single commits finds', () => {
  const scene = fc.record({
    fulls: fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 5 }),
    cuts: fc.uniqueArray(fc.integer({ min: 2, max: 59 }), { maxLength: 8 }),
    missing: fc.uniqueArray(fc.nat(8), { maxLength: 4 }),
  })
  const folder = tempDir()
  let count = 0
  fc.assert(
    fc.property(scene, ({ fulls, cuts, missing }) => {
      count += 1
      const root = join(folder, String(count))
      newRepository(root)
      const starts = [1, ...cuts.toSorted((left, right) => left - right)]
      const known = new Set<number>()
      starts.forEach((firstSequence, index) => {
        if (missing.includes(index)) return
        const lastSequence = (starts[index + 1] ?? 61) - 1
        addSegment(root, { firstSequence, lastSequence })
        for (let sequence = firstSequence; sequence <= lastSequence; sequence += 1) known.add(sequence)
      })
      fulls.forEach((lastSequence, index) => void addFull(root, { id: index + 1, lastSequence }))
      const reached = new Set<number>()
      for (let sequence = 0; sequence <= 60; sequence += 1) {
        if (fulls.includes(sequence) || (reached.has(sequence - 1) && known.has(sequence))) reached.add(sequence)
      }
      const found = (windows(root) ?? []).flatMap(([from = 0, to = 0]) =>
        Array.from({ length: to - from + 1 }, (_, index) => from + index),
      )
      expect(found).toEqual([...reached])
    }),
    { numRuns: 150 },
  )
}, 30_000)
