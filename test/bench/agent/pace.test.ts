import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

test('what a late look missed is due then, and nothing twice', () => {
  const pace = new Pace(500, 1000)
  expect([1000, 1001, 1002, 1003.9, 1100, 1100].map((nowMs) => pace.take(nowMs))).toEqual([0, 0, 1, 0, 49, 0])
})
