// Goal: accidents are found where they are, and nothing is made up. Method: random quiet histories, in which random
// accidents are planted at known places.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Commit } from '../../../src-main/rocksdb/commits/commit.ts'
import { describeFinding } from '../../../src-main/timeline/describe-finding.ts'
import { findAccidents } from '../../../src-main/timeline/find-accidents.ts'
import type { Finding } from '../../../src-main/timeline/finding.ts'
import { historyOf, START_US, type Step } from './history.ts'

const familyName = (columnFamilyId: number) => (columnFamilyId === 0 ? 'nodes' : 'edges')

function findingsOf(commits: readonly Commit[]): Finding[] {
  const finder = findAccidents({ familyName })
  for (const commit of commits) finder.add(commit)
  return finder.findings()
}

const quietStep = fc.record({
  columnFamilyId: fc.integer({ min: 0, max: 1 }),
  puts: fc.integer({ min: 1, max: 20 }),
  deletes: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 6 }) }),
})
/** a few small commits a second, or none with a time */
const quietHistory = (minLength: number) =>
  fc
    .tuple(
      fc.array(quietStep, { minLength, maxLength: 600 }),
      fc.boolean(),
      fc.integer({ min: 100_000, max: 3_000_000 }),
    )
    .map(([steps, hasTimes, stepUs]) => (hasTimes ? timed(steps, stepUs) : steps))

function timed(steps: readonly Step[], stepUs: number): Step[] {
  return steps.map((step, index) => ({ ...step, timeUs: START_US + index * stepUs }))
}

/** The history with the accident's commits at `at`; they take the time of the commit before them. */
function planted(quiet: readonly Step[], at: number, accident: readonly Step[]): Step[] {
  const timeUs = quiet[at - 1]?.timeUs
  const steps = accident.map((step) => (timeUs === undefined ? step : { ...step, timeUs }))
  return [...quiet.slice(0, at), ...steps, ...quiet.slice(at)]
}

describe('a history', () => {
  test('that is quiet gives no finding', () => {
    fc.assert(
      fc.property(quietHistory(0), (steps) => {
        expect(findingsOf(historyOf(steps))).toEqual([])
      }),
    )
  })

  test('with steady deletes of any size up to a dozen a commit gives no finding', () => {
    const steady = fc.integer({ min: 1, max: 12 }).chain((most) =>
      fc.array(fc.record({ puts: fc.constant(3), deletes: fc.integer({ min: 0, max: most }) }), {
        minLength: 100,
        maxLength: 3000,
      }),
    )
    fc.assert(
      fc.property(steady, (steps) => {
        expect(findingsOf(historyOf(steps))).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  test('with a DELETE in one commit or in batches gives it as one finding with its exact ends', () => {
    const batches = fc
      .tuple(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 400, max: 2000 }))
      .filter(([count, size]) => count * size >= 2500)
      .chain(([count, size]) =>
        fc.array(fc.integer({ min: Math.ceil(size / 2), max: size }), { minLength: count, maxLength: count }),
      )
      .filter((sizes) => sizes.reduce((sum, size) => sum + size) >= 2500)
    const property = fc.property(quietHistory(1), batches, fc.nat(), (quiet, sizes, place) => {
      const at = place % (quiet.length + 1)
      const accident = sizes.map((deletes) => ({ deletes }))
      const commits = historyOf(planted(quiet, at, accident))
      const first = commits[at] as Commit
      const last = commits[at + sizes.length - 1] as Commit
      const found = findingsOf(commits).filter((finding) => finding.kind === 'mass-delete')
      expect(found).toMatchObject([
        {
          firstSequence: first.firstSequence,
          lastSequence: last.lastSequence,
          sequenceBefore: at === 0 ? null : first.firstSequence - 1,
          committedAtUs: first.committedAtUs,
          lastCommittedAtUs: last.committedAtUs,
          commitCount: sizes.length,
          deletes: sizes.reduce((sum, size) => sum + size),
          puts: 0,
        },
      ])
    })
    fc.assert(property)
  })

  test('with a DELETE in batches among the commits of others gives it as one finding with its exact ends', () => {
    const batch = fc.record({
      deletes: fc.integer({ min: 500, max: 1000 }),
      others: fc.array(quietStep, { maxLength: 6 }),
    })
    const batches = fc.array(batch, { minLength: 3, maxLength: 50 })
    const property = fc.property(quietHistory(100), batches, (quiet, parts) => {
      const accident = parts.flatMap(({ deletes, others }, index) => [
        { deletes },
        ...(index < parts.length - 1 ? others : []),
      ])
      const commits = historyOf(planted(quiet, quiet.length >> 1, accident))
      const start = quiet.length >> 1
      expect(findingsOf(commits).filter((finding) => finding.kind === 'mass-delete')).toMatchObject([
        {
          firstSequence: commits[start]?.firstSequence,
          lastSequence: commits[start + accident.length - 1]?.lastSequence,
          commitCount: accident.length,
        },
      ])
    })
    fc.assert(property)
  })

  test('with thousands of single deletes gives them as one finding', () => {
    const property = fc.property(quietHistory(100), fc.integer({ min: 3000, max: 6000 }), (quiet, count) => {
      // the neighbours delete nothing, else nobody could say which delete was the first one
      const calm = quiet.map((step) => ({ ...step, deletes: 0 }))
      const accident = Array.from({ length: count }, () => ({ deletes: 1 }))
      const commits = historyOf(planted(calm, calm.length, accident))
      const first = commits[calm.length] as Commit
      const found = findingsOf(commits).filter((finding) => finding.kind === 'mass-delete')
      expect(found).toMatchObject([{ lastSequence: commits.at(-1)?.lastSequence, sequenceBefore: expect.any(Number) }])
      // the first ones may still count as usual: the start is late by a few commits at most
      expect((found[0]?.firstSequence ?? 0) - first.firstSequence).toBeLessThanOrEqual(100)
      expect(found[0]?.firstSequence).toBeGreaterThanOrEqual(first.firstSequence)
    })
    fc.assert(property, { numRuns: 20 })
  })

  test('with two DELETEs far apart gives two findings', () => {
    const quiet = timed(
      Array.from({ length: 400 }, () => ({ puts: 5 })),
      1_000_000,
    )
    const once = planted(quiet, 300, [{ deletes: 3000 }, { deletes: 3000 }])
    const found = findingsOf(historyOf(planted(once, 200, [{ deletes: 5000 }])))
    expect(found.filter(({ kind }) => kind === 'mass-delete').map(({ deletes }) => deletes)).toEqual([5000, 6000])
  })

  test('with one heavy commit among small ones gives it as a burst of bytes', () => {
    const quiet = timed(
      Array.from({ length: 300 }, () => ({ puts: 2 })),
      1_000_000,
    )
    const found = findingsOf(historyOf(planted(quiet, 200, [{ puts: 5, bytes: 50_000_000 }])))
    expect(found.map(describeFinding)).toEqual(['Up to 50,000,800 bytes in 10 seconds; usual is 800.'])
  })

  test('with a burst gives the buckets that hold it', () => {
    const quiet = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 200, maxLength: 400 })
    const property = fc.property(quiet, fc.integer({ min: 130, max: 190 }), (puts, at) => {
      const steps = timed(
        puts.map((count) => ({ puts: count })),
        1_000_000,
      )
      const commits = historyOf(
        planted(
          steps,
          at,
          Array.from({ length: 300 }, () => ({ puts: 20 })),
        ),
      )
      const found = findingsOf(commits)
      expect(found).toMatchObject([{ kind: 'unusual-rate', measure: 'operations' }])
      const [burst] = found as [Finding]
      const first = commits[at] as Commit
      const last = commits[at + 299] as Commit
      // a bucket has ten seconds, each with one quiet commit
      expect(first.firstSequence - burst.firstSequence).toBeGreaterThanOrEqual(0)
      expect(first.firstSequence - burst.firstSequence).toBeLessThanOrEqual(80)
      expect(burst.lastSequence - last.lastSequence).toBeGreaterThanOrEqual(0)
      expect(burst.lastSequence - last.lastSequence).toBeLessThanOrEqual(80)
    })
    fc.assert(property, { numRuns: 50 })
  })
})

describe('the search', () => {
  test('may be asked at any time without changing what it finds later', () => {
    const property = fc.property(quietHistory(1), fc.integer({ min: 1500, max: 9000 }), (quiet, deletes) => {
      const commits = historyOf(planted(quiet, quiet.length >> 1, [{ deletes }, { deletes }]))
      const finder = findAccidents({ familyName })
      for (const commit of commits) {
        finder.add(commit)
        finder.findings()
      }
      expect(finder.findings()).toEqual(findingsOf(commits))
    })
    fc.assert(property, { numRuns: 30 })
  })

  test('keeps the gravest findings and counts the others', () => {
    const steps = Array.from({ length: 1200 }, (_, index) => [
      { deletes: 20_000 + index, timeUs: START_US + index * 60_000_000 },
      ...Array.from({ length: 40 }, () => ({ puts: 1, timeUs: START_US + index * 60_000_000 + 40_000_000 })),
    ]).flat()
    const finder = findAccidents({ familyName })
    for (const commit of historyOf(steps)) finder.add(commit)
    const found = finder.findings().filter((finding) => finding.kind === 'mass-delete')
    expect([
      found.length,
      finder.omittedCount('mass-delete'),
      Math.min(...found.map(({ deletes }) => deletes)),
    ]).toEqual([1000, 200, 20_200])
  })
})
