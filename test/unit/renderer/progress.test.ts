import { describe, expect, test } from 'vitest'
import { fractionOf, RateMeter } from '../../../src-renderer/base/progress.ts'

const counters = (doneBytes: number, totalBytes: number | null = 1_000) => ({
  doneBytes,
  totalBytes,
  doneCount: 1,
  totalCount: 4,
})

describe('a rate meter', () => {
  test('knows no rate from a single look', () => {
    expect(new RateMeter().observe(counters(100), 0)).toEqual({ fraction: 0.1, bytesPerSecond: null, leftUs: null })
  })

  test('tells rate and time left from absolute counters', () => {
    const meter = new RateMeter()
    meter.observe(counters(100), 0)
    expect(meter.observe(counters(300), 2_000)).toEqual({ fraction: 0.3, bytesPerSecond: 100, leftUs: 7_000_000 })
  })

  test('forgets what is older than ten seconds', () => {
    const meter = new RateMeter()
    meter.observe(counters(0), 0)
    meter.observe(counters(100), 9_000)
    expect(meter.observe(counters(200), 14_000).bytesPerSecond).toBe(20)
  })

  test('starts anew when the counters fall', () => {
    const meter = new RateMeter()
    meter.observe(counters(500), 0)
    meter.observe(counters(900), 1_000)
    expect(meter.observe(counters(10), 2_000).bytesPerSecond).toBeNull()
  })

  test('promises no end while nothing moves or the total is unknown', () => {
    const meter = new RateMeter()
    meter.observe(counters(100), 0)
    expect(meter.observe(counters(100), 1_000)).toEqual({ fraction: 0.1, bytesPerSecond: 0, leftUs: null })
    expect(meter.observe(counters(200, null), 2_000)).toEqual({ fraction: 0.25, bytesPerSecond: 50, leftUs: null })
  })
})

test('a share falls back from bytes to counts, and to nothing', () => {
  expect(fractionOf({ doneBytes: 5, totalBytes: 0, doneCount: 1, totalCount: 2 })).toBe(0.5)
  expect(fractionOf({ doneBytes: 5, totalBytes: null, doneCount: 1, totalCount: null })).toBeNull()
  expect(fractionOf({ doneBytes: 12, totalBytes: 10, doneCount: 0, totalCount: null })).toBe(1)
})
