// Goal: retention and deletion never take what is needed. Method: random histories of backups, archives, forks, pins,
// damage, clocks that jump, policies and deletions on a real disk, with processes that die at any call and power that goes
// at any time; a model beside it says what must be there, byte for byte.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY_US, litter, RepositoryWorld } from './repository-world.ts'

const HISTORIES = process.env.LIFEBOAT_LONG === undefined ? 120 : 1000

const backupAt = fc.nat(30)
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('full' as const), tables: fc.uniqueArray(fc.nat(6), { maxLength: 4 }) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('increment' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('archive' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('gap' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fork' as const), back: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pin' as const), at: backupAt }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('verify' as const), at: backupAt, isPassed: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('damage' as const),
      at: backupAt,
      file: fc.nat(20),
      isRemoved: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('clock' as const), days: fc.integer({ min: -3000, max: 3000 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('policy' as const), maxCount: fc.nat(4), maxAgeDays: fc.nat(20) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('prune' as const),
      dies: fc.option(fc.nat(60)),
      power: fc.constantFrom('stays' as const, 'goes' as const, 'goes later' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), at: backupAt, isForced: fc.boolean() }) },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

function take(world: RepositoryWorld, each: Step, isLost: () => boolean): void {
  const idAt = (at: number) => [...world.backups.keys()][at % Math.max(1, world.backups.size)] ?? 0
  world.clock.us += DAY_US
  world.commit(3)
  if (each.kind === 'full') world.full(each.tables)
  else if (each.kind === 'increment') world.increment()
  else if (each.kind === 'archive') world.archive()
  else if (each.kind === 'gap') world.gap()
  else if (each.kind === 'fork') world.fork(each.back)
  else if (each.kind === 'pin') world.pin(idAt(each.at))
  else if (each.kind === 'verify') world.verify(idAt(each.at), each.isPassed ? 'passed' : 'failed')
  else if (each.kind === 'damage') world.damage(idAt(each.at), each.file, each.isRemoved)
  else if (each.kind === 'clock') world.clock.us = Math.max(0, world.clock.us + each.days * DAY_US)
  else if (each.kind === 'policy') world.policy = each
  else if (each.kind === 'remove') world.remove(idAt(each.at), each.isForced)
  else if (each.dies === null) pruneWhole(world)
  else pruneUntilItDies(world, { calls: each.dies, power: each.power }, isLost)
}

function pruneWhole(world: RepositoryWorld): void {
  const gone = world.plan().gone.map(({ id }) => id)
  const before = [...world.backups.keys()]
  expect(world.prune()).toEqual(gone)
  expect(world.list.backups.map(({ id }) => id).reverse()).toEqual(before.filter((id) => !gone.includes(id)))
  world.settle(new Set(gone))
  world.expectNoLitter()
}

function pruneUntilItDies(
  world: RepositoryWorld,
  death: { calls: number; power: 'stays' | 'goes' | 'goes later' },
  isLost: () => boolean,
): void {
  const gone = new Set(world.plan().gone.map(({ id }) => id))
  const sound = world.newestSound()
  world.disk.callsLeft = death.calls
  try {
    world.prune()
  } catch (cause) {
    // the removal says so when it could not go on; what it cannot clean up it only notes
    expect(String(cause)).toContain('the process has died')
  }
  if (death.power === 'goes') world.disk.cutPower(isLost)
  else world.disk.restart()
  world.settle(gone)
  world.expectTruth()
  expect(world.newestSound()).toBe(sound)
  if (death.power === 'goes later') {
    // the next process cleans up, and then the power goes
    world.cleanUp()
    world.disk.cutPower(isLost)
    world.settle(gone)
    world.expectTruth()
  }
  world.cleanUp()
  world.expectNoLitter()
}

/** A chain that goes and one that stays, on a fork, with a damaged backup and litter. */
function worldBeforePrune(root: string): RepositoryWorld {
  mkdirSync(root)
  const world = new RepositoryWorld(root)
  world.commit(10)
  world.full([1, 2])
  for (let count = 0; count < 3; count += 1) {
    world.commit(3)
    world.increment()
  }
  world.full([2, 3])
  world.fork(2)
  world.commit(5)
  world.full([4])
  world.commit(3)
  world.increment()
  world.damage(6, 0, true)
  world.commit(3)
  world.full([3, 5])
  litter(root)
  world.policy = { maxCount: 1, maxAgeDays: 0 }
  return world
}

test('a prune may die at any of its calls, with the power or before it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-test-'))
  let count = 0
  const fresh = () => {
    count += 1
    return worldBeforePrune(join(folder, String(count)))
  }
  try {
    const whole = fresh()
    const before = whole.disk.callCount
    const gone = whole.prune()
    expect(gone).toEqual([1, 2, 3, 4, 5, 6, 7])
    whole.settle(new Set(gone))
    whole.expectTruth()
    const callCount = whole.disk.callCount - before
    expect(callCount).toBeGreaterThan(50)
    for (let calls = 0; calls <= callCount; calls += 1) {
      pruneUntilItDies(fresh(), { calls, power: 'goes' }, () => true)
      pruneUntilItDies(fresh(), { calls, power: 'goes later' }, () => true)
      let coin = calls
      pruneUntilItDies(fresh(), { calls, power: 'goes' }, () => {
        coin += 1
        return coin % 2 === 0
      })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 180_000)

test(`over ${HISTORIES} random histories every backup in the list is what the list says, and nothing that is needed is gone`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-test-'))
  const counts = { removals: 0, backups: 0 }
  try {
    let count = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 24 }), fc.infiniteStream(fc.boolean()), (steps, coins) => {
        count += 1
        const root = join(folder, String(count))
        mkdirSync(root)
        const world = new RepositoryWorld(root)
        litter(root)
        const isLost = () => coins.next().value
        for (const each of steps) {
          const sound = world.newestSound()
          take(world, each, isLost)
          if (each.kind === 'prune' || each.kind === 'remove') {
            world.expectTruth()
            expect(world.newestSound()).toBe(sound)
            counts.removals += 1
          }
        }
        world.expectTruth()
        counts.backups += world.givenIds.length
        rmSync(root, { recursive: true })
      }),
      { numRuns: HISTORIES },
    )
    // histories in which nothing happens would prove nothing
    expect(counts.removals).toBeGreaterThan(HISTORIES)
    expect(counts.backups).toBeGreaterThan(HISTORIES * 3)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 180_000)
