// Goal: a plan for a thousand backups and ten thousand segments is decided at once. Method: the pure part, summaries known as
// they are after a first look; the bound is a multiple of what it takes on a quiet machine, for busy ones.
import { expect, test } from 'vitest'
import { planRecovery } from '../../../../src-main/restore/plan/plan-recovery.ts'
import {
  commit,
  context,
  factsOf,
  failed,
  full,
  increment,
  time,
  WrittenArchive,
  WrittenBases,
} from './written-history.ts'

const SEGMENTS = 10_000
const COMMITS = 20

function large() {
  const segments = Array.from({ length: SEGMENTS }, (_, segment) =>
    Array.from({ length: COMMITS }, (_, index) => {
      const number = segment * COMMITS + index + 1
      return commit(number, number, number * 10)
    }),
  )
  const archive = new WrittenArchive().timeline('1', segments)
  const backups = Array.from({ length: 1000 }, (_, index) => {
    const sequence = index * 200
    const times = { createdAtUs: sequence * 10 + 5, lastCommitAtUs: sequence * 10 }
    if (index % 5 > 0) return increment(index + 1, sequence - 199, sequence, times)
    // the newer half of the fulls is damaged: the tail is half of the archive
    return full(index + 1, sequence, { ...times, ...(index > 500 ? failed('a block') : {}) })
  })
  return { facts: factsOf(archive, backups), lookups: { commits: archive, bases: new WrittenBases() } }
}

test('a plan over a thousand backups and ten thousand segments takes milliseconds', () => {
  const { facts, lookups } = large()
  const request = { target: time(1_990_005), timeline: null }
  const tookMs: number[] = []
  for (let round = 0; round < 11; round += 1) {
    const beganAt = performance.now()
    const answer = planRecovery(facts, request, lookups, context)
    tookMs.push(performance.now() - beganAt)
    if (answer.kind === 'refused') throw new Error(answer.refusal.error.message)
    const { base, effective, segments, passedOver, loss } = answer.plan
    expect({ base: base.backupId, cut: effective.sequence, segments: segments.length }).toEqual({
      base: 501,
      cut: 199_000,
      segments: 4950,
    })
    expect([passedOver.length, loss.commitCount]).toEqual([99, 1000])
  }
  const [first = Infinity] = tookMs
  const median = tookMs.toSorted((left, right) => left - right)[5] ?? Infinity
  console.info(`first ${first.toFixed(1)} ms with all summaries to be made, then ${median.toFixed(1)} ms (median)`)
  expect(median).toBeLessThan(250)
})
