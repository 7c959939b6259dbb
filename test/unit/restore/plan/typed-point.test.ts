// Goal: what somebody types on a bad day is understood exactly, or said not to be. Method: every form, local times around
// clock changes, and random instants of real zones brought to local time and back.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instantsOf, offsetMs, skippedBy } from '../../../../src-main/restore/plan/typed-point/zone-time.ts'
import { parseTypedPoint, type TypedPointContext } from '../../../../src-main/restore/plan/typed-point.ts'

const BERLIN = 'Europe/Berlin'
/** 14:00:00 on a Wednesday in Berlin. */
const NOW_US = Date.UTC(2026, 2, 4, 13) * 1000

const context = (more: Partial<TypedPointContext> = {}): TypedPointContext => ({
  nowUs: NOW_US,
  marks: [{ name: 'before the upgrade' }, { name: '10:30' }, { name: '10:30 v2' }, { name: 'latest' }],
  backups: [{ backupId: 3 }],
  ...more,
})
const read = (text: string, zone = BERLIN, more: Partial<TypedPointContext> = {}) =>
  parseTypedPoint(text, zone, context(more))
/** The target that a text means; else what kind of answer it is. */
const target = (...order: Parameters<typeof read>) => {
  const point = read(...order)
  return point.kind === 'resolved' ? point.target : point.kind
}
const timeUs = (iso: string, micros = 0) => Date.parse(iso) * 1000 + micros
const at = (iso: string, micros = 0) => ({ kind: 'time', timeUs: timeUs(iso, micros), isInclusive: true })

describe('words', () => {
  test('name the latest point, sequences, backups and recovery points', () => {
    expect(
      ['latest', ' LATEST ', 'seq 88122', 'sequence 7', 'before 88122', 'backup 3'].map((text) => target(text)),
    ).toEqual([
      { kind: 'latest' },
      { kind: 'latest' },
      { kind: 'sequence', sequence: 88122 },
      { kind: 'sequence', sequence: 7 },
      { kind: 'before', sequence: 88122 },
      { kind: 'backup', backupId: 3 },
    ])
    expect(read('backup 4')).toEqual({ kind: 'unclear', sentence: 'There is no backup 4.' })
    expect(target('seq 9007199254740993')).toBe('unclear')
  })

  test('come before names, and times do; mark in front makes anything a name', () => {
    const mark = (name: string) => ({ kind: 'mark', name })
    expect(target('before the upgrade')).toEqual(mark('before the upgrade'))
    expect(target('mark latest')).toEqual(mark('latest'))
    expect(target('mark 10:30')).toEqual(mark('10:30'))
    expect(target('10:30')).toMatchObject({ kind: 'time' })
    expect(target('10:30 v2')).toEqual(mark('10:30 v2'))
  })

  test('are names in other letters where that is only one', () => {
    const marks = [{ name: 'Release' }, { name: 'release' }, { name: 'Upgrade' }]
    expect(target('upgrade', BERLIN, { marks })).toEqual({ kind: 'mark', name: 'Upgrade' })
    expect(target('release', BERLIN, { marks })).toEqual({ kind: 'mark', name: 'release' })
    expect(read('RELEASE', BERLIN, { marks })).toMatchObject({
      kind: 'ambiguous',
      choices: [{ target: { kind: 'mark', name: 'Release' } }, { target: { kind: 'mark', name: 'release' } }],
    })
    expect(target('nothing')).toBe('unclear')
    expect(target('  ')).toBe('unclear')
  })
})

describe('times', () => {
  test('are exact to the microsecond', () => {
    expect(target('10:30:04.118204')).toEqual(at('2026-03-04T09:30:04Z', 118_204))
    expect(target('10:30:04,5')).toEqual(at('2026-03-04T09:30:04Z', 500_000))
    expect(target('10:30:04.000001')).toEqual(at('2026-03-04T09:30:04Z', 1))
    expect(target('9:05')).toEqual(at('2026-03-04T08:05:00Z'))
    expect(target('10:30:04.1234567')).toBe('unclear')
  })

  test('without a day are the last ones that clocks showed', () => {
    expect(target('14:00:00')).toEqual(at('2026-03-04T13:00:00Z'))
    expect(target('14:00:00.000001')).toEqual(at('2026-03-03T13:00:00Z', 1))
    expect(target('10:30:04')).toEqual(at('2026-03-04T09:30:04Z'))
    // there it is still the day before
    const night = { nowUs: timeUs('2026-03-04T05:00:00Z') }
    expect(target('18:00', 'Pacific/Honolulu', night)).toEqual(at('2026-03-04T04:00:00Z'))
    expect(target('20:00', 'Pacific/Honolulu', night)).toEqual(at('2026-03-03T06:00:00Z'))
  })

  test('with a day are that day’s, in the zone of whoever typed', () => {
    expect(target('yesterday 14:00')).toEqual(at('2026-03-03T13:00:00Z'))
    expect(target('today 23:00')).toEqual(at('2026-03-04T22:00:00Z'))
    expect(target('2026-02-01 10:30:04')).toEqual(at('2026-02-01T09:30:04Z'))
    expect(target('2026-07-01T10:30:04')).toEqual(at('2026-07-01T08:30:04Z'))
    expect(target('2026-07-01')).toEqual(at('2026-06-30T22:00:00Z'))
    expect(read('today 23:00')).toMatchObject({
      sentence: 'Everything committed up to 2026-03-04 23:00:00.000000 +01:00 (Europe/Berlin). That is in the future.',
    })
  })

  test('may say their zone', () => {
    const iso = at('2026-03-04T10:30:04Z', 118_204)
    for (const text of [
      '2026-03-04T10:30:04.118204Z',
      '2026-03-04 10:30:04.118204 UTC',
      '2026-03-04T11:30:04.118204+01:00',
      '2026-03-04T05:00:04.118204-0530',
      '2026-03-04T12:30:04.118204+02',
      '2026-03-04 05:30:04.118204 America/New_York',
    ]) {
      expect(target(text, 'Asia/Tokyo')).toEqual(iso)
    }
    expect(target('10:30 Mars/Olympus')).toBe('unclear')
    expect(target('10:31', 'Mars/Olympus')).toBe('unclear')
    expect(target('2026-03-04T10:30+24:00')).toBe('unclear')
  })

  test('with before in front exclude what was committed at that very microsecond', () => {
    expect(target('before 10:30:04')).toEqual({ ...at('2026-03-04T09:30:04Z'), isInclusive: false })
    expect(read('before 2026-03-04T10:30:04Z')).toMatchObject({
      sentence: 'Everything committed before 2026-03-04 10:30:04.000000 +00:00.',
    })
  })

  test('that no clock or calendar has are refused with a reason', () => {
    const sentences = Object.fromEntries(
      [
        '25:00',
        '10:60',
        '10:30:60',
        '2026-02-29',
        '2026-13-01 10:00',
        'yesterday',
        '2026-03-04 noon',
        '1969-12-31',
      ].map((text) => {
        const point = read(text, 'UTC')
        return [text, point.kind === 'unclear' ? point.sentence : point.kind]
      }),
    )
    expect(sentences).toEqual({
      '25:00': 'No clock shows 25:00.',
      '10:60': 'No clock shows 10:60.',
      '10:30:60': 'No clock shows 10:30:60.',
      '2026-02-29': 'The calendar has no 2026-02-29.',
      '2026-13-01 10:00': 'The calendar has no 2026-13-01.',
      yesterday: 'Say at what time of that day, as in “yesterday 14:00”.',
      '2026-03-04 noon': '“noon” is no time of day: write hours:minutes or hours:minutes:seconds.',
      '1969-12-31': 'Nothing was archived before 1970.',
    })
    expect(target('2024-02-29 10:00')).toEqual(at('2024-02-29T09:00:00Z'))
  })
})

describe('clock changes', () => {
  test('make a local time ambiguous, and both choices are told apart', () => {
    expect(read('2025-10-26 02:30:00.25')).toEqual({
      kind: 'ambiguous',
      sentence: 'Clocks in Europe/Berlin showed this time twice, because they were put back: choose which one.',
      choices: [
        {
          target: at('2025-10-26T00:30:00Z', 250_000),
          sentence:
            'Everything committed up to 2025-10-26 02:30:00.250000 +02:00 (Europe/Berlin), before the clock was put back.',
        },
        {
          target: at('2025-10-26T01:30:00Z', 250_000),
          sentence:
            'Everything committed up to 2025-10-26 02:30:00.250000 +01:00 (Europe/Berlin), after the clock was put back.',
        },
      ],
    })
    expect([target('2025-10-26 01:59:59'), target('2025-10-26 03:00')]).toEqual([
      at('2025-10-25T23:59:59Z'),
      at('2025-10-26T02:00:00Z'),
    ])
    expect(target('2025-10-26T02:30:00+02:00')).toEqual(at('2025-10-26T00:30:00Z'))
  })

  test('make a local time that was never shown, which is said with the change', () => {
    expect(read('2026-03-29 02:30', BERLIN)).toEqual({
      kind: 'unclear',
      sentence:
        'Clocks in Europe/Berlin never showed 2026-03-29 02:30:00: they were put forward from 02:00:00 to 03:00:00.',
    })
    expect([target('2026-03-29 01:59:59'), target('2026-03-29 03:00')]).toEqual([
      at('2026-03-29T00:59:59Z'),
      at('2026-03-29T01:00:00Z'),
    ])
    // half an hour only
    expect(read('2026-10-04 02:15', 'Australia/Lord_Howe')).toMatchObject({
      sentence: expect.stringMatching(/from 02:00:00 to 02:30:00\.$/),
    })
    // a whole day that an island skipped
    expect(read('2011-12-30 12:00', 'Pacific/Apia')).toMatchObject({
      sentence: expect.stringMatching(
        /never showed 2011-12-30 12:00:00: they were put forward from 2011-12-30 00:00:00 to 2011-12-31 00:00:00\.$/,
      ),
    })
  })

  test('of today count as far as they have happened', () => {
    const between = { nowUs: timeUs('2025-10-26T00:45:00Z') }
    expect(target('02:30', BERLIN, between)).toEqual(at('2025-10-26T00:30:00Z'))
    expect(target('02:30', BERLIN, { nowUs: timeUs('2025-10-26T01:45:00Z') })).toBe('ambiguous')
    expect(target('02:30', BERLIN, { nowUs: timeUs('2026-03-29T08:00:00Z') })).toBe('unclear')
  })

  const zones = [
    BERLIN,
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Africa/Casablanca',
    'America/St_Johns',
    'UTC',
  ]

  test('never lose an instant: each is among those that its local time may mean', () => {
    const seconds = fc.integer({ min: 0, max: 2_000_000_000 })
    fc.assert(
      fc.property(fc.constantFrom(...zones), seconds, (zone, second) => {
        const localMs = second * 1000 + offsetMs(zone, second * 1000)
        const instants = instantsOf(zone, localMs)
        expect(instants).toContain(second * 1000)
        expect(instants.length).toBeLessThanOrEqual(2)
        for (const instantMs of instants) expect(instantMs + offsetMs(zone, instantMs)).toBe(localMs)
      }),
      { numRuns: 2000 },
    )
  })

  test('leave only such local times without an instant as were skipped', () => {
    let skippedCount = 0
    // around the changes of 2026, in steps of five minutes
    for (const zone of zones) {
      for (const day of ['2026-03-08', '2026-03-29', '2026-10-04', '2026-02-15', '2026-03-22']) {
        for (let minutes = 0; minutes < 1440; minutes += 5) {
          const localMs = Date.parse(`${day}T00:00:00Z`) + minutes * 60_000
          if (instantsOf(zone, localMs).length > 0) continue
          skippedCount += 1
          const { fromMs, toMs } = skippedBy(zone, localMs)
          expect(fromMs <= localMs && localMs < toMs).toBe(true)
          expect(instantsOf(zone, fromMs - 1000)).toHaveLength(1)
          expect(instantsOf(zone, toMs)).toHaveLength(1)
        }
      }
    }
    expect(skippedCount).toBeGreaterThan(30)
  })
})
