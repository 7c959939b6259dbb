import { type Reply, textOf } from '../reply-tree.ts'
import { cleanLine } from './clean-text.ts'
import { type ServerTime, type TimeUnit, timeFromInteger, timeFromText } from './times.ts'

/** A time from an integer (unit from the field's name, else by magnitude), a number with a fraction, digits or ISO 8601. */
export function timeFromReply(reply: Reply, key: string): ServerTime | null {
  const unit: TimeUnit | null = /us$/.test(key) ? 'us' : /timestampms$/.test(key) ? 'ms' : null
  if (reply.type === 'integer') return timeFromInteger(reply.value, unit)
  if (reply.type === 'double') {
    if (!Number.isFinite(reply.value)) return null
    if (reply.value < 10_000_000_000) return timeFromInteger(BigInt(Math.round(reply.value * 1_000_000)), 'us')
    return timeFromInteger(BigInt(Math.round(reply.value)), unit)
  }
  const text = textOf(reply)
  if (text === null) return null
  return /^\d{1,19}$/.test(text) ? timeFromInteger(BigInt(text), unit) : timeFromText(text)
}

/** A count or size: a whole number, not negative, that a number holds exactly. */
export function countFromReply(reply: Reply | undefined): number | null {
  const value = integerFromReply(reply)
  return value === null || value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(value)
}

/** An integer or a text of digits. */
export function integerFromReply(reply: Reply | undefined): bigint | null {
  if (reply === undefined) return null
  if (reply.type === 'integer') return reply.value
  const text = textOf(reply)
  return text !== null && /^-?\d{1,20}$/.test(text) ? BigInt(text) : null
}

/** A text or a scalar as text on one line, cleaned; null for null, arrays, maps and empty texts. */
export function wordFromReply(reply: Reply | undefined): string | null {
  if (reply === undefined) return null
  if (reply.type === 'integer' || reply.type === 'boolean' || reply.type === 'double') return String(reply.value)
  const text = textOf(reply)
  return text === null || text === '' ? null : cleanLine(text)
}
