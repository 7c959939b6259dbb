import { expect, test } from 'vitest'
import { CASES_OF_A_NORMAL_RUN } from '../../../support/fuzz/fuzz-tests.ts'
import { targets as samyamaTargets } from '../../samyama/fuzz/targets.ts'
import { targets } from './targets.ts'

const all = [...targets, ...samyamaTargets]

test('a normal run mutates files more than 20,000 times, and every target has a name of its own', () => {
  expect(all.reduce((sum, target) => sum + target.cases, 0)).toBe(CASES_OF_A_NORMAL_RUN)
  expect(CASES_OF_A_NORMAL_RUN).toBeGreaterThan(20_000)
  expect(new Set(all.map((target) => target.name)).size).toBe(all.length)
})
