// Goal: for any history and any target the planner says what a person would who looks at every commit. Method: random
// histories with forks, lost segments, damaged fulls, clocks that go back, column families made later; a model that tries all.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RecoveryTarget } from '../../../../src-main/contract/recovery.ts'
import type { ListedBackup } from '../../../../src-main/repository/own/list/listed-backup.ts'
import type { WalkedCommit } from '../../../../src-main/restore/plan/commit-lookup.ts'
import { commit, failed, full, plan, told, WrittenArchive, WrittenBases } from './written-history.ts'

type Step =
  | { kind: 'commit'; sequences: number; step: number | null; isNewFamily: boolean }
  | { kind: 'full'; isSound: boolean; isTimeKnown: boolean }
  | { kind: 'segment' }
  | { kind: 'lost' }
  | { kind: 'fork'; back: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      sequences: fc.integer({ min: 1, max: 4 }),
      step: fc.option(fc.integer({ min: -15, max: 20 }), { freq: 8 }),
      isNewFamily: fc.nat(25).map((chance) => chance === 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('full' as const),
      isSound: fc.nat(3).map((chance) => chance > 0),
      isTimeKnown: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'segment' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'lost' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fork' as const), back: fc.nat(20) }) },
)

/** Every commit that ever was, and whether the archive has it. */
type Written = { readonly commit: WalkedCommit; isArchived: boolean }
type Line = { id: string; parent: string | null; forkSequence: number | null; segments: Written[][] }

class World {
  readonly lines: Line[] = [{ id: '1', parent: null, forkSequence: null, segments: [[]] }]
  readonly fulls: (ListedBackup & { families: number[]; isSound: boolean })[] = []
  timeUs = 1000
  family = 0

  constructor(steps: readonly Step[]) {
    for (const each of steps) this.#take(each)
  }

  #take(each: Step): void {
    const line = this.lines.at(-1)!
    if (each.kind === 'commit') this.#commit(line, each)
    else if (each.kind === 'full') this.#full(line, each)
    else if (each.kind === 'segment') line.segments.push([])
    else if (each.kind === 'fork') this.#fork(each.back)
    else {
      for (const written of line.segments.at(-1)!) written.isArchived = false
      line.segments.push([])
    }
  }

  #commit(line: Line, { sequences, step, isNewFamily }: Extract<Step, { kind: 'commit' }>): void {
    if (isNewFamily) this.family += 1
    if (step !== null) this.timeUs = Math.max(0, this.timeUs + step)
    const first = this.end(line.id) + 1
    const families = [isNewFamily ? this.family : 0]
    const made = commit(first, first + sequences - 1, step === null ? null : this.timeUs, { families })
    line.segments.at(-1)!.push({ commit: made, isArchived: true })
  }

  #full(line: Line, { isSound, isTimeKnown }: Extract<Step, { kind: 'full' }>): void {
    const last = this.path(line.id).findLast(({ commit: { committedAtUs } }) => committedAtUs !== null)
    const families = Array.from({ length: this.family + 1 }, (_, id) => id)
    const facts = {
      timeline: line.id,
      createdAtUs: this.timeUs,
      lastCommitAtUs: isTimeKnown ? (last?.commit.committedAtUs ?? null) : null,
      ...(isSound ? {} : failed('a block')),
    }
    this.fulls.push({ ...full(this.fulls.length + 1, this.end(line.id), facts), families, isSound })
  }

  /** From a commit of the newest timeline's own. */
  #fork(back: number): void {
    const line = this.lines.at(-1)!
    const own = line.segments.flat()
    const at = own.at(-1 - back)
    if (at === undefined) return
    const id = String(this.lines.length + 1)
    this.lines.push({ id, parent: line.id, forkSequence: at.commit.lastSequence, segments: [[]] })
  }

  path(id: string): Written[] {
    const line = this.lines.find((each) => each.id === id)!
    const above = line.parent === null ? [] : this.path(line.parent)
    return [...above.filter((each) => each.commit.lastSequence <= line.forkSequence!), ...line.segments.flat()]
  }

  end(id: string): number {
    return this.path(id).at(-1)?.commit.lastSequence ?? 0
  }

  /** The fulls whose state is one of a timeline's, ascending. */
  fullsOn(id: string): World['fulls'] {
    const line = this.lines.find((each) => each.id === id)!
    const above = line.parent === null ? [] : this.fullsOn(line.parent)
    const shared = above.filter(({ lastSequence }) => lastSequence! <= line.forkSequence!)
    return [...shared, ...this.fulls.filter(({ timeline }) => timeline === id)].sort(
      (left, right) => left.lastSequence! - right.lastSequence! || left.id - right.id,
    )
  }

  archive(): WrittenArchive {
    const archive = new WrittenArchive()
    for (const { id, segments } of this.lines) {
      const present = segments
        .filter((segment) => segment.length > 0 && segment.every(({ isArchived }) => isArchived))
        .map((segment) => segment.map((written) => written.commit))
      archive.timeline(id, present)
    }
    return archive
  }

  plan(target: RecoveryTarget, timeline: string) {
    const bases = new WrittenBases(
      Object.fromEntries(this.fulls.map(({ id, families }) => [id, { columnFamilyIds: families }])),
    )
    const facts = {
      timelines: this.lines.map(({ id, parent, forkSequence }) => ({
        id,
        databaseId: null,
        parent,
        forkSequence,
        createdAtUs: 0,
      })),
      currentTimeline: this.lines.at(-1)!.id,
    }
    return plan(this.archive(), this.fulls, target, { facts, bases, timeline })
  }
}

/** Says of each point by trying all. */
class Model {
  readonly #path: readonly Written[]
  readonly #fulls: World['fulls']
  /** what is not archived at the end, and behind every full, nobody knows of */
  readonly #known: readonly Written[]

  constructor(world: World, timeline: string) {
    this.#path = world.path(timeline)
    this.#fulls = world.fullsOn(timeline)
    const archived = this.#path.findLast(({ isArchived }) => isArchived)?.commit.lastSequence ?? -1
    const end = Math.max(archived, this.#fulls.at(-1)?.lastSequence ?? -1)
    this.#known = this.#path.filter((each) => each.commit.lastSequence <= end)
  }

  /** The base of a cut, and the commits up to it; null: it cannot be reached. */
  reach(cut: number): { baseId: number; tail: Written[] } | null {
    const base = this.#fulls.findLast(({ isSound, lastSequence }) => isSound && lastSequence! <= cut)
    if (base === undefined) return null
    const tail = this.#path.filter(
      ({ commit: { lastSequence } }) => lastSequence > base.lastSequence! && lastSequence <= cut,
    )
    const end = tail.at(-1)?.commit.lastSequence ?? base.lastSequence
    const isWhole = end === cut && tail.every(({ isArchived }) => isArchived)
    const isKnown = tail.every((each) => each.commit.columnFamilyIds.every((id) => base.families.includes(id)))
    return isWhole && isKnown ? { baseId: base.id, tail } : null
  }

  /** Null: it cannot be told. */
  cut(target: RecoveryTarget): number | null {
    if (target.kind === 'time') return this.#cutAtTime(target.timeUs, target.isInclusive)
    if (target.kind !== 'sequence' && target.kind !== 'before') throw new Error('not modelled')
    const holder = this.#path.find(
      ({ commit: { firstSequence, lastSequence } }) =>
        firstSequence <= target.sequence && target.sequence <= lastSequence,
    )
    if (holder?.isArchived === true) {
      const isEnd = target.kind === 'sequence' && holder.commit.lastSequence === target.sequence
      return isEnd ? target.sequence : holder.commit.firstSequence - 1
    }
    if (target.kind === 'before') return null
    return this.#fulls.some(({ lastSequence }) => lastSequence === target.sequence) ? target.sequence : null
  }

  #cutAtTime(timeUs: number, isInclusive: boolean): number | null {
    const isAfter = (each: number) => (isInclusive ? each > timeUs : each >= timeUs)
    const from = this.#fulls.findLast(({ lastCommitAtUs, createdAtUs }) => !isAfter(lastCommitAtUs ?? createdAtUs!))
    if (from === undefined) return null
    let cut = from.lastSequence!
    for (const { commit, isArchived } of this.#known) {
      if (commit.lastSequence <= cut) continue
      if (!isArchived) return null
      if (commit.committedAtUs !== null && isAfter(commit.committedAtUs)) break
      cut = commit.lastSequence
    }
    return cut
  }

  reachable(): number[] {
    const ends = [
      ...this.#known.map((each) => each.commit.lastSequence),
      ...this.#fulls.map((each) => each.lastSequence!),
    ]
    return [...new Set(ends)].filter((end) => this.reach(end) !== null).sort((left, right) => left - right)
  }

  dropped(cut: number): Written[] {
    return this.#path.filter(({ commit, isArchived }) => isArchived && commit.lastSequence > cut)
  }
}

const history = fc.array(step, { minLength: 1, maxLength: 60 })
const target: fc.Arbitrary<RecoveryTarget> = fc.oneof(
  fc.record({
    kind: fc.constant('time' as const),
    timeUs: fc.integer({ min: 900, max: 1300 }),
    isInclusive: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('sequence' as const), sequence: fc.nat(90) }),
  fc.record({ kind: fc.constant('before' as const), sequence: fc.nat(90) }),
)
const RUNS = process.env.LIFEBOAT_LONG === undefined ? 3000 : 100_000

describe('a plan', () => {
  test('is what a look at every commit says', {
    timeout: 600_000,
  }, () => {
    let plannedCount = 0
    fc.assert(
      fc.property(history, target, fc.nat(5), (steps, wanted, line) => {
        const world = new World(steps)
        const timeline = world.lines[line % world.lines.length]!.id
        const model = new Model(world, timeline)
        const answer = world.plan(wanted, timeline)
        const cut = model.cut(wanted)
        const reached = cut === null ? null : model.reach(cut)
        if (reached === null || cut === null) {
          expect(answer.kind).toBe('refused')
          return
        }
        if (answer.kind === 'refused') throw new Error(answer.refusal.error.message)
        plannedCount += 1
        const { effective, base, tail, loss, segments } = answer.plan
        const dropped = model.dropped(cut)
        expect({ cut: effective.sequence, base: base.backupId, tail, lost: loss.commitCount }).toEqual({
          cut,
          base: reached.baseId,
          tail: {
            commitCount: reached.tail.length,
            sizeBytes: reached.tail.reduce((sum, each) => sum + each.commit.sizeBytes, 0),
          },
          lost: dropped.length,
        })
        const held = segments.flatMap(({ path, lastSequence }) =>
          world
            .archive()
            .commits.get(path)!
            .filter(
              (each) => each.lastSequence <= Math.min(lastSequence, cut) && each.firstSequence > base.lastSequence,
            ),
        )
        expect(held.map(told)).toEqual(reached.tail.map((each) => told(each.commit)))
      }),
      { numRuns: RUNS },
    )
    expect(plannedCount).toBeGreaterThan(RUNS / 10)
  })

  test('that is refused offers the nearest points on both sides that can be reached', { timeout: 600_000 }, () => {
    let refusedCount = 0
    fc.assert(
      fc.property(history, fc.nat(90), fc.nat(5), (steps, sequence, line) => {
        const world = new World(steps)
        const timeline = world.lines[line % world.lines.length]!.id
        const answer = world.plan({ kind: 'sequence', sequence }, timeline)
        if (answer.kind === 'planned') return
        refusedCount += 1
        const reachable = new Model(world, timeline).reachable()
        const { nearestBefore, nearestAfter } = answer.refusal
        const around = [nearestBefore?.sequence ?? null, nearestAfter?.sequence ?? null]
        expect(around).toEqual([
          reachable.findLast((each) => each <= sequence) ?? null,
          reachable.find((each) => each > sequence) ?? null,
        ])
      }),
      { numRuns: RUNS },
    )
    expect(refusedCount).toBeGreaterThan(RUNS / 10)
  })
})
