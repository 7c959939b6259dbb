import type { PropertyValue } from '../property-value.ts'
import type { JsonObject, JsonValue } from './json-line.ts'

/** The name that marks an object as a value JSON has no form for. */
export const TAG_NAME = '__type'

/** Fields of a tagged object, in the order the engine writes them. Follows docs/formats/samyama.md §3.1. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  DateTime: ['value'],
  Vector: ['value'],
  Duration: ['months', 'days', 'seconds', 'nanos'],
  Date: ['days'],
  LocalTime: ['nanos'],
  Time: ['nanos', 'offset'],
  LocalDateTime: ['secs', 'nanos'],
  ZonedDateTime: ['secs', 'nanos', 'offset', 'zone'],
}

/**
 * The value that an object with `__type` stands for. Null when the tag is unknown or the fields are not exactly
 * its own: then somebody's map has a key of that name, and stays a map.
 */
export function decodeTagged(object: JsonObject): PropertyValue | null {
  const tag = Object.hasOwn(object, TAG_NAME) ? object[TAG_NAME] : undefined
  if (typeof tag !== 'string' || !Object.hasOwn(fieldsOf, tag)) return null
  const names = fieldsOf[tag] ?? []
  if (Object.keys(object).length !== names.length + 1) return null
  const fields = names.map((name) => (Object.hasOwn(object, name) ? object[name] : undefined))
  return fromFields(tag, fields)
}

function fromFields(tag: string, fields: readonly (JsonValue | undefined)[]): PropertyValue | null {
  const [first, second, third, fourth] = fields
  switch (tag) {
    case 'Vector':
      return vectorFrom(first)
    case 'DateTime':
      return isI64(first) ? { type: 'dateTime', milliseconds: first } : null
    case 'Date':
      return isI32(first) ? { type: 'date', days: Number(first) } : null
    case 'LocalTime':
      return isI64(first) ? { type: 'localTime', nanoseconds: first } : null
    case 'Time':
      if (!isI64(first) || !isI32(second)) return null
      return { type: 'time', nanoseconds: first, offsetSeconds: Number(second) }
    case 'LocalDateTime':
      if (!isI64(first) || !isU32(second)) return null
      return { type: 'localDateTime', seconds: first, nanoseconds: Number(second) }
    case 'ZonedDateTime': {
      if (!isI64(first) || !isU32(second) || !isI32(third)) return null
      if (typeof fourth !== 'string' && fourth !== null) return null
      const offsetSeconds = Number(third)
      return { type: 'zonedDateTime', seconds: first, nanoseconds: Number(second), offsetSeconds, zone: fourth }
    }
    default:
      if (!isI64(first) || !isI64(second) || !isI64(third) || !isI32(fourth)) return null
      return { type: 'duration', months: first, days: second, seconds: third, nanoseconds: Number(fourth) }
  }
}

/** A null component was NaN or infinite; it stays a component, which keeps the others at their places. */
function vectorFrom(list: JsonValue | undefined): PropertyValue | null {
  if (!Array.isArray(list)) return null
  const values = new Float32Array(list.length)
  for (const [index, item] of list.entries()) {
    if (item !== null && typeof item !== 'number' && typeof item !== 'bigint') return null
    values[index] = item === null ? Number.NaN : Number(item)
  }
  return { type: 'vector', values }
}

function isI64(value: JsonValue | undefined): value is bigint {
  return typeof value === 'bigint' && value === BigInt.asIntN(64, value)
}

function isI32(value: JsonValue | undefined): value is bigint {
  return typeof value === 'bigint' && value === BigInt.asIntN(32, value)
}

function isU32(value: JsonValue | undefined): value is bigint {
  return typeof value === 'bigint' && value === BigInt.asUintN(32, value)
}
