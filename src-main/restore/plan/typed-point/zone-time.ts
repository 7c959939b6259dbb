const HOUR_MS = 3_600_000
/** no zone is further from UTC, and none changes twice within so much */
const LOOK_AROUND_HOURS = [-24, -18, -12, -6, 0, 6, 12, 18, 24]

const formats = new Map<string, Intl.DateTimeFormat>()

/** Whether a zone is known here, by its IANA name. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch (cause) {
    if (cause instanceof RangeError) return false
    throw cause
  }
}

/** What is to be added to UTC to get what clocks show in a zone, at an instant; whole seconds. */
export function offsetMs(zone: string, instantMs: number): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instantMs)
      .map(({ type, value }) => [type, value]),
  )
  const part = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name))
  const shownMs = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return shownMs - Math.floor(instantMs / 1000) * 1000
}

/**
 * The instants at which clocks in a zone showed a time: two where they were put back, none where they were put forward.
 * @param localMs what they showed, as if it were UTC; whole seconds
 */
export function instantsOf(zone: string, localMs: number): number[] {
  const offsets = new Set(LOOK_AROUND_HOURS.map((hours) => offsetMs(zone, localMs + hours * HOUR_MS)))
  return [...offsets]
    .map((offset) => localMs - offset)
    .filter((instantMs) => offsetMs(zone, instantMs) === localMs - instantMs)
    .sort((left, right) => left - right)
}

/** The change that a local time was skipped by: what clocks showed right before and right after it, as if it were UTC. */
export function skippedBy(zone: string, localMs: number): { fromMs: number; toMs: number } {
  let early = localMs - 24 * HOUR_MS
  let late = localMs + 24 * HOUR_MS
  while (late - early > 1000) {
    const middle = Math.floor((early + late) / 2000) * 1000
    // shown before the skipped time: the change is still to come
    if (middle + offsetMs(zone, middle) < localMs) early = middle
    else late = middle
  }
  return { fromMs: late + offsetMs(zone, early), toMs: late + offsetMs(zone, late) }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, format)
  return format
}
