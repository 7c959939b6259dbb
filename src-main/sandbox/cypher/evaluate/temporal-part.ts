import type { CypherValue, StoredValue } from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'

const DAY_MS = 86_400_000
const CALENDAR_MS_MAX = 8_640_000_000_000_000n

/** `.year`, `.epochMillis` and the like of a date or date-time. @throws ValueProblem for other parts and kinds */
export function temporalPart({ value }: StoredValue, name: string): CypherValue {
  if (value.type === 'dateTime') return partOf(value.milliseconds, name)
  if (value.type === 'date') return partOf(BigInt(value.days) * BigInt(DAY_MS), name)
  throw new ValueProblem(`.${name} is not supported for a value of type ${value.type}`)
}

function partOf(milliseconds: bigint, name: string): CypherValue {
  if (name === 'epochMillis') return milliseconds
  if (name === 'epochSeconds') return (milliseconds - (((milliseconds % 1000n) + 1000n) % 1000n)) / 1000n
  if (milliseconds > CALENDAR_MS_MAX || milliseconds < -CALENDAR_MS_MAX)
    throw new ValueProblem('the time is beyond the calendar')
  const number = calendarPart(new Date(Number(milliseconds)), name)
  if (number === null) throw new ValueProblem(`.${name} is not supported for a time`)
  return BigInt(number)
}

function calendarPart(date: Date, name: string): number | null {
  switch (name) {
    case 'year':
      return date.getUTCFullYear()
    case 'month':
      return date.getUTCMonth() + 1
    case 'day':
      return date.getUTCDate()
    case 'hour':
      return date.getUTCHours()
    case 'minute':
      return date.getUTCMinutes()
    case 'second':
      return date.getUTCSeconds()
    case 'millisecond':
      return date.getUTCMilliseconds()
    default:
      return null
  }
}
