// Goal: the geometry of the timeline holds for any history, from a century to single microseconds. Method: laws over random views, and
// whole values for hand-made ones.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ActivityBucket, RecoveryOverview } from '#contract'
import { timeOfWall, wallOf, zoneOffsetUs } from '../../../src-renderer/base/zone.ts'
import { bucketRangeFor } from '../../../src-renderer/timeline/bucket-range.ts'
import { bucketAt, columnsOf } from '../../../src-renderer/timeline/columns.ts'
import { Gestures } from '../../../src-renderer/timeline/gestures.ts'
import { timelineKeyOf } from '../../../src-renderer/timeline/keys.ts'
import { boundsOf, gapsOf, hitAt, lanesOf, signsOf } from '../../../src-renderer/timeline/things.ts'
import { ticksOf } from '../../../src-renderer/timeline/ticks.ts'
import {
  panned,
  shortestSpanUs,
  showing,
  spanOf,
  timeAt,
  type View,
  xOf,
  zoomed,
} from '../../../src-renderer/timeline/view.ts'
import { gapWords, signWords, spanWords } from '../../../src-renderer/timeline/words.ts'

const us = (iso: string) => Date.parse(iso) * 1_000
const bounds: View = { fromUs: us('1990-01-01T00:00:00Z'), toUs: us('2090-01-01T00:00:00Z') }
const views = fc
  .tuple(fc.integer({ min: bounds.fromUs, max: bounds.toUs - 1_000 }), fc.integer({ min: shortestSpanUs, max: 3e15 }))
  .map(([fromUs, span]): View => ({ fromUs, toUs: Math.min(bounds.toUs, fromUs + span) }))
  .filter((view) => spanOf(view) >= shortestSpanUs)
const widths = fc.integer({ min: 200, max: 3_000 })
const zones = fc.constantFrom('UTC', 'America/New_York', 'Europe/Paris', 'Asia/Kolkata', 'Australia/Lord_Howe')

test('a time and its pixel lead to each other within half a pixel', () => {
  fc.assert(
    fc.property(views, widths, fc.double({ min: 0, max: 1, noNaN: true }), (view, width, share) => {
      const x = share * width
      const back = xOf(view, width, timeAt(view, width, x))
      expect(Math.abs(back - x)).toBeLessThanOrEqual(width / spanOf(view) + 1e-6)
    }),
  )
})

test('zooming and panning never leave the bounds, and never come closer than a microsecond can be told', () => {
  fc.assert(
    fc.property(
      views,
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      fc.integer({ min: -3e15, max: 3e15 }),
      (view, factor, byUs) => {
        for (const next of [zoomed(view, bounds, view.fromUs, factor), panned(view, bounds, byUs)]) {
          expect(next.fromUs).toBeGreaterThanOrEqual(bounds.fromUs)
          expect(next.toUs).toBeLessThanOrEqual(bounds.toUs + 1)
          expect(spanOf(next)).toBeGreaterThanOrEqual(shortestSpanUs - 1)
        }
      },
    ),
  )
})

test('what is zoomed at keeps its place, and a point outside is brought into view', () => {
  const view = { fromUs: us('2026-11-23T10:00:00Z'), toUs: us('2026-11-23T11:00:00Z') }
  const at = us('2026-11-23T10:15:00Z')
  const closer = zoomed(view, bounds, at, 0.5)
  expect([xOf(closer, 800, at), spanOf(closer)]).toEqual([200, spanOf(view) / 2])
  expect(showing(view, bounds, at)).toBe(view)
  const later = us('2026-11-23T12:00:00Z')
  const moved = showing(view, bounds, later)
  expect([spanOf(moved), xOf(moved, 800, later)]).toEqual([spanOf(view), 720])
})

test('ticks are in view, in order, at round times of the zone, and no two texts touch', () => {
  fc.assert(
    fc.property(views, widths, zones, (view, width, zone) => {
      const ticks = ticksOf(view, width, zone)
      for (const [index, tick] of ticks.entries()) {
        expect(tick.timeUs).toBeGreaterThanOrEqual(view.fromUs)
        expect(tick.timeUs).toBeLessThanOrEqual(view.toUs)
        const before = ticks[index - 1]
        if (before !== undefined) expect(tick.timeUs).toBeGreaterThan(before.timeUs)
      }
      expect(ticks.length).toBeLessThanOrEqual(40)
    }),
  )
})

test.each([
  ['2020-01-01T00:00:00Z', '2026-01-01T00:00:00Z', ['2020', '2021', '2022', '2023', '2024', '2025', '2026']],
  ['2026-11-20T00:00:00Z', '2026-11-23T00:00:00Z', ['20 Nov', '12:00', '21 Nov', '12:00', '22 Nov', '12:00', '23 Nov']],
  ['2026-11-23T10:30:04Z', '2026-11-23T10:30:08Z', ['10:30:04', '10:30:05', '10:30:06', '10:30:07', '10:30:08']],
  ['2026-11-23T10:30:05.000Z', '2026-11-23T10:30:05.004Z', [5, 6, 7, 8, 9].map((each) => `10:30:05.00${each - 5}`)],
])('from %s to %s the ticks say so', (from, to, texts) => {
  expect(ticksOf({ fromUs: us(from), toUs: us(to) }, 600, 'UTC').map(({ text }) => text)).toEqual(texts)
})

test('days begin at midnight of the zone, also where a clock was put back', () => {
  const view = { fromUs: us('2026-10-24T00:00:00Z'), toUs: us('2026-10-27T00:00:00Z') }
  const days = ticksOf(view, 300, 'Europe/Paris').map(({ timeUs }) => new Date(timeUs / 1_000).toISOString())
  expect(days).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z', '2026-10-26T23:00:00.000Z'])
})

test('the zone of a clock is known to the second of its change', () => {
  const change = us('2026-03-29T01:00:00Z')
  expect([zoneOffsetUs(change - 1, 'Europe/Paris'), zoneOffsetUs(change, 'Europe/Paris')]).toEqual([3_600e6, 7_200e6])
  fc.assert(
    fc.property(fc.integer({ min: bounds.fromUs, max: bounds.toUs }), zones, (timeUs, zone) => {
      const first = timeOfWall(wallOf(timeUs, zone), zone)
      expect(wallOf(first, zone)).toBe(wallOf(timeUs, zone))
      expect(first).toBeLessThanOrEqual(timeUs)
    }),
  )
})

test('columns are asked for with some on both sides, and a moved view asks for nothing new', () => {
  fc.assert(
    fc.property(views, widths, (view, width) => {
      const range = bucketRangeFor(view, width, null)
      expect(range.bucketCount).toBeLessThanOrEqual(2_000)
      expect(range.fromUs % range.bucketUs).toBe(0)
      expect(range.fromUs).toBeLessThanOrEqual(view.fromUs)
      expect(range.toUs).toBeGreaterThanOrEqual(view.toUs)
      expect(bucketRangeFor({ ...view }, width, range)).toBe(range)
    }),
  )
})

const bucket = (fromUs: number, change: Partial<ActivityBucket> = {}): ActivityBucket => ({
  fromUs,
  toUs: fromUs + 10,
  commitCount: 1,
  putCount: 1,
  deleteCount: 0,
  sizeBytes: 5,
  ...change,
})

test('a million deletes do not hide the other columns, and stand red in their own', () => {
  const buckets = [
    bucket(0),
    bucket(10, { putCount: 0, deleteCount: 1_000_000 }),
    bucket(20, { commitCount: 0, putCount: 0 }),
  ]
  const { written, deleted, count } = columnsOf(buckets, { fromUs: 0, toUs: 100 }, 100, 30, 130)
  expect([written, deleted, count]).toEqual(['M0 121.2h9v8.8h-9z', 'M10 30h9v100h-9z', 2])
  expect([bucketAt(buckets, 19)?.fromUs, bucketAt(buckets, 20), bucketAt(buckets, 500)]).toEqual([10, null, null])
})

const window = (fromUs: number, toUs: number) => ({ fromSequence: fromUs, toSequence: toUs, fromUs, toUs })
const overview: RecoveryOverview = {
  timelines: [
    { timeline: '1', isCurrent: false, parent: null, forkSequence: null, windows: [window(0, 400)], gaps: [] },
    {
      timeline: '2',
      isCurrent: true,
      parent: '1',
      forkSequence: 300,
      windows: [window(300, 600), window(700, 1_000)],
      gaps: [{ afterSequence: 600, beforeSequence: 700, fromUs: 600, toUs: 700, reason: 'the archiver was down' }],
    },
  ],
  backups: Array.from({ length: 5_000 }, (_, index) => ({
    backupId: index + 1,
    kind: index % 2 === 0 ? ('full' as const) : ('increment' as const),
    timeline: '1',
    createdAtUs: index / 5,
    lastCommitAtUs: index / 5,
    firstSequence: index,
    lastSequence: index,
    totalBytes: 1_024,
    isRestorable: true,
    label: null,
  })),
  marks: [{ name: 'before the move', timeline: '2', sequence: 950, madeAtUs: 950 }],
}

test('thousands of backups are as many signs as fit, and the rest is counted', () => {
  const signs = signsOf(overview, { fromUs: 0, toUs: 1_000 }, 700)
  expect(signs.length).toBeLessThan(103)
  expect(signs.reduce((sum, { count }) => sum + count, 0)).toBe(5_001)
})

test('gaps and windows lie where their times are, at least as wide as can be seen; what is hit first is a sign', () => {
  const view = { fromUs: 500, toUs: 1_500 }
  const current = overview.timelines[1]
  if (current === undefined) throw new Error('the timeline is missing')
  const gaps = gapsOf(current, view, 500)
  expect(gaps.map(({ x, width }) => [x, width])).toEqual([[50, 50]])
  expect(gapsOf(current, { fromUs: 0, toUs: 1e9 }, 500).map(({ width }) => width)).toEqual([3])
  expect(
    lanesOf(overview, { fromUs: 0, toUs: 1_000 }, 500).map(({ timeline, windows, forkX }) => [
      timeline,
      windows.map(({ x }) => x),
      forkX,
    ]),
  ).toEqual([
    ['2', [150, 350], 150],
    ['1', [0], null],
  ])
  const signs = signsOf({ ...overview, backups: [] }, view, 500)
  expect([hitAt(signs, gaps, 226, true), hitAt(signs, gaps, 226, false), hitAt(signs, gaps, 60, false)]).toEqual([
    signs[0],
    null,
    gaps[0],
  ])
  expect(gaps[0] === undefined ? '' : gapWords(gaps[0])).toBe(
    'Gap: sequences 601 to 699 are not in the archive (the archiver was down). No point in it can be restored',
  )
  expect(signs[0] === undefined ? '' : signWords(signs[0], 'UTC')).toBe('Point "before the move", after sequence 950')
})

test('a gap behind which nothing can be restored reaches as far as can be looked', () => {
  const gap = { afterSequence: 600, beforeSequence: 700, fromUs: 600, toUs: null, reason: null }
  const ofGap = (windows: ReturnType<typeof window>[]) =>
    gapsOf({ gaps: [gap], windows }, { fromUs: 500, toUs: 1_500 }, 500).map(({ x, width }) => [x, width])
  expect([ofGap([window(0, 600)]), ofGap([window(0, 600), window(800, 900)])]).toEqual([[[50, 450]], [[50, 100]]])
})

test('the whole of it has air on both sides; without any time there is nothing to draw', () => {
  expect(boundsOf(overview)).toEqual({ fromUs: 0, toUs: 1_001_000 })
  expect(boundsOf({ timelines: [], backups: [], marks: [] })).toBe(null)
  expect(spanWords({ fromUs: 0, toUs: 20_000_000 })).toBe('20 s')
})

test('one finger that stays picks, one that moves drags, two pinch', () => {
  const done: unknown[] = []
  let view: View = { fromUs: 0, toUs: 1_000 }
  const gestures = new Gestures({
    widthPx: () => 1_000,
    view: () => view,
    bounds: () => ({ fromUs: 0, toUs: 10_000 }),
    look: (next) => {
      view = next
      done.push(next)
    },
    pan: (byPx) => done.push(['pan', byPx]),
    pick: (x, y) => done.push(['pick', x, y]),
  })
  gestures.down(1, 100)
  gestures.move(1, 102)
  gestures.up(1, 102, 50)
  gestures.down(1, 100)
  gestures.move(1, 120)
  gestures.up(1, 120, 50)
  gestures.down(1, 400)
  gestures.down(2, 600)
  gestures.move(2, 800)
  gestures.up(2, 800, 50)
  gestures.cancel(1)
  expect(done).toEqual([['pick', 102, 50], ['pan', -20], { fromUs: 300, toUs: 800 }])
})

test('keys mean what they say, and those of others are left alone', () => {
  const press = (key: string, change = {}) =>
    timelineKeyOf({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...change })
  expect([
    press('ArrowLeft'),
    press('ArrowDown'),
    press('ArrowRight', { shiftKey: true }),
    press('+', { shiftKey: true }),
    press('-'),
    press('Home'),
    press('k', { ctrlKey: true }),
    press('Tab'),
  ]).toEqual(['back', 'on', 'pan-on', 'closer', 'wider', 'first', null, null])
})
