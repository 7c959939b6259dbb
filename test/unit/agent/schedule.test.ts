// Goal: what is scheduled happens, once at a time, and a failure does not end it. Method: real timers of one second.
import { expect, onTestFinished, test } from 'vitest'
import { checkPattern, Schedule, type ScheduledWork } from '../../../src-main/agent/schedule.ts'

const EVERY_SECOND = '* * * * * *'
const nothing = async () => {}

function scheduleOf(work: Partial<ScheduledWork>, onFailure: (name: string, thrown: unknown) => void = () => {}) {
  const schedule = new Schedule(
    { full: nothing, incremental: nothing, verify: nothing, prune: nothing, ...work },
    onFailure,
  )
  onTestFinished(() => schedule.stop())
  return schedule
}

test('a pattern starts its work, and a failure is told with its name and does not end it', async () => {
  const failure = new Error('planted')
  let count = 0
  const told: [string, unknown][] = []
  await new Promise<void>((resolve) => {
    const incremental = async () => {
      count += 1
      if (count === 2) resolve()
      throw failure
    }
    scheduleOf({ incremental }, (name, thrown) => told.push([name, thrown])).set({
      full: null,
      incremental: EVERY_SECOND,
      verify: null,
    })
  })
  expect([count, told[0]]).toEqual([2, ['incremental', failure]])
})

test('work that is still at it is not joined by a second one, and what was set before is gone', async () => {
  let fullCount = 0
  let running = 0
  let mostAtOnce = 0
  await new Promise<void>((resolve) => {
    let verifyCount = 0
    const schedule = scheduleOf({
      full: async () => {
        fullCount += 1
        running += 1
        mostAtOnce = Math.max(mostAtOnce, running)
        // as long as the test runs
        await new Promise(() => {})
      },
      verify: async () => {
        verifyCount += 1
        if (verifyCount === 3) resolve()
      },
    })
    schedule.set({ full: EVERY_SECOND, incremental: EVERY_SECOND, verify: null })
    schedule.set({ full: EVERY_SECOND, incremental: null, verify: EVERY_SECOND })
  })
  expect([fullCount, mostAtOnce]).toEqual([1, 1])
})

test.each([
  ['99 3 * * *', /is no cron pattern/],
  ['', /is no cron pattern/],
  ['0 0 30 2 *', /it never comes/],
])('%j is refused, and the schedule is what it was', (pattern, message) => {
  expect(() => checkPattern(pattern)).toThrow(message)
})

test.each(['0 3 * * *', '*/5 * * * *', '@daily', '0 0 1 1 *'])('%j is a pattern', (pattern) => {
  expect(() => checkPattern(pattern)).not.toThrow()
})
