import type { PropertyEntry, PropertyType, PropertyValue } from '../../samyama/property-value.ts'
import { LineFields } from './line-fields.ts'

/** The properties that `propertiesJson` wrote. @throws BadLine */
export function propertiesFromJson(json: unknown): PropertyEntry[] {
  return LineFields.list(json).map((pair) => {
    const [name, value] = LineFields.list(pair)
    return { name: LineFields.text(name), value: propertyFromJson(value) }
  })
}

function propertyFromJson(json: unknown): PropertyValue {
  const fields = new LineFields(json)
  const type = fields.string('type') as PropertyType
  switch (type) {
    case 'string':
      return { type, value: fields.string('value') }
    case 'integer':
      return { type, value: fields.bigint('value') }
    case 'float':
      return { type, value: Number(fields.string('value')) }
    case 'boolean':
      return { type, value: fields.boolean('value') }
    case 'null':
      return { type }
    case 'array':
      return { type, items: fields.list('items').map(propertyFromJson) }
    case 'map':
      return { type, entries: propertiesFromJson(fields.list('entries')) }
    case 'vector':
      return { type, values: Float32Array.from(fields.list('values'), Number) }
    case 'dateTime':
      return { type, milliseconds: fields.bigint('milliseconds') }
    case 'date':
      return { type, days: fields.number('days') }
    case 'localTime':
      return { type, nanoseconds: fields.bigint('nanoseconds') }
    case 'time':
      return { type, nanoseconds: fields.bigint('nanoseconds'), offsetSeconds: fields.number('offsetSeconds') }
    case 'localDateTime':
      return { type, seconds: fields.bigint('seconds'), nanoseconds: fields.number('nanoseconds') }
    case 'zonedDateTime':
      return {
        type,
        seconds: fields.bigint('seconds'),
        nanoseconds: fields.number('nanoseconds'),
        offsetSeconds: fields.number('offsetSeconds'),
        zone: fields.nullableString('zone'),
      }
    case 'duration':
      return {
        type,
        months: fields.bigint('months'),
        days: fields.bigint('days'),
        seconds: fields.bigint('seconds'),
        nanoseconds: fields.number('nanoseconds'),
      }
    default:
      return LineFields.fail(`no type of a property: ${String(type)}`)
  }
}
