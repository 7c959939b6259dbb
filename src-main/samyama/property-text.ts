import { unreachable } from '#base/assert.ts'
import type { PropertyValue } from './property-value.ts'
import { ShortText } from './short-text.ts'
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
 * in JSON (names of a map sorted), a vector by its first components and its length. What is longer than a line ends
 * in "…".
 */
export function propertyText(value: PropertyValue): string {
  const line = new ShortText()
  addValue(line, value)
  return line.finish()
}

function addValue(line: ShortText, value: PropertyValue): void {
  switch (value.type) {
    case 'string':
      line.addQuoted(value.value)
      return
    case 'array':
      addList(line, '[]', value.items, (item) => addValue(line, item))
      return
    case 'map':
      addMap(line, value)
      return
    default:
      line.add(plainText(value))
  }
}

function plainText(value: Exclude<PropertyValue, { type: 'string' | 'array' | 'map' }>): string {
  switch (value.type) {
    case 'integer':
    case 'boolean':
      return String(value.value)
    case 'float':
      return floatText(value.value)
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

function addMap(line: ShortText, map: Extract<PropertyValue, { type: 'map' }>): void {
  const entries = map.entries.toSorted((left, right) => compareText(left.name, right.name))
  addList(line, '{}', entries, ({ name, value }) => {
    line.addQuoted(name)
    line.add(': ')
    addValue(line, value)
  })
}

function addList<Item>(
  line: ShortText,
  brackets: '[]' | '{}',
  items: readonly Item[],
  add: (item: Item) => void,
): void {
  line.add(brackets.charAt(0))
  for (const [index, item] of items.entries()) {
    if (line.isFull) return
    if (index > 0) line.add(', ')
    add(item)
  }
  line.add(brackets.charAt(1))
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
