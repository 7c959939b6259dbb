/** A day that somebody typed; null: none. */
export type TypedDay = 'today' | 'yesterday' | { readonly year: number; readonly month: number; readonly day: number }

/** A time as it was typed, not yet brought to an instant. */
export type TypedTime = {
  readonly day: TypedDay | null
  readonly secondOfDay: number
  readonly microsecond: number
  /** an IANA name, or a fixed offset in ms; null: that of whoever typed */
  readonly zone: string | number | null
}

const DAY = /^(today|yesterday|(\d{4})-(\d{2})-(\d{2}))(?:[Tt\s]+|$)/
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*/
const OFFSET = /^([+-])(\d{2})(?::?(\d{2}))?$/
const UTC = /^(?:z|utc)$/i

/** Reads a time; null for a text of another kind, a sentence where it looks like a time and cannot be one. */
export function readTime(text: string): TypedTime | string | null {
  const dayMatch = DAY.exec(text)
  const timeText = text.slice(dayMatch?.[0].length ?? 0)
  const timeMatch = TIME.exec(timeText)
  if (dayMatch === null && timeMatch === null) return null
  if (timeMatch === null && timeText !== '')
    return `“${timeText}” is no time of day: write hours:minutes or hours:minutes:seconds.`
  if (timeMatch === null && dayMatch?.[2] === undefined) return 'Say at what time of that day, as in “yesterday 14:00”.'
  const day = dayMatch === null ? null : readDay(dayMatch)
  if (typeof day === 'string' && day !== 'today' && day !== 'yesterday') return day
  const time = timeMatch === null ? { secondOfDay: 0, microsecond: 0 } : readTimeOfDay(timeMatch)
  if (typeof time === 'string') return time
  const zone = readZone(timeText.slice(timeMatch?.[0].length ?? 0))
  return zone === undefined ? `“${text}” has an offset that no clock has.` : { day, ...time, zone }
}

function readDay([, word, yearText, monthText, dayText]: RegExpExecArray): TypedDay | string {
  if (word === 'today' || word === 'yesterday') return word
  const [year, month, day] = [Number(yearText), Number(monthText), Number(dayText)]
  const date = new Date(Date.UTC(year, month - 1, day))
  const isInCalendar = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return isInCalendar ? { year, month, day } : `The calendar has no ${word}.`
}

function readTimeOfDay(match: RegExpExecArray): { secondOfDay: number; microsecond: number } | string {
  const [, hourText, minuteText, secondText = '0', fraction = ''] = match
  const [hour, minute, second] = [Number(hourText), Number(minuteText), Number(secondText)]
  if (hour > 23 || minute > 59 || second > 59) return `No clock shows ${match[0].trim()}.`
  if (fraction.length > 6) return 'Times are exact to the microsecond: write at most six digits behind the second.'
  return { secondOfDay: (hour * 60 + minute) * 60 + second, microsecond: Number(fraction.padEnd(6, '0')) }
}

/** Undefined for an offset that cannot be. */
function readZone(text: string): TypedTime['zone'] | undefined {
  if (text === '') return null
  if (UTC.test(text)) return 0
  const offset = OFFSET.exec(text)
  if (offset === null) return text
  const [, sign, hours, minutes = '0'] = offset
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
