/** Instants as text. A zone is an IANA name; instants are microseconds since 1970 UTC. */

/** As fine as the clock that told the time: BackupEngine writes seconds, this program's own clock has milliseconds. */
export type TimePrecision = 'seconds' | 'milliseconds' | 'microseconds'

const formatters = new Map<string, Intl.DateTimeFormat>()

/** "2026-11-23 10:30:05.000116 UTC"; outside UTC the offset takes the zone's place: "+02:00". */
export function formatTime(timeUs: number, zone: string, precision: TimePrecision = 'microseconds'): string {
  const { date, clock, offset } = partsOf(timeUs, zone)
  return `${date} ${clock}${fractionOf(timeUs, precision)} ${offset}`
}

/** Date and time to the second without zone, for columns under a status bar that names the zone. */
export function formatStamp(timeUs: number, zone: string): string {
  const { date, clock } = partsOf(timeUs, zone)
  return `${date} ${clock}`
}

/** ISO-8601 in UTC, for copying: other tools read it. */
export function isoTime(timeUs: number, precision: TimePrecision): string {
  return `${new Date(timeUs / 1_000).toISOString().slice(0, 19)}${fractionOf(timeUs, precision)}Z`
}

/** The time of day alone, without zone: "10:30:05.000116". */
export function formatClock(timeUs: number, zone: string, precision: TimePrecision = 'microseconds'): string {
  return partsOf(timeUs, zone).clock + fractionOf(timeUs, precision)
}

/** "UTC", or the offset at that instant: "+02:00". */
export function formatZone(timeUs: number, zone: string): string {
  return partsOf(timeUs, zone).offset
}

/** "just now", "40 s ago", "5 h ago", "in 2 d": one unit, rounded down. */
export function formatRelative(timeUs: number, nowUs: number): string {
  const seconds = Math.floor(Math.abs(nowUs - timeUs) / 1_000_000)
  if (seconds < 2) return 'just now'
  const age = largestUnit(seconds)
  return timeUs <= nowUs ? `${age} ago` : `in ${age}`
}

function largestUnit(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`
  if (seconds < 86_400 * 730) return `${Math.floor(seconds / 86_400)} d`
  return `${Math.floor(seconds / (86_400 * 365))} y`
}

function fractionOf(timeUs: number, precision: TimePrecision): string {
  if (precision === 'seconds') return ''
  const digits = String(timeUs % 1_000_000).padStart(6, '0')
  return `.${precision === 'milliseconds' ? digits.slice(0, 3) : digits}`
}

function partsOf(timeUs: number, zone: string): { date: string; clock: string; offset: string } {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const { type, value } of formatterFor(zone).formatToParts(timeUs / 1_000)) part[type] = value
  const offset = (part.timeZoneName ?? '').replace('GMT', '')
  return {
    date: `${part.year}-${part.month}-${part.day}`,
    clock: `${part.hour}:${part.minute}:${part.second}`,
    offset: zone === 'UTC' ? 'UTC' : offset === '' ? '+00:00' : offset,
  }
}

function formatterFor(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    })
    formatters.set(zone, formatter)
  }
  return formatter
}
