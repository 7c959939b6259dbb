import { describe, expect, test } from 'vitest'
import { parseInstant } from '../../../src-renderer/base/instant-text.ts'
import { formatTime, isoTime } from '../../../src-renderer/base/time.ts'

const timeUs = Date.UTC(2026, 10, 23, 10, 30, 5) * 1_000 + 116
const time = (at: number, hasZone: boolean) => ({ kind: 'time', timeUs: at, hasZone })

describe('a typed instant', () => {
  test.each([
    ['88122', 88_122],
    [' seq 88 122 ', 88_122],
    ['Sequence 88\u2009122', 88_122],
    ['1,204,331', 1_204_331],
    ['0', 0],
    ['2026', 2_026],
  ])('%s is a sequence', (text, sequence) => {
    expect(parseInstant(text)).toEqual({ kind: 'sequence', sequence })
  })

  test.each([
    ['2026-11-23T10:30:05.000116Z', timeUs, true],
    ['2026-11-23 10:30:05.000116 UTC', timeUs, true],
    ['2026-11-23 12:30:05.000116 +02:00', timeUs, true],
    ['2026-11-23T05:00:05.000116-0530', timeUs, true],
    ['2026-11-23 10:30:05.000116', timeUs, false],
    ['2026-11-23 10:30:05,000116', timeUs, false],
    ['2026-11-23 10:30:05.000116999', timeUs, false],
    ['2026-11-23 10:30:05', timeUs - 116, false],
    ['2026-11-23 10:30', timeUs - 5_000_116, false],
    ['2026-11-23', Date.UTC(2026, 10, 23) * 1_000, false],
    ['2024-02-29T00:00Z', Date.UTC(2024, 1, 29) * 1_000, true],
    ['1970-01-01T00:00:00Z', 0, true],
  ])('%s is a time', (text, at, hasZone) => {
    expect(parseInstant(text)).toEqual(time(at, hasZone))
  })

  test.each([
    '',
    'yesterday',
    '-5',
    '99999999999999999',
    '2026-02-30 10:00',
    '2026-13-01',
    '2026-11-23 24:00',
    '2026-11-23 10:60',
    '2026-11-23 10:30:60',
    '2026-11-23 10:30 +15:00',
    '2026-11-23 10:30 +02:60',
    '2026-11-23Z',
    '10:30:04',
    '1969-12-31 23:59:59',
  ])('%j is neither', (text) => {
    expect(parseInstant(text)).toEqual({ kind: 'wrong' })
  })

  test.each(['UTC', 'Europe/Amsterdam', 'Asia/Kolkata', 'America/St_Johns'])(
    'that was copied from the screen in %s is the same',
    (zone) => {
      expect(parseInstant(formatTime(timeUs, zone))).toEqual(time(timeUs, true))
      expect(parseInstant(isoTime(timeUs, 'microseconds'))).toEqual(time(timeUs, true))
    },
  )
})
