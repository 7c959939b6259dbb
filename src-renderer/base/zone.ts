/** Wall clocks of zones. A wall time is the microseconds that a UTC clock would have shown for the same digits. */

const formatters = new Map<string, Intl.DateTimeFormat>()

/** How far the zone's clock is ahead of UTC at an instant. */
export function zoneOffsetUs(timeUs: number, zone: string): number {
  if (zone === 'UTC') return 0
  const wholeMs = Math.floor(timeUs / 1_000_000) * 1_000
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
  for (const { type, value } of formatterFor(zone).formatToParts(wholeMs)) part[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return (Date.UTC(year, month - 1, day, hour, minute, second) - wholeMs) * 1_000
}

/** What the zone's clock shows at an instant. */
export function wallOf(timeUs: number, zone: string): number {
  return timeUs + zoneOffsetUs(timeUs, zone)
}

/** The first instant at which the zone's clock shows this, or where it never does, the one at which it jumps over it. */
export function timeOfWall(wallUs: number, zone: string): number {
  const dayUs = 86_400_000_000
  const before = zoneOffsetUs(wallUs - dayUs, zone)
  const after = zoneOffsetUs(wallUs + dayUs, zone)
  const early = wallUs - Math.max(before, after)
  return wallOf(early, zone) === wallUs ? early : wallUs - Math.min(before, after)
}

function formatterFor(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    })
    formatters.set(zone, formatter)
  }
  return formatter
}
