import { expect, test } from 'vitest'
import { latencyFigures } from './latencies.ts'

test('quantiles are times that were measured, whatever their order', () => {
  const milliseconds = Array.from({ length: 1000 }, (_, index) => ((index * 7) % 1000) + 1)
  expect(latencyFigures(milliseconds)).toEqual({ p50Ms: 500, p99Ms: 990, p999Ms: 999 })
  expect(latencyFigures([3])).toEqual({ p50Ms: 3, p99Ms: 3, p999Ms: 3 })
  expect(latencyFigures([])).toEqual({ p50Ms: Number.NaN, p99Ms: Number.NaN, p999Ms: Number.NaN })
})
