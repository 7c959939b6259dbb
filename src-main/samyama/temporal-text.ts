const DATE_MS_MAX = 8_640_000_000_000_000n
const DAY_MS = 86_400_000n
const DAY_NANOSECONDS = 86_400_000_000_000n
const SECOND_NANOSECONDS = 1_000_000_000n
const OFFSET_SECONDS_MAX = 18 * 3600

/** `2023-11-14T22:13:20.123Z`; the plain number where no calendar reaches. */
export function instantText(milliseconds: bigint): string {
  if (!isCalendarTime(milliseconds)) return `${milliseconds} ms`
  return new Date(Number(milliseconds)).toISOString()
}

/** `2023-11-14`, from days since 1970. */
export function dateText(days: number): string {
  const milliseconds = BigInt(days) * DAY_MS
  if (!isCalendarTime(milliseconds)) return `${days} days`
  return new Date(Number(milliseconds)).toISOString().replace(/T.*/, '')
}

/** `10:30:04.5`, from nanoseconds since midnight. */
export function timeOfDayText(nanoseconds: bigint): string {
  if (nanoseconds < 0n || nanoseconds >= DAY_NANOSECONDS) return `${nanoseconds} ns`
  const seconds = Number(nanoseconds / SECOND_NANOSECONDS)
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits).join(':')
  return `${clock}${fractionText(Number(nanoseconds % SECOND_NANOSECONDS))}`
}

/** `2023-11-14T22:13:20.5`, from seconds on a clock that counts from 1970 without a zone. */
export function dateTimeText(seconds: bigint, nanoseconds: number): string {
  const milliseconds = seconds * 1000n
  if (!isCalendarTime(milliseconds) || BigInt(nanoseconds) >= SECOND_NANOSECONDS)
    return `${seconds} s ${nanoseconds} ns`
  return new Date(Number(milliseconds)).toISOString().replace(/\..*/, '') + fractionText(nanoseconds)
}

/** `2023-11-15T00:13:20+02:00[Europe/Stockholm]`: the instant as the clock of its zone showed it. */
export function zonedText(seconds: bigint, nanoseconds: number, offsetSeconds: number, zone: string | null): string {
  const local = dateTimeText(seconds + BigInt(offsetSeconds), nanoseconds)
  return `${local}${offsetText(offsetSeconds)}${zone === null ? '' : `[${zone}]`}`
}

/** `Z`, `+02:00`, `-01:30`, `+00:00:01`. */
export function offsetText(offsetSeconds: number): string {
  if (offsetSeconds === 0) return 'Z'
  const size = Math.abs(offsetSeconds)
  if (size > OFFSET_SECONDS_MAX) return ` ${offsetSeconds} s`
  const clock = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].map(twoDigits)
  return `${offsetSeconds < 0 ? '-' : '+'}${clock.slice(0, size % 60 === 0 ? 2 : 3).join(':')}`
}

/** `P1M2DT3.000000004S`; `PT0S` when nothing lasts. */
export function durationText(months: bigint, days: bigint, seconds: bigint, nanoseconds: number): string {
  const total = seconds * SECOND_NANOSECONDS + BigInt(nanoseconds)
  const size = total < 0n ? -total : total
  const dateParts = `${months === 0n ? '' : `${months}M`}${days === 0n ? '' : `${days}D`}`
  const clock = `${total < 0n ? '-' : ''}${size / SECOND_NANOSECONDS}${fractionText(Number(size % SECOND_NANOSECONDS))}S`
  return total === 0n && dateParts !== '' ? `P${dateParts}` : `P${dateParts}T${clock}`
}

function fractionText(nanoseconds: number): string {
  return nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

function isCalendarTime(milliseconds: bigint): boolean {
  return milliseconds >= -DATE_MS_MAX && milliseconds <= DATE_MS_MAX
}
