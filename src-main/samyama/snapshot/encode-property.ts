import { assert, unreachable } from '#base/assert.ts'
import type { PropertyEntry, PropertyValue } from '../property-value.ts'
import type { Losses } from './losses.ts'
import { TAG_NAME } from './tagged-value.ts'

/** An import finds the kind of a line by its text `"t":"n"`, which a property of that name would forge. */
const ESCAPED_T = '"\\u0074"'
/** What the engine's trim takes away. */
const SURROUNDING_WHITE_SPACE = /^\p{White_Space}|\p{White_Space}$/u

/** A JSON object of properties, in the given order; what it cannot carry is counted. */
export function encodeProperties(entries: readonly PropertyEntry[], losses: Losses): string {
  const byName = new Map(entries.map((entry) => [entry.name, entry.value]))
  for (let index = byName.size; index < entries.length; index += 1) losses.add('repeated_property_names')
  const fields = Array.from(byName, ([name, value]) => `${encodeName(name)}:${encodeProperty(value, losses)}`)
  return `{${fields.join(',')}}`
}

/** Text in quotes, all of it ASCII or valid Unicode. */
export function encodeText(text: string): string {
  assert(text.isWellFormed(), 'a stored string is valid Unicode')
  return JSON.stringify(text)
}

function encodeName(name: string): string {
  return name === 't' ? ESCAPED_T : encodeText(name)
}

/** Follows docs/formats/samyama.md §3.1. */
function encodeProperty(value: PropertyValue, losses: Losses): string {
  switch (value.type) {
    case 'string':
      if (SURROUNDING_WHITE_SPACE.test(value.value)) losses.add('surrounding_white_space')
      return encodeText(value.value)
    case 'integer':
    case 'boolean':
      return String(value.value)
    case 'float':
      return encodeFloat(value.value, losses)
    case 'null':
      return 'null'
    case 'array':
      return `[${value.items.map((item) => encodeProperty(item, losses)).join(',')}]`
    case 'map':
      if (value.entries.some(isTag)) losses.add('type_tag_maps')
      return encodeProperties(value.entries, losses)
    case 'vector':
      return tagged('Vector', { value: `[${Array.from(value.values, (item) => encodeFloat(item, losses)).join(',')}]` })
    case 'dateTime':
      return tagged('DateTime', { value: value.milliseconds })
    case 'date':
      return tagged('Date', { days: value.days })
    case 'localTime':
      return tagged('LocalTime', { nanos: value.nanoseconds })
    case 'time':
      return tagged('Time', { nanos: value.nanoseconds, offset: value.offsetSeconds })
    case 'localDateTime':
      return tagged('LocalDateTime', { secs: value.seconds, nanos: value.nanoseconds })
    case 'zonedDateTime': {
      const zone = value.zone === null ? 'null' : encodeText(value.zone)
      const { seconds: secs, nanoseconds: nanos, offsetSeconds: offset } = value
      return tagged('ZonedDateTime', { secs, nanos, offset, zone })
    }
    case 'duration': {
      const { months, days, seconds, nanoseconds: nanos } = value
      return tagged('Duration', { months, days, seconds, nanos })
    }
    default:
      return unreachable(value)
  }
}

/** Fields are numbers, or JSON. */
function tagged(tag: string, fields: Readonly<Record<string, bigint | number | string>>): string {
  const parts = Object.entries(fields).map(([name, value]) => `"${name}":${value}`)
  return `{"${TAG_NAME}":"${tag}",${parts.join(',')}}`
}

/** Always with a fraction or an exponent: without one it would come back as an integer. */
function encodeFloat(value: number, losses: Losses): string {
  if (!Number.isFinite(value)) {
    losses.add('non_finite_numbers')
    return 'null'
  }
  const text = Object.is(value, -0) ? '-0' : String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

function isTag({ name, value }: PropertyEntry): boolean {
  return name === TAG_NAME && value.type === 'string'
}
