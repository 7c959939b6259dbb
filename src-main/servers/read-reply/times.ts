import { cleanLine } from './clean-text.ts'

/** A time as a server gave it. `us` counts from 1970 UTC; null: the zone is unknown, `text` is all there is. */
export type ServerTime = { readonly us: number | null; readonly text: string }

export type TimeUnit = 's' | 'ms' | 'us' | 'ns'

const YEAR_2015_US = 1_420_070_400_000_000
const DAY_US = 86_400_000_000
const isoForm =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|UTC|[+-]\d{2}:?\d{2})?$/i

/** The unit by magnitude: 10 digits seconds, 13 milliseconds, 16 microseconds, 19 nanoseconds; else null. */
export function unitByMagnitude(value: bigint): TimeUnit | null {
  if (value <= 0n) return null
  const digits = value.toString().length
  if (digits === 10) return 's'
  if (digits === 13) return 'ms'
  if (digits === 16) return 'us'
  return digits === 19 ? 'ns' : null
}

/** Microseconds since 1970; nanoseconds are rounded down. */
function toMicroseconds(value: bigint, unit: TimeUnit): number {
  if (unit === 'ns') return Number(value / 1000n)
  return Number(value * (unit === 's' ? 1_000_000n : unit === 'ms' ? 1000n : 1n))
}

/** A time that a backup may have: 2015 to a day after `nowUs`. */
export function isSaneTime(us: number, nowUs: number): boolean {
  return us >= YEAR_2015_US && us <= nowUs + DAY_US
}

/** An ISO 8601 date and time, else null. Without an offset it is not converted. */
export function timeFromText(text: string): ServerTime | null {
  const match = isoForm.exec(text.trim())
  if (match === null) return null
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone] = match
  const civil = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const civilMs = Date.parse(`${civil}Z`)
  if (Number.isNaN(civilMs) || new Date(civilMs).toISOString().slice(0, 19) !== civil) return null
  const shown = cleanLine(text)
  if (zone === undefined) return { us: null, text: `${shown} (zone unknown)` }
  const fractionUs = Number(fraction.padEnd(6, '0').slice(0, 6))
  return { us: (civilMs - offsetMs(zone)) * 1000 + fractionUs, text: shown }
}

/** 0 is no time: servers send it for an unknown one. @param unit known from the field's name; null: by magnitude */
export function timeFromInteger(value: bigint, unit: TimeUnit | null): ServerTime | null {
  const known = unit ?? unitByMagnitude(value)
  if (known === null || value <= 0n) return null
  const us = toMicroseconds(value, known)
  return Number.isSafeInteger(us) ? { us, text: value.toString() } : null
}

function offsetMs(zone: string): number {
  if (!/^[+-]/.test(zone)) return 0
  const digits = zone.replace(/\D/g, '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return minutes * 60_000 * (zone.startsWith('-') ? -1 : 1)
}
