import { badArgument } from './usage.ts'

/** An instant of a database as a person names it. */
export type Instant =
  | { readonly kind: 'sequence'; readonly sequence: number }
  /** isUtcAssumed: it was written without a zone */
  | { readonly kind: 'time'; readonly text: string; readonly timeUs: number; readonly isUtcAssumed: boolean }

const HOW = 'Write a sequence number, or a time like 2026-11-23T07:33:12.5Z; without a zone it is read as UTC.'

/** The profile of ISO 8601 that RFC 3339 describes, with what people leave out: seconds, the time of day, the zone. */
const TIME =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<minute>\d{2}:\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?)?(?<zone>Z|[+-]\d{2}:\d{2})?$/i

/**
 * Reads a sequence number, or a time to the microsecond; digits beyond are dropped. @throws AppError BAD_REQUEST for
 * anything else, dates that no calendar has, and times before 1970
 */
export function parseInstant(text: string): Instant {
  if (/^\d+$/.test(text)) {
    const sequence = Number(text)
    if (Number.isSafeInteger(sequence)) return { kind: 'sequence', sequence }
    throw badArgument('not a sequence number', text, HOW)
  }
  const parts = TIME.exec(text)?.groups
  if (parts === undefined) throw badArgument('neither a sequence number nor a time', text, HOW)
  const { date, minute = '00:00', second = '00', fraction = '', zone } = parts
  const local = `${date}T${minute}:${second}`
  const localMs = Date.parse(`${local}Z`)
  const zonedMs = Date.parse(`${local}${zone?.toUpperCase() ?? 'Z'}`)
  // Date takes 30 February for 2 March
  const isInCalendar = !Number.isNaN(localMs) && new Date(localMs).toISOString().startsWith(local)
  if (!isInCalendar || Number.isNaN(zonedMs) || zonedMs < 0) throw badArgument('no such time', text, HOW)
  const timeUs = zonedMs * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'))
  return { kind: 'time', text, timeUs, isUtcAssumed: zone === undefined }
}
