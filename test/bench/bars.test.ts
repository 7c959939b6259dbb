import { expect, test } from 'vitest'
import { checkBars } from './bars.ts'
import type { SubjectResult } from './harness.ts'
import { formatBars } from './report.ts'

function result(name: string, seconds: number, figures: Record<string, number> = {}): SubjectResult {
  const times = { median: seconds, min: seconds, max: seconds, all: [seconds] }
  return { name, bytes: 1, readBytes: 1, entries: 1, seconds: times, gigabytesPerSecond: 1, figures, ratio: 1 }
}

test('a ratio is held against the first subject, and reaching it exactly is enough', () => {
  const results = [result('reference', 3), result('ours', 2)]
  const bars = [1.5, 1.6].map((ratioMin) => ({ subject: 'ours', ratioMin }))
  const same = { subject: 'ours', measure: 'seconds', ours: 2, reference: 3, ratio: 1.5 }
  expect(checkBars(results, bars)).toEqual([
    { ...same, bar: '>= 1.5x', isMet: true },
    { ...same, bar: '>= 1.6x', isMet: false },
  ])
})

test('a figure is held against its limit, and compared where the reference has it', () => {
  const results = [result('reference', 3, { p99Ms: 4 }), result('ours', 2, { p99Ms: 2, peakMebibytes: 301 })]
  const bars = [
    { subject: 'ours', figure: 'p99Ms', max: 2 },
    { subject: 'ours', figure: 'peakMebibytes', max: 300 },
  ]
  expect(checkBars(results, bars)).toEqual([
    { subject: 'ours', measure: 'p99Ms', bar: '<= 2', ours: 2, reference: 4, ratio: 2, isMet: true },
    { subject: 'ours', measure: 'peakMebibytes', bar: '<= 300', ours: 301, reference: null, ratio: null, isMet: false },
  ])
})

test('a figure may be so many times what the first subject has of it', () => {
  const results = [result('without', 1, { p99Ms: 10 }), result('during', 1, { p99Ms: 12 })]
  const bars = [1.2, 1.1].map((timesMax) => ({ subject: 'during', figure: 'p99Ms', timesMax }))
  const same = { subject: 'during', measure: 'p99Ms', ours: 12, reference: 10, ratio: 10 / 12 }
  expect(checkBars(results, bars)).toEqual([
    { ...same, bar: '<= 1.2x its', isMet: true },
    { ...same, bar: '<= 1.1x its', isMet: false },
  ])
  const alone = [result('without', 1, { p99Ms: 10 })]
  expect(checkBars(alone, [{ subject: 'without', figure: 'p99Ms', timesMax: 1.2 }])).toMatchObject([{ isMet: false }])
})

test('a lone subject is compared with nothing', () => {
  const bars = [{ subject: 'ours', figure: 'milliseconds', max: 100 }]
  expect(checkBars([result('ours', 1, { milliseconds: 40 })], bars)).toEqual([
    { subject: 'ours', measure: 'milliseconds', bar: '<= 100', ours: 40, reference: null, ratio: null, isMet: true },
  ])
})

test('a bar for nobody, or for a figure that nobody measured, is a mistake', () => {
  const results = [result('ours', 1)]
  expect(() => checkBars(results, [{ subject: 'theirs', ratioMin: 1 }])).toThrow('no subject is called theirs')
  expect(() => checkBars(results, [{ subject: 'ours', figure: 'p99Ms', max: 1 }])).toThrow('ours has no figure p99Ms')
})

test('all bars stand in one table that says which are met', () => {
  const scan = checkBars([result('reference', 3), result('ours', 2)], [{ subject: 'ours', ratioMin: 1.5 }])
  const page = checkBars([result('ours', 1, { ms: 140 })], [{ subject: 'ours', figure: 'ms', max: 100 }])
  expect(
    formatBars([
      ['scan', scan],
      ['page', page],
    ]).split('\n'),
  ).toEqual([
    'group  subject  measure  bar         ours  reference  ratio  met',
    'scan   ours     seconds  >= 1.5x    2.000      3.000  1.50x  yes',
    'page   ours     ms       <= 100   140.000          -      -   NO',
  ])
})
