// Goal: the timeline is drawn from what the repository holds. Method: a repository written by hand and by the archiver.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readActivity } from '../../src-main/restore/plan/activity.ts'
import { readCommitsAround } from '../../src-main/restore/plan/commits-around.ts'
import { readRecoveryOverview } from '../../src-main/restore/plan/overview.ts'
import { T, world } from '../support/planned-world.ts'
import { segmentPath } from '../unit/repository/own/fabricated-repository.ts'

describe('what a timeline is drawn from', () => {
  test('is told with its windows, gaps and backups', () => {
    const made = world().full(2).commit(1)
    const overview = readRecoveryOverview(made.directory)
    expect(overview.timelines).toEqual([
      {
        timeline: '1',
        isCurrent: true,
        parent: null,
        forkSequence: null,
        windows: [{ fromSequence: 4, toSequence: 22, fromUs: T + 20, toUs: T + 110 }],
        gaps: [],
      },
    ])
    expect(
      overview.backups.map(({ backupId, kind, lastSequence, lastCommitAtUs }) => [
        backupId,
        kind,
        lastSequence,
        lastCommitAtUs,
      ]),
    ).toEqual([
      [1, 'full', 4, T + 20],
      [2, 'full', 20, T + 100],
    ])
    for (const ending of ['.wal', '.idx']) rmSync(join(made.root, segmentPath('1', 11).replace('.wal', ending)))
    expect(readRecoveryOverview(made.directory).timelines[0]).toMatchObject({
      windows: [
        { fromSequence: 4, toSequence: 10, fromUs: T + 20, toUs: T + 50 },
        { fromSequence: 20, toSequence: 22, fromUs: T + 100, toUs: T + 110 },
      ],
      gaps: [{ afterSequence: 10, beforeSequence: 20, fromUs: T + 50, toUs: T + 100, reason: null }],
    })
  })

  test('is its activity in stretches of time, to the last microsecond', () => {
    const { directory } = world()
    const activity = readActivity(directory, null, T + 10, T + 101, 4)
    expect(
      activity.map(({ fromUs, toUs, commitCount, putCount, deleteCount }) => [
        fromUs - T,
        toUs - T,
        commitCount,
        putCount,
        deleteCount,
      ]),
    ).toEqual([
      [10, 32, 3, 6, 0],
      [32, 55, 2, 4, 0],
      [55, 78, 2, 4, 0],
      [78, 101, 3, 6, 0],
    ])
    expect(readActivity(directory, '1', T + 10, T + 100, 1)).toMatchObject([{ commitCount: 9 }])
    // more columns than microseconds
    const narrow = readActivity(directory, '1', T + 100, T + 102, 7)
    expect(narrow.map(({ commitCount }) => commitCount).reduce((sum, count) => sum + count, 0)).toBe(1)
    expect(() => readActivity(directory, '9', T, T + 1, 1)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
  })

  test('are the commits on both sides of an instant, from closed segments and the open one', () => {
    const { directory } = world()
    const lasts = (at: { sequence: number } | { timeUs: number }, before: number, after: number) =>
      readCommitsAround(directory, null, at, before, after).map(({ lastSequence }) => lastSequence)
    expect(lasts({ sequence: 10 }, 2, 2)).toEqual([8, 10, 12, 14])
    expect(lasts({ sequence: 11 }, 1, 1)).toEqual([10, 12])
    expect(lasts({ timeUs: T + 80 }, 1, 3)).toEqual([16, 18, 20])
    expect(lasts({ timeUs: T + 79 }, 2, 1)).toEqual([12, 14, 16])
    expect(lasts({ sequence: 0 }, 5, 1)).toEqual([2])
    expect(lasts({ sequence: 99 }, 20, 5)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
    // before the first full
    expect(lasts({ timeUs: T + 15 }, 5, 2)).toEqual([2, 4, 6])
    expect(lasts({ timeUs: T + 5 }, 5, 1)).toEqual([2])
    expect(readCommitsAround(directory, null, { sequence: 10 }, 0, 0)).toEqual([])
  })

  test('is told with a hole before the open segment, behind which nothing can be gone back to', () => {
    const repository = world()
    for (const ending of ['.wal', '.idx']) rmSync(join(repository.root, segmentPath('1', 11).replace('.wal', ending)))
    const { windows, gaps } = readRecoveryOverview(repository.directory).timelines[0]!
    const [window] = windows
    expect(windows).toHaveLength(1)
    expect(gaps).toEqual([
      { afterSequence: window!.toSequence, beforeSequence: 17, fromUs: window!.toUs, toUs: null, reason: null },
    ])
  })
})
