import { describe, expect, test } from 'vitest'
import { CommitClock } from '../../../../src-main/sandbox/store/commit-clock.ts'

/** A commit clock over a clock that shows the given times, one after the other, and the last one for ever. */
function commitClock(lastUs: number, ...shown: number[]) {
  const steps: number[] = []
  const clock = { nowUs: () => (shown.length > 1 ? shown.shift()! : shown[0]!), monotonicUs: () => 0 }
  return { clock: new CommitClock(clock, lastUs, (backUs) => steps.push(backUs)), steps }
}

describe('the times of commits', () => {
  test('are those of the clock while it goes forward', () => {
    const { clock, steps } = commitClock(0, 1_000_000, 1_000_700, 2_000_000)
    expect([clock.next(), clock.next(), clock.next()]).toEqual([1_000_000, 1_000_700, 2_000_000])
    expect(clock.lastUs).toBe(2_000_000)
    expect(steps).toEqual([])
  })

  test('ascend where the clock stands still', () => {
    const { clock, steps } = commitClock(0, 5_000_000)
    expect([clock.next(), clock.next(), clock.next()]).toEqual([5_000_000, 5_000_001, 5_000_002])
    expect(steps).toEqual([])
  })

  test('ascend where the clock is set back, which is reported once for each time', () => {
    const { clock, steps } = commitClock(0, 9_000_000, 4_000_000, 4_000_500, 9_500_000, 3_000_000)
    expect(Array.from({ length: 5 }, () => clock.next())).toEqual([
      9_000_000, 9_000_001, 9_000_002, 9_500_000, 9_500_001,
    ])
    expect(steps).toEqual([5_000_000, 6_500_000])
  })

  test('ascend over a step back below a second, which is not reported', () => {
    const { clock, steps } = commitClock(0, 9_000_000, 8_000_000)
    expect([clock.next(), clock.next()]).toEqual([9_000_000, 9_000_001])
    expect(steps).toEqual([])
  })

  test('go on behind the last commit of the database, however far in the future it was', () => {
    const { clock, steps } = commitClock(90_000_000, 1_000_000)
    expect([clock.next(), clock.next()]).toEqual([90_000_001, 90_000_002])
    expect(steps).toEqual([89_000_000])
  })

  test('can be chosen, but not at or before the last', () => {
    const { clock } = commitClock(0, 10)
    expect(clock.advanceTo(7)).toBe(7)
    expect(() => clock.advanceTo(7)).toThrow('commit times ascend')
    expect(clock.next()).toBe(10)
  })
})
