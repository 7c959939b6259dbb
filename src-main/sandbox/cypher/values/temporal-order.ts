import type { StoredValue } from './value.ts'

type Stored = StoredValue['value']

const SECOND_NANOSECONDS = 1_000_000_000n

/** The sign of two times of one kind, null where there is no order: other kinds, durations, vectors. */
export function compareTimes(left: Stored, right: Stored): number | null {
  if (left.type !== right.type) return null
  const leftRank = rankOf(left)
  const rightRank = rankOf(right)
  if (leftRank === null || rightRank === null) return null
  return leftRank < rightRank ? -1 : leftRank > rightRank ? 1 : 0
}

function rankOf(value: Stored): bigint | null {
  switch (value.type) {
    case 'dateTime':
      return value.milliseconds
    case 'date':
      return BigInt(value.days)
    case 'localTime':
      return value.nanoseconds
    case 'time':
      return value.nanoseconds - BigInt(value.offsetSeconds) * SECOND_NANOSECONDS
    case 'localDateTime':
    case 'zonedDateTime':
      return value.seconds * SECOND_NANOSECONDS + BigInt(value.nanoseconds)
    case 'duration':
    case 'vector':
      return null
  }
}
