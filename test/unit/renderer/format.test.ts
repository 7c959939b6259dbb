import { describe, expect, test } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatQuantity,
  formatRate,
} from '../../../src-renderer/base/format.ts'

describe('numbers for people', () => {
  test('counts are grouped by thin spaces', () => {
    expect([0, 999, 1_000, 1_204_331, 9_007_199_254_740_991].map(formatCount)).toEqual([
      '0',
      '999',
      '1\u2009000',
      '1\u2009204\u2009331',
      '9\u2009007\u2009199\u2009254\u2009740\u2009991',
    ])
  })

  test('bytes take the IEC unit that keeps them under a thousand, with three significant digits', () => {
    const sizes = [0, 512, 999, 1_000, 1_024, 10_240, 102_400, 1_047_552, 19_756_849_561, Number.MAX_SAFE_INTEGER]
    expect(sizes.map(formatBytes)).toEqual([
      '0 B',
      '512 B',
      '999 B',
      '0.98 KiB',
      '1.00 KiB',
      '10.0 KiB',
      '100 KiB',
      '1.00 MiB',
      '18.4 GiB',
      '8.00 PiB',
    ])
    expect(formatRate(3_113_851_290)).toBe('2.90 GiB/s')
  })

  test('a share never shows 100 % before it is whole', () => {
    expect([0, 0.631, 0.9999, 1, 1.2, -1].map(formatPercent)).toEqual(['0 %', '63 %', '99 %', '100 %', '100 %', '0 %'])
  })

  test('durations show their two largest units', () => {
    const durationsUs = [0, 840, 840_000, 1_000_000, 9_800_000, 41_000_000, 60_000_000, 252_118_204, 7_200_000_000]
    expect([...durationsUs, 187_200_000_000].map(formatDuration)).toEqual([
      '0 µs',
      '840 µs',
      '840 ms',
      '1 s',
      '9.8 s',
      '41 s',
      '1 m',
      '4 m 12 s',
      '2 h',
      '2 d 4 h',
    ])
  })

  test('a quantity agrees with its noun', () => {
    expect([
      formatQuantity(1, 'file'),
      formatQuantity(0, 'file'),
      formatQuantity(2, 'repository', 'repositories'),
    ]).toEqual(['1 file', '0 files', '2 repositories'])
  })
})
