// Goal: whoever moves quickly over a timeline asks for little, sees what the last choice comes down to, and steps commit by commit.
// Method: the real store over a fake core that plans over a made-up archive with a gap.
import { os } from '@orpc/server'
import { expect, onTestFinished, test } from 'vitest'
import type { ArchivedCommit, PlannedRecovery, RecoveryPlan } from '#contract'
import { sideBySide } from '../../../src-renderer/places/recover/plan-words.ts'
import { runbookOf } from '../../../src-renderer/places/recover/runbook.ts'
import { Connection } from '../../../src-renderer/stores/connection.svelte.ts'
import { Recoveries } from '../../../src-renderer/stores/recoveries.ts'
import { RecoveryPoint } from '../../../src-renderer/stores/recovery-point.svelte.ts'
import { FakeCore } from './fake-core.ts'

const commitOf = (lastSequence: number): ArchivedCommit => ({
  firstSequence: lastSequence - 9,
  lastSequence,
  committedAtUs: lastSequence * 1_000,
  uncertaintyUs: null,
  putCount: 10,
  deleteCount: 0,
  rangeDeleteCount: 0,
  sizeBytes: 100,
})
/** every ten sequences a commit, from 110 to 3 000; none of those from 1 001 to 1 200 is there */
const commits = Array.from({ length: 290 }, (_, index) => commitOf(110 + index * 10)).filter(
  ({ lastSequence }) => lastSequence <= 1_000 || lastSequence > 1_200,
)

function planOf(sequence: number): RecoveryPlan {
  return {
    formatVersion: 1,
    repositoryId: 'a',
    repositoryPath: '/srv/repository',
    madeAtUs: 1,
    target: { kind: 'sequence', sequence },
    timeline: '1',
    effective: { sequence, lastKept: commitOf(sequence), firstDropped: null, proof: 'The segments follow each other.' },
    base: { backupId: 1, lastSequence: 100, createdAtUs: 5, fileCount: 1, totalBytes: 1, metaDigest: 'b' },
    passedOver: [],
    segments: [],
    tail: { commitCount: 1, sizeBytes: 1 },
    loss: {
      commitCount: 0,
      putCount: 0,
      deleteCount: 0,
      firstCommittedAtUs: null,
      lastCommittedAtUs: null,
      lastSequence: null,
    },
    neededBytes: 1,
    expectedDurationUs: null,
    expectation: '',
    warnings: [],
    factsDigest: 'c',
  }
}

const refused: PlannedRecovery = {
  kind: 'refused',
  refusal: {
    error: { code: 'BAD_REQUEST', message: 'in a gap', subject: null, unharmed: null, nextStep: null, details: null },
    nearestBefore: { sequence: 1_000, committedAtUs: 1_000_000 },
    nearestAfter: null,
  },
}

function started() {
  const asked: { plans: unknown[]; lists: number } = { plans: [], lists: 0 }
  const fake = new FakeCore({
    recovery: {
      plan: os.handler(({ input }) => {
        const { target } = input as { target: { kind: string; sequence?: number } }
        asked.plans.push(target)
        const wanted = target.kind === 'latest' ? 3_000 : (target.sequence ?? 0) - (target.kind === 'before' ? 1 : 0)
        if (wanted > 1_000 && wanted <= 1_200) return refused
        return {
          kind: 'planned',
          plan: planOf(commits.findLast((each) => each.lastSequence <= wanted)?.lastSequence ?? 100),
        }
      }),
      commitsAround: os.handler(({ input }) => {
        const { at, beforeCount, afterCount } = input as {
          at: { sequence: number }
          beforeCount: number
          afterCount: number
        }
        asked.lists += 1
        const before = commits.filter(({ lastSequence }) => lastSequence <= at.sequence)
        const after = commits.filter(({ lastSequence }) => lastSequence > at.sequence)
        return [...before.slice(-beforeCount), ...after.slice(0, afterCount)]
      }),
    },
  })
  const ended = new AbortController()
  onTestFinished(() => ended.abort())
  const connection = new Connection(fake.host)
  void connection.start(ended.signal)
  const chosen = new RecoveryPoint(new Recoveries(connection), 1)
  return { chosen, asked }
}

test('of many choices in a row only the last one is asked for, and its time is known', async () => {
  const { chosen, asked } = started()
  for (let sequence = 200; sequence <= 900; sequence += 10) chosen.choose({ kind: 'sequence', sequence })
  expect([chosen.plan, chosen.sequence]).toEqual([null, 900])
  await expect.poll(() => chosen.plan?.effective.sequence).toBe(900)
  await expect.poll(() => chosen.commits.length).toBe(100)
  expect([chosen.timeUs, asked.plans]).toEqual([900_000, [{ kind: 'sequence', sequence: 900 }]])
})

test('steps go commit by commit, at once, and more commits are asked for near the end of the known ones only', async () => {
  const { chosen, asked } = started()
  chosen.choose({ kind: 'sequence', sequence: 500 })
  await expect.poll(() => chosen.commits.length).toBeGreaterThan(80)
  for (const direction of [1, 1, -1] as const) expect(chosen.step(direction)).toBe(true)
  expect([chosen.sequence, chosen.timeUs]).toEqual([510, 510_000])
  await expect.poll(() => chosen.plan?.effective.sequence).toBe(510)
  expect(asked.lists).toBe(1)
  chosen.choose({ kind: 'latest' })
  await expect.poll(() => chosen.commits.at(-1)?.lastSequence).toBe(3_000)
  await expect.poll(() => chosen.plan?.effective.sequence).toBe(3_000)
  expect([chosen.step(1), chosen.sequence, asked.lists]).toEqual([false, 3_000, 2])
})

test('before the first commit lies the state of the base', async () => {
  const { chosen } = started()
  chosen.choose({ kind: 'sequence', sequence: 110 })
  await expect.poll(() => chosen.commits[0]?.lastSequence).toBe(110)
  chosen.step(-1)
  expect([chosen.point, chosen.sequence]).toEqual([{ kind: 'before', sequence: 101 }, 100])
  await expect.poll(() => chosen.plan?.effective.sequence).toBe(100)
})

test('a refused point has no plan, and says which ones are near', async () => {
  const { chosen } = started()
  chosen.choose({ kind: 'sequence', sequence: 1_100 })
  await expect.poll(() => chosen.refusal?.nearestBefore?.sequence).toBe(1_000)
  expect(chosen.plan).toBe(null)
  await expect.poll(() => chosen.commits.some(({ lastSequence }) => lastSequence === 1_210)).toBe(true)
  chosen.choose({ kind: 'sequence', sequence: 1_000 })
  expect(chosen.refusal).toBe(null)
  await expect.poll(() => chosen.plan?.effective.sequence).toBe(1_000)
})

test('counts stand side by side: by label where one is known, zero where there is none any more', () => {
  const family = (name: string, rowCount: number, labels: { name: string; rowCount: number }[] = []) => ({
    name,
    rowCount,
    labels,
  })
  const before = [
    family('nodes', 3, [
      { name: 'Customer', rowCount: 2 },
      { name: 'Order', rowCount: 1 },
    ]),
  ]
  const now = [family('nodes', 1, [{ name: 'Order', rowCount: 1 }])]
  expect(sideBySide(before, now)).toEqual([
    { name: 'Customer', atPoint: 2, now: 0 },
    { name: 'Order', atPoint: 1, now: 1 },
  ])
  expect(sideBySide([family('default', 3)], null)).toEqual([{ name: 'default', atPoint: 3, now: null }])
})

test('the runbook quotes paths, keeps a way back, and asks the server for a full backup where it is known', () => {
  const lines = runbookOf('/srv/my data', { host: '127.0.0.1', port: 6379 }).map(({ line }) => line)
  expect(lines).toContain("ldb --db='/srv/my data' --ignore_unknown_options checkconsistency")
  expect(lines).toContain(`cp -a '/srv/my data' "$LIVE"`)
  expect(lines).toContain('redis-cli -h 127.0.0.1 -p 6379 ADMIN.BACKUP CREATE')
  expect(lines.at(-1)).toBe('mv "$LIVE" "$LIVE.recovered" && mv "$LIVE.before-recovery" "$LIVE"')
  expect(runbookOf('/srv/a', null).at(-2)?.line).toBe(null)
})
