// Goal: whatever the list, the policy and the clock, what must stay stays. Method: random lists, and rules that are
// written down a second time in the plainest way.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RetentionBackup } from '../../../src-main/retention/retention-backup.ts'
import { type RetentionPlan, retentionPlan } from '../../../src-main/retention/retention-plan.ts'

const DAY_US = 86_400_000_000
const RUNS = { numRuns: 2000 } as const

const verified = fc.option(
  fc.record({
    level: fc.constantFrom('presence' as const, 'checksum' as const, 'deep' as const),
    result: fc.constantFrom('passed' as const, 'passed' as const, 'failed' as const),
  }),
)

const row = fc.record({
  isFull: fc.boolean(),
  state: fc.constantFrom('ok' as const, 'ok' as const, 'ok' as const, 'damaged' as const, 'incomplete' as const),
  createdAtDays: fc.option(fc.integer({ min: 0, max: 20_000 }), { freq: 8 }),
  stepDays: fc.integer({ min: 0, max: 20 }),
  isJump: fc.nat(9).map((dice) => dice === 0),
  baseBack: fc.integer({ min: 1, max: 3 }),
  isBaseReadable: fc.nat(9).map((dice) => dice > 0),
  verified,
  isPinned: fc.nat(9).map((dice) => dice === 0),
  isInUse: fc.nat(9).map((dice) => dice === 0),
})

const order = fc
  .record({
    rows: fc.array(row, { maxLength: 25 }),
    maxCount: fc.integer({ min: 0, max: 8 }),
    maxAgeDays: fc.integer({ min: 0, max: 60 }),
    afterDays: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: -5000, max: 20_000 })),
  })
  .map(({ rows, maxCount, maxAgeDays, afterDays }) => {
    let days = 8000
    const backups = rows.map((each, index): RetentionBackup => {
      days += each.stepDays
      const createdAtDays = each.isJump ? each.createdAtDays : days
      const baseId = index + 1 - each.baseBack
      const isFull = each.isFull || baseId < 1
      return {
        id: index + 1,
        kind: isFull ? 'full' : 'increment',
        state: each.isBaseReadable ? each.state : 'damaged',
        createdAtUs: createdAtDays === null ? null : createdAtDays * DAY_US,
        baseId: isFull || !each.isBaseReadable ? null : baseId,
        verified: each.verified,
      }
    })
    const idsOf = (isChosen: (each: (typeof rows)[number]) => boolean) =>
      new Set(rows.flatMap((each, index) => (isChosen(each) ? [index + 1] : [])))
    return {
      backups,
      policy: { maxCount, maxAgeDays },
      nowUs: (days + afterDays) * DAY_US,
      pinnedIds: idsOf(({ isPinned }) => isPinned),
      inUseIds: idsOf(({ isInUse }) => isInUse),
    }
  })

const idsOf = (rows: readonly { id: number }[]) => rows.map(({ id }) => id)
const keptOf = (plan: RetentionPlan, backups: readonly RetentionBackup[]) => {
  const kept = new Set(idsOf(plan.kept))
  return backups.filter(({ id }) => kept.has(id))
}

test('every backup is either gone by a rule of the policy or kept for a reason', () => {
  fc.assert(
    fc.property(order, (each) => {
      const plan = retentionPlan(each)
      expect([...idsOf(plan.gone), ...idsOf(plan.kept)].sort((a, b) => a - b)).toEqual(idsOf(each.backups))
      const { maxCount, maxAgeDays } = each.policy
      for (const { id, rule } of plan.gone) {
        if (rule === 'max-count') expect(each.backups.length - id).toBeGreaterThanOrEqual(maxCount)
        expect(rule === 'max-count' ? maxCount : maxAgeDays).toBeGreaterThan(0)
      }
    }),
    RUNS,
  )
})

test('a kept backup has its whole chain, what is pinned or read stays, and the newest sound and the newest proved full stay', () => {
  fc.assert(
    fc.property(order, (each) => {
      const kept = keptOf(retentionPlan(each), each.backups)
      const keptIds = new Set(idsOf(kept))
      for (const { baseId } of kept) if (baseId !== null) expect(keptIds).toContain(baseId)
      for (const id of [...each.pinnedIds, ...each.inUseIds]) expect(keptIds).toContain(id)
      const sound = each.backups.filter((backup) => {
        return backup.kind === 'full' && backup.state === 'ok' && backup.verified?.result !== 'failed'
      })
      const newest = sound.at(-1)
      if (newest !== undefined) expect(keptIds).toContain(newest.id)
      const proved = sound.filter(({ verified }) => verified !== null && verified.level !== 'presence').at(-1)
      if (proved !== undefined) expect(keptIds).toContain(proved.id)
      if (each.backups.some(({ kind }) => kind === 'full')) expect(kept.some(({ kind }) => kind === 'full')).toBe(true)
    }),
    RUNS,
  )
})

test('what was planned once leaves nothing more to plan, and the order of the list means nothing', () => {
  fc.assert(
    fc.property(order, (each) => {
      const plan = retentionPlan(each)
      expect(retentionPlan({ ...each, backups: each.backups.toReversed() })).toEqual(plan)
      // where times run backwards, a backup that goes may take with it why another one counted as young
      const times = each.backups.map(({ createdAtUs }) => createdAtUs ?? Number.POSITIVE_INFINITY)
      const isOrdered = times.every((time, index) => time >= (times[index - 1] ?? 0) && time <= each.nowUs)
      if (!isOrdered && each.policy.maxAgeDays > 0) return
      expect(retentionPlan({ ...each, backups: keptOf(plan, each.backups) }).gone).toEqual([])
    }),
    RUNS,
  )
})

test('one jump of the clock, however far, takes nothing by age that was younger than half of the limit', () => {
  const days = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 25 })
  fc.assert(
    fc.property(
      days,
      fc.integer({ min: 2, max: 60 }),
      fc.integer({ min: 0, max: 100_000 }),
      (steps, maxAgeDays, jumpDays) => {
        let nowDays = 100
        const backups = steps.map((step, index): RetentionBackup => {
          nowDays += step
          const createdAtUs = nowDays * DAY_US
          return { id: index + 1, kind: 'full', state: 'ok', createdAtUs, baseId: null, verified: null }
        })
        const nowUs = (nowDays + jumpDays) * DAY_US
        const policy = { maxCount: 0, maxAgeDays }
        const gone = retentionPlan({ backups, policy, nowUs, pinnedIds: new Set(), inUseIds: new Set() }).gone
        const young = backups.filter(
          ({ createdAtUs }) => nowDays * DAY_US - (createdAtUs ?? 0) <= (maxAgeDays / 2) * DAY_US,
        )
        expect(idsOf(gone).filter((id) => idsOf(young).includes(id))).toEqual([])
        // and without a jump an age is what it is
        if (jumpDays === 0 && steps.every((step) => step <= maxAgeDays / 2)) {
          const old = backups.filter(({ createdAtUs }) => nowUs - (createdAtUs ?? 0) > maxAgeDays * DAY_US)
          expect(idsOf(gone)).toEqual(idsOf(old))
        }
      },
    ),
    RUNS,
  )
})
