import { describe, expect, test } from 'vitest'
import {
  formatClock,
  formatRelative,
  formatStamp,
  formatTime,
  formatZone,
  isoTime,
} from '../../../src-renderer/base/time.ts'

const timeUs = Date.UTC(2026, 10, 23, 10, 30, 5) * 1_000 + 116
const second = 1_000_000

describe('instants', () => {
  test('are shown to the microsecond with their zone', () => {
    expect(formatTime(timeUs, 'UTC')).toBe('2026-11-23 10:30:05.000116 UTC')
    expect(formatTime(timeUs, 'Europe/Amsterdam')).toBe('2026-11-23 11:30:05.000116 +01:00')
    expect(formatTime(timeUs, 'Asia/Kolkata', 'seconds')).toBe('2026-11-23 16:00:05 +05:30')
    expect(formatTime(timeUs, 'Europe/London')).toBe('2026-11-23 10:30:05.000116 +00:00')
  })

  test('on both sides of a change to winter time differ by their offset', () => {
    const beforeUs = Date.UTC(2026, 9, 25, 0, 30) * 1_000
    expect([beforeUs, beforeUs + 3_600 * second].map((at) => formatTime(at, 'Europe/Amsterdam', 'seconds'))).toEqual([
      '2026-10-25 02:30:00 +02:00',
      '2026-10-25 02:30:00 +01:00',
    ])
  })

  test('at midnight show 00, not 24', () => {
    expect(formatClock(Date.UTC(2026, 0, 1) * 1_000, 'UTC')).toBe('00:00:00.000000')
  })

  test('are copied as ISO-8601 with all their microseconds', () => {
    expect([isoTime(timeUs, 'microseconds'), isoTime(timeUs, 'seconds')]).toEqual([
      '2026-11-23T10:30:05.000116Z',
      '2026-11-23T10:30:05Z',
    ])
  })

  test('have short forms for columns and the status bar', () => {
    expect([
      formatStamp(timeUs, 'UTC'),
      formatClock(timeUs, 'UTC', 'seconds'),
      formatZone(timeUs, 'Asia/Tokyo'),
    ]).toEqual(['2026-11-23 10:30:05', '10:30:05', '+09:00'])
  })

  test('have an age in one unit, rounded down', () => {
    const ages = [0, 1, 3, 59, 60, 3_599, 3_600, 5 * 3_600, 86_400, 30 * 86_400, 800 * 86_400]
    expect(ages.map((age) => formatRelative(timeUs - age * second, timeUs))).toEqual([
      'just now',
      'just now',
      '3 s ago',
      '59 s ago',
      '1 m ago',
      '59 m ago',
      '1 h ago',
      '5 h ago',
      '1 d ago',
      '30 d ago',
      '2 y ago',
    ])
    expect(formatRelative(timeUs + 7_200 * second, timeUs)).toBe('in 2 h')
  })
})
