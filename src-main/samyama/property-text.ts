import { unreachable } from '#base/assert.ts'
import type { PropertyValue } from './property-value.ts'
import {
  dateText,
  dateTimeText,
  durationText,
  instantText,
  offsetText,
  timeOfDayText,
  zonedText,
} from './temporal-text.ts'

/** The components of a vector that are shown; nobody reads an embedding to its end. */
const VECTOR_COMPONENTS_SHOWN = 4

/** As many decimal digits tell any two 32-bit floats apart. */
const FLOAT32_DIGITS_MAX = 9

/**
 * One line a person can read: strings quoted, numbers plain, dates in ISO 8601 with their zone, arrays and maps as
 * in JSON (names of a map sorted), a vector by its first components and its length.
 */
export function propertyText(value: PropertyValue): string {
  switch (value.type) {
    case 'string':
      return JSON.stringify(value.value)
    case 'integer':
    case 'boolean':
      return String(value.value)
    case 'float':
      return floatText(value.value)
    case 'array':
      return `[${value.items.map(propertyText).join(', ')}]`
    case 'map':
      return mapText(value)
    case 'vector':
      return vectorText(value.values)
    case 'null':
      return 'null'
    case 'dateTime':
      return instantText(value.milliseconds)
    case 'date':
      return dateText(value.days)
    case 'localTime':
      return timeOfDayText(value.nanoseconds)
    case 'time':
      return `${timeOfDayText(value.nanoseconds)}${offsetText(value.offsetSeconds)}`
    case 'localDateTime':
      return dateTimeText(value.seconds, value.nanoseconds)
    case 'zonedDateTime':
      return zonedText(value.seconds, value.nanoseconds, value.offsetSeconds, value.zone)
    case 'duration':
      return durationText(value.months, value.days, value.seconds, value.nanoseconds)
    default:
      return unreachable(value)
  }
}

/** Orders by UTF-16 code units, the same on every machine. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function mapText(map: Extract<PropertyValue, { type: 'map' }>): string {
  const entries = map.entries.toSorted((left, right) => compareText(left.name, right.name))
  return `{${entries.map(({ name, value }) => `${JSON.stringify(name)}: ${propertyText(value)}`).join(', ')}}`
}

function vectorText(values: Float32Array): string {
  const shown = Array.from(values.subarray(0, VECTOR_COMPONENTS_SHOWN), shortestFloat32Text)
  if (values.length > shown.length) shown.push('…')
  return `[${shown.join(', ')}] (${values.length})`
}

/** A double shows digits that a 32-bit float never had: 0.1 would read 0.10000000149011612. */
function shortestFloat32Text(value: number): string {
  for (let digits = 1; digits <= FLOAT32_DIGITS_MAX; digits += 1) {
    const rounded = Number(value.toPrecision(digits))
    if (Object.is(Math.fround(rounded), value)) return floatText(rounded)
  }
  return floatText(value)
}

function floatText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
