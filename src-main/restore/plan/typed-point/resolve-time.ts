import type { TypedPoint } from '../../../contract/recovery.ts'
import type { TypedTime } from './read-time.ts'
import { instantsOf, isZone, offsetMs, skippedBy } from './zone-time.ts'

const DAY_MS = 86_400_000

type TimeContext = { readonly zone: string; readonly nowUs: number; readonly isInclusive: boolean }
type Choice = Extract<TypedPoint, { kind: 'ambiguous' }>['choices'][number]

/** Brings a typed time to an instant. Without a day it is the last time that clocks showed it. */
export function resolveTime(time: TypedTime, context: TimeContext): TypedPoint {
  const zone = time.zone ?? context.zone
  if (typeof zone === 'string' && !isZone(zone)) {
    return {
      kind: 'unclear',
      sentence: `“${zone}” is no time zone that is known here; write one as in Europe/Berlin, or +01:00.`,
    }
  }
  const todayMs = Math.floor(shownMs(zone, Math.floor(context.nowUs / 1000)) / DAY_MS) * DAY_MS
  if (time.day !== null) return resolveOn(dayMs(time.day, todayMs), time, zone, context)
  const today = instantsUs(zone, todayMs, time)
  const past = today.filter((timeUs) => timeUs <= context.nowUs)
  if (today.length === 0 || past.length > 0) return pointOf(past, todayMs, time, zone, context)
  return resolveOn(todayMs - DAY_MS, time, zone, context)
}

function resolveOn(startMs: number, time: TypedTime, zone: string | number, context: TimeContext): TypedPoint {
  return pointOf(instantsUs(zone, startMs, time), startMs, time, zone, context)
}

function pointOf(
  instants: readonly number[],
  startMs: number,
  time: TypedTime,
  zone: string | number,
  context: TimeContext,
): TypedPoint {
  const [first, second] = instants
  if (first === undefined) return skipped(startMs + time.secondOfDay * 1000, zone)
  if (instants.some((timeUs) => timeUs < 0)) return { kind: 'unclear', sentence: 'Nothing was archived before 1970.' }
  const choiceOf = (timeUs: number, note: string): Choice => {
    const future = timeUs > context.nowUs ? ' That is in the future.' : ''
    const how = context.isInclusive ? 'Everything committed up to' : 'Everything committed before'
    return {
      target: { kind: 'time', timeUs, isInclusive: context.isInclusive },
      sentence: `${how} ${localText(zone, timeUs)}${note}.${future}`,
    }
  }
  if (second === undefined) return { kind: 'resolved', ...choiceOf(first, '') }
  return {
    kind: 'ambiguous',
    sentence: `Clocks in ${zone} showed this time twice, because they were put back: choose which one.`,
    choices: [choiceOf(first, ', before the clock was put back'), choiceOf(second, ', after the clock was put back')],
  }
}

function skipped(localMs: number, zone: string | number): TypedPoint {
  const { fromMs, toMs } = skippedBy(String(zone), localMs)
  const isOneDay = dateTime(fromMs).slice(0, 10) === dateTime(toMs).slice(0, 10)
  const [from, to] = [fromMs, toMs].map(isOneDay ? clock : dateTime)
  const sentence = `Clocks in ${zone} never showed ${dateTime(localMs)}: they were put forward from ${from} to ${to}.`
  return { kind: 'unclear', sentence }
}

function dayMs(day: NonNullable<TypedTime['day']>, todayMs: number): number {
  if (day === 'today') return todayMs
  if (day === 'yesterday') return todayMs - DAY_MS
  return Date.UTC(day.year, day.month - 1, day.day)
}

function instantsUs(zone: string | number, startMs: number, { secondOfDay, microsecond }: TypedTime): number[] {
  const localMs = startMs + secondOfDay * 1000
  const instants = typeof zone === 'number' ? [localMs - zone] : instantsOf(zone, localMs)
  return instants.map((instantMs) => instantMs * 1000 + microsecond)
}

/** What clocks show, as if it were UTC. */
function shownMs(zone: string | number, instantMs: number): number {
  return instantMs + (typeof zone === 'number' ? zone : offsetMs(zone, instantMs))
}

/** `2026-10-25 02:30:00.000000 +01:00 (Europe/Berlin)` */
function localText(zone: string | number, timeUs: number): string {
  const instantMs = Math.floor(timeUs / 1_000_000) * 1000
  const localMs = shownMs(zone, instantMs)
  const micros = String(timeUs - instantMs * 1000).padStart(6, '0')
  const name = typeof zone === 'number' ? '' : ` (${zone})`
  return `${dateTime(localMs)}.${micros} ${offsetText(localMs - instantMs)}${name}`
}

function offsetText(offset: number): string {
  const sign = offset < 0 ? '-' : '+'
  const text = clock(Math.abs(offset))
  return `${sign}${text.endsWith(':00') ? text.slice(0, 5) : text}`
}

function dateTime(localMs: number): string {
  return new Date(localMs).toISOString().slice(0, 19).replace('T', ' ')
}

function clock(localMs: number): string {
  return dateTime(localMs).slice(11)
}
