import { timeOfWall, wallOf } from '../base/zone.ts'
import { spanOf, type View, xOf } from './view.ts'

/** Marks on the axis at round times of the zone's clock. */
export type Tick = { readonly timeUs: number; readonly x: number; readonly text: string; readonly isDate: boolean }

const secondUs = 1_000_000
const minuteUs = 60 * secondUs
const hourUs = 60 * minuteUs
const dayUs = 24 * hourUs
const monthUs = 30.44 * dayUs
const yearUs = 365.25 * dayUs
const tickCountMax = 40
/** The end of what a calendar in microseconds can count exactly. */
const lastTimeUs = Number.MAX_SAFE_INTEGER - yearUs

type Step = { readonly unit: 'fixed' | 'month' | 'year'; readonly count: number; readonly aboutUs: number }

const decimals = [1, 2, 5, 10, 20, 50, 100, 200, 500]
const fixedUs = [
  ...decimals,
  ...decimals.map((count) => count * 1_000),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * secondUs),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minuteUs),
  ...[1, 2, 3, 6, 12].map((count) => count * hourUs),
  ...[1, 2, 7].map((count) => count * dayUs),
]
const steps: readonly Step[] = [
  ...fixedUs.map((us): Step => ({ unit: 'fixed', count: us, aboutUs: us })),
  ...[1, 3, 6].map((count): Step => ({ unit: 'month', count, aboutUs: count * monthUs })),
  ...[1, 2, 5, 10, 20, 50, 100].map((count): Step => ({ unit: 'year', count, aboutUs: count * yearUs })),
]
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The ticks in view, as close together as their texts allow. */
export function ticksOf(view: View, widthPx: number, zone: string): Tick[] {
  if (widthPx <= 0) return []
  const step = stepFor(view, widthPx)
  const ticks: Tick[] = []
  let wallUs = floorWall(wallOf(view.fromUs, zone), step)
  for (let count = 0; count < tickCountMax; count += 1) {
    const timeUs = timeOfWall(wallUs, zone)
    if (timeUs > view.toUs || timeUs > lastTimeUs) break
    const isNew = timeUs > (ticks.at(-1)?.timeUs ?? Number.NEGATIVE_INFINITY)
    if (timeUs >= view.fromUs && isNew) ticks.push({ timeUs, x: xOf(view, widthPx, timeUs), ...textOf(wallUs, step) })
    wallUs = nextWall(wallUs, step)
  }
  return ticks
}

function stepFor(view: View, widthPx: number): Step {
  const usPerPx = spanOf(view) / widthPx
  const fits = (step: Step) => step.aboutUs / usPerPx >= textWidthPx(step)
  // the last one fits wherever a millennium has a pixel
  return steps.find(fits) ?? { unit: 'year', count: 1_000, aboutUs: 1_000 * yearUs }
}

function textWidthPx({ aboutUs }: Step): number {
  if (aboutUs < 1_000) return 132
  return aboutUs < secondUs ? 108 : 76
}

function floorWall(wallUs: number, step: Step): number {
  if (step.unit === 'fixed') {
    // weeks begin on Mondays: 1970-01-05 was one
    const originUs = step.count === 7 * dayUs ? 4 * dayUs : 0
    return Math.floor((wallUs - originUs) / step.count) * step.count + originUs
  }
  const date = new Date(wallUs / 1_000)
  const year = date.getUTCFullYear()
  if (step.unit === 'year') return monthWall(Math.floor(year / step.count) * step.count, 0)
  return monthWall(year, Math.floor(date.getUTCMonth() / step.count) * step.count)
}

function nextWall(wallUs: number, step: Step): number {
  if (step.unit === 'fixed') return wallUs + step.count
  const date = new Date(wallUs / 1_000)
  return monthWall(date.getUTCFullYear(), date.getUTCMonth() + step.count * (step.unit === 'year' ? 12 : 1))
}

function monthWall(year: number, month: number): number {
  return Date.UTC(year, month, 1) * 1_000
}

function textOf(wallUs: number, { unit, count }: Step): { text: string; isDate: boolean } {
  const date = new Date(Math.floor(wallUs / 1_000))
  const month = monthNames[date.getUTCMonth()] ?? ''
  if (unit === 'year') return { text: String(date.getUTCFullYear()), isDate: true }
  if (unit === 'month') return { text: `${month} ${date.getUTCFullYear()}`, isDate: true }
  if (count >= dayUs || wallUs % dayUs === 0) return { text: `${date.getUTCDate()} ${month}`, isDate: true }
  const clock = date.toISOString().slice(11, 19)
  if (count >= minuteUs) return { text: clock.slice(0, 5), isDate: false }
  if (count >= secondUs) return { text: clock, isDate: false }
  const fraction = String(wallUs % secondUs).padStart(6, '0')
  return { text: `${clock}.${count >= 1_000 ? fraction.slice(0, 3) : fraction}`, isDate: false }
}
