// Goal: a limited copy keeps its rate and makes no burst. Method: a clock that only sleeping moves.
import { expect, test } from 'vitest'
import { RateLimiter } from '#base/rate-limiter.ts'

function limiter(bytesPerSecond: number) {
  let nowUs = 0
  const sleeps: number[] = []
  const clock = { nowUs: () => nowUs, monotonicUs: () => nowUs }
  const sleep = (durationMs: number) => {
    sleeps.push(durationMs)
    nowUs += durationMs * 1000
  }
  return {
    limiter: new RateLimiter(bytesPerSecond, clock, sleep),
    sleeps,
    now: () => nowUs,
    pass: (us: number) => (nowUs += us),
  }
}

test('ten megabytes at one megabyte a second take ten seconds, in short sleeps', () => {
  const { limiter: limited, sleeps, now } = limiter(1_000_000)
  for (let index = 0; index < 100; index += 1) limited.take(100_000, () => {})
  expect(now()).toBe(10_000_000)
  expect(Math.max(...sleeps)).toBe(50)
})

test('after a long pause there is no burst', () => {
  const { limiter: limited, now, pass } = limiter(1_000_000)
  pass(60_000_000)
  for (let index = 0; index < 10; index += 1) limited.take(100_000, () => {})
  expect(now()).toBe(60_900_000)
})

test('without a limit it never sleeps, and moves as much at once as it may', () => {
  const { limiter: unlimited, sleeps } = limiter(0)
  unlimited.take(1e12, () => {})
  expect([sleeps, unlimited.isLimited, unlimited.chunkBytes(1 << 20)]).toEqual([[], false, 1 << 20])
})

test('a low limit moves little at once', () => {
  expect(limiter(1_000_000).limiter.chunkBytes(1 << 20)).toBe(100_000)
  expect(limiter(1000).limiter.chunkBytes(1 << 20)).toBe(16 * 1024)
})

test('it can be stopped while it sleeps', () => {
  const { limiter: limited } = limiter(10)
  const stop = () => {
    throw new Error('stopped')
  }
  expect(() => limited.take(1000, stop)).toThrow('stopped')
})
