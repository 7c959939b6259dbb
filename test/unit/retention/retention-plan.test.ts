// Goal: the rules of retention, one by one. What may never go is proved again over random lists in
// retention-properties.test.ts.
import { expect, test } from 'vitest'
import type { RetentionBackup } from '../../../src-main/retention/retention-backup.ts'
import { retentionPlan } from '../../../src-main/retention/retention-plan.ts'

const DAY_US = 86_400_000_000
const NOW_US = 2_000 * DAY_US

function full(id: number, ageDays: number | null, more: Partial<RetentionBackup> = {}): RetentionBackup {
  const createdAtUs = ageDays === null ? null : NOW_US - ageDays * DAY_US
  return { id, kind: 'full', state: 'ok', createdAtUs, baseId: null, verified: null, ...more }
}

function increment(id: number, baseId: number | null, ageDays: number | null, more: Partial<RetentionBackup> = {}) {
  return full(id, ageDays, { kind: 'increment', baseId, ...more })
}

const proved = { level: 'checksum', result: 'passed' } as const
const failed = { level: 'checksum', result: 'failed' } as const

function planOf(
  backups: readonly RetentionBackup[],
  policy: { maxCount?: number; maxAgeDays?: number },
  more: { pinnedIds?: number[]; inUseIds?: number[]; nowUs?: number } = {},
) {
  const plan = retentionPlan({
    backups,
    policy: { maxCount: 0, maxAgeDays: 0, ...policy },
    nowUs: more.nowUs ?? NOW_US,
    pinnedIds: new Set(more.pinnedIds),
    inUseIds: new Set(more.inUseIds),
  })
  return {
    gone: plan.gone.map(({ id, rule }) => [id, rule]),
    kept: plan.kept.map(({ id, reason }) => [id, reason]),
  }
}

test('without limits everything stays', () => {
  const plan = retentionPlan({
    backups: [full(1, 5000), full(2, 4000)],
    policy: { maxCount: 0, maxAgeDays: 0 },
    nowUs: NOW_US,
    pinnedIds: new Set(),
    inUseIds: new Set(),
  })
  expect(plan).toEqual({
    gone: [],
    kept: [
      { id: 2, reason: 'within-policy', text: 'no rule says that it goes' },
      { id: 1, reason: 'within-policy', text: 'no rule says that it goes' },
    ],
  })
})

test('a count is over all backups of the list, and each that goes is named with its rule', () => {
  const backups = [full(1, 3), full(2, 2), full(3, 1, { verified: proved })]
  const plan = retentionPlan({
    backups,
    policy: { maxCount: 1, maxAgeDays: 0 },
    nowUs: NOW_US,
    pinnedIds: new Set(),
    inUseIds: new Set(),
  })
  expect(plan.gone).toEqual([
    { id: 1, rule: 'max-count', text: 'more than 1 backups: 2 are newer' },
    { id: 2, rule: 'max-count', text: 'more than 1 backups: 1 are newer' },
  ])
  expect(plan.kept.map(({ id }) => id)).toEqual([3])
})

test('the chain of a backup that stays stays with it', () => {
  const backups = [full(1, 9), full(2, 8), increment(3, 2, 7), increment(4, 3, 6), increment(5, 4, 5)]
  expect(planOf(backups, { maxCount: 1 })).toEqual({
    gone: [[1, 'max-count']],
    kept: [
      [5, 'within-policy'],
      [4, 'needed'],
      [3, 'needed'],
      [2, 'newest-sound-full'],
    ],
  })
})

test('the newest sound full stays behind newer ones that are damaged or failed a verification', () => {
  const backups = [
    full(1, 9, { verified: proved }),
    full(2, 8, { verified: proved }),
    full(3, 7, { state: 'damaged' }),
    full(4, 6, { verified: failed }),
    full(5, 5, { state: 'incomplete' }),
  ]
  expect(planOf(backups, { maxCount: 1 })).toEqual({
    gone: [
      [1, 'max-count'],
      [3, 'max-count'],
      [4, 'max-count'],
    ],
    kept: [
      [5, 'within-policy'],
      [2, 'newest-sound-full'],
    ],
  })
})

test('beside the newest sound full stays the newest one that was proved, if these are two', () => {
  const backups = [
    full(1, 9, { verified: proved }),
    full(2, 8, { verified: proved }),
    full(3, 7, { verified: { level: 'presence', result: 'passed' } }),
    full(4, 6),
    full(5, 5, { state: 'damaged' }),
  ]
  expect(planOf(backups, { maxCount: 1 })).toEqual({
    gone: [
      [1, 'max-count'],
      [3, 'max-count'],
    ],
    kept: [
      [5, 'within-policy'],
      [4, 'newest-sound-full'],
      [2, 'newest-sound-full'],
    ],
  })
})

test('while nothing is proved the newest full of all stays too, whatever it looks like', () => {
  const backups = [full(1, 9), full(2, 8), full(3, 7, { state: 'damaged' }), increment(4, 2, 6)]
  const expected = {
    gone: [[1, 'max-count']],
    kept: [
      [4, 'within-policy'],
      [3, 'newest-full'],
      [2, 'newest-sound-full'],
    ],
  }
  expect(planOf(backups, { maxCount: 1 })).toEqual(expected)
  const presence = { level: 'presence', result: 'passed' } as const
  const seen = backups.map((each) => (each.id === 1 ? { ...each, verified: presence } : each))
  expect(planOf(seen, { maxCount: 1 })).toEqual(expected)
  const sound = backups.map((each) => (each.id === 2 ? { ...each, verified: proved } : each))
  expect(planOf(sound, { maxCount: 1 }).gone).toEqual([
    [1, 'max-count'],
    [3, 'max-count'],
  ])
})

test('what is pinned or being read stays, with its chain', () => {
  const backups = [full(1, 9), increment(2, 1, 8), full(3, 7), increment(4, 3, 6), full(5, 5, { verified: proved })]
  expect(planOf(backups, { maxCount: 1 }, { pinnedIds: [2], inUseIds: [4] })).toEqual({
    gone: [],
    kept: [
      [5, 'within-policy'],
      [4, 'in-use'],
      [3, 'needed'],
      [2, 'pinned'],
      [1, 'needed'],
    ],
  })
})

test('an increment whose base cannot be read keeps everything before it, down to the first whole full', () => {
  const backups = [
    full(1, 9),
    full(2, 8),
    full(3, 7, { state: 'damaged' }),
    increment(4, null, null, { state: 'damaged' }),
    increment(5, 4, 5),
    full(6, 4, { verified: proved }),
  ]
  expect(planOf(backups, { maxCount: 1 }, { pinnedIds: [5] })).toEqual({
    gone: [[1, 'max-count']],
    kept: [
      [6, 'within-policy'],
      [5, 'pinned'],
      [4, 'needed'],
      [3, 'needed'],
      [2, 'needed'],
    ],
  })
})

test('an id that stands twice stays', () => {
  const backups = [full(1, 9), full(2, 8), increment(2, 1, 8), full(3, 7, { verified: proved })]
  expect(planOf(backups, { maxCount: 1 })).toEqual({
    gone: [],
    kept: [
      [3, 'within-policy'],
      [2, 'ambiguous'],
      [2, 'ambiguous'],
      [1, 'needed'],
    ],
  })
})

const daily = Array.from({ length: 40 }, (_, index) => full(index + 1, 40 - index, { verified: proved }))

test('what is older than the limit goes, to the day', () => {
  const { gone } = planOf(daily, { maxAgeDays: 30 })
  expect(gone).toEqual(Array.from({ length: 10 }, (_, index) => [index + 1, 'max-age']))
})

test('a clock that jumps by years makes nothing go that was in the younger half', () => {
  const nowUs = NOW_US + 4000 * DAY_US
  const { gone } = planOf(daily, { maxAgeDays: 30 }, { nowUs })
  // a pause counts for 15 days at most, and the newest was made a day before the jump
  expect(gone.map(([id]) => id)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1))
  const afterJump = [...daily, { ...full(41, 0, { verified: proved }), createdAtUs: nowUs }]
  expect(planOf(afterJump, { maxAgeDays: 30 }, { nowUs }).gone.map(([id]) => id)).toEqual(gone.map(([id]) => id))
  const clockMended = planOf(afterJump, { maxAgeDays: 30 })
  expect(clockMended.gone).toEqual(planOf(daily, { maxAgeDays: 30 }).gone)
})

test('a backup made while the clock was set back ages neither itself nor those before it', () => {
  const stamped = daily.map((each) => (each.id === 35 ? { ...each, createdAtUs: 0 } : each))
  expect(planOf(stamped, { maxAgeDays: 30 }).gone).toEqual(planOf(daily, { maxAgeDays: 30 }).gone)
})

test('a backup without a readable time is as old as the one after it', () => {
  const stamped = daily.map((each) =>
    each.id === 10 ? { ...each, createdAtUs: null, state: 'damaged' as const } : each,
  )
  expect(planOf(stamped, { maxAgeDays: 30 }).gone.map(([id]) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('an empty repository has an empty plan', () => {
  expect(planOf([], { maxCount: 1, maxAgeDays: 1 })).toEqual({ gone: [], kept: [] })
})
