/** An instant as a person types it: a sequence number or a time. */

export type TypedInstant =
  | { readonly kind: 'sequence'; readonly sequence: number }
  | { readonly kind: 'time'; readonly timeUs: number; readonly hasZone: boolean }
  | { readonly kind: 'wrong' }

const sequencePattern = /^(?:seq(?:uence)?\s*)?(\d[\d\s\u2009,]*)$/i
const timePattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T\s]+(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/i

/**
 * Understands "88122", "seq 88 122" and ISO-8601 times as this program shows them ("2026-11-23 10:30:05.000116 +02:00").
 * A time without a zone is UTC; a date alone is its midnight. What is finer than a microsecond is cut off.
 */
export function parseInstant(text: string): TypedInstant {
  const typed = text.trim()
  const sequence = sequencePattern.exec(typed)?.[1]
  if (sequence !== undefined) return sequenceOf(sequence.replace(/\D/g, ''))
  const parts = timePattern.exec(typed)
  return parts === null ? { kind: 'wrong' } : timeOf(parts)
}

function sequenceOf(digits: string): TypedInstant {
  const sequence = Number(digits)
  return Number.isSafeInteger(sequence) ? { kind: 'sequence', sequence } : { kind: 'wrong' }
}

function timeOf([, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone]: readonly (
  | string
  | undefined
)[]): TypedInstant {
  const utc = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  const timeMs = Date.parse(utc)
  // some engines take 31 February for 3 March
  if (Number.isNaN(timeMs) || new Date(timeMs).toISOString() !== utc) return { kind: 'wrong' }
  const offsetMinutes = offsetOf(zone)
  if (offsetMinutes === null) return { kind: 'wrong' }
  const timeUs = (timeMs - offsetMinutes * 60_000) * 1_000 + Number(fraction.padEnd(6, '0').slice(0, 6))
  return timeUs < 0 ? { kind: 'wrong' } : { kind: 'time', timeUs, hasZone: zone !== undefined }
}

/** In minutes east of UTC; null when there is no such offset. */
function offsetOf(zone: string | undefined): number | null {
  const parts = /^([+-])(\d\d):?(\d\d)?$/.exec(zone ?? '')
  if (parts === null) return 0
  const [, sign, hours, minutes = '0'] = parts
  const offset = Number(hours) * 60 + Number(minutes)
  if (Number(minutes) > 59 || offset > 14 * 60) return null
  return sign === '-' ? -offset : offset
}
