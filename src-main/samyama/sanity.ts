import type { PropertyValue } from './property-value.ts'
import type { StoredEdge, StoredNode } from './rows.ts'

const YEAR_2000_MS = 946_684_800_000
const DAY_MS = 86_400_000
const DAY_NANOSECONDS = 86_400_000_000_000n
const SECOND_NANOSECONDS = 1_000_000_000
const OFFSET_SECONDS_MAX = 18 * 3600

/**
 * True when a row says nothing absurd: bytes read in the wrong generation can be well-formed, but hardly ever
 * sane as well. Follows docs/formats/samyama.md §1.7.
 */
export function isSaneRow(row: StoredNode | StoredEdge, nowMs: number): boolean {
  if (!isSaneTime(row.createdAtMs, nowMs)) return false
  if (row.type === 'node' && !isSaneTime(row.updatedAtMs, nowMs)) return false
  return row.properties.every((property) => isSaneValue(property.value))
}

function isSaneTime(timeMs: number, nowMs: number): boolean {
  return timeMs === 0 || (timeMs >= YEAR_2000_MS && timeMs <= nowMs + DAY_MS)
}

function isSaneValue(value: PropertyValue): boolean {
  switch (value.type) {
    case 'localTime':
      return isTimeOfDay(value.nanoseconds)
    case 'time':
      return isTimeOfDay(value.nanoseconds) && isOffset(value.offsetSeconds)
    case 'localDateTime':
      return value.nanoseconds < SECOND_NANOSECONDS
    case 'zonedDateTime':
      return value.nanoseconds < SECOND_NANOSECONDS && isOffset(value.offsetSeconds)
    case 'array':
      return value.items.every(isSaneValue)
    case 'map':
      return value.entries.every((entry) => isSaneValue(entry.value))
    default:
      return true
  }
}

function isTimeOfDay(nanoseconds: bigint): boolean {
  return nanoseconds >= 0n && nanoseconds < DAY_NANOSECONDS
}

function isOffset(offsetSeconds: number): boolean {
  return Math.abs(offsetSeconds) <= OFFSET_SECONDS_MAX
}
