import { unreachable } from '#base/assert.ts'
import type { BincodeReader } from './bincode-reader.ts'
import type { PropertyEntry, PropertyValue, TemporalType } from './property-value.ts'
import { type Layout, variantsOf } from './variants.ts'

/** Arrays and maps inside each other; nobody nests deeper, and the stack of a hostile value ends here. */
export const NESTING_MAX = 64

const VARIANT_BYTES = 4
const NAME_LENGTH_BYTES = 8
const FLOAT_BYTES = 4

/**
 * Reads a HashMap<String, PropertyValue>. Follows docs/formats/samyama.md §1.5 and §1.6.
 * @throws DamageError
 */
export function readPropertyMap(reader: BincodeReader, layout: Layout, depth = 0): PropertyEntry[] {
  const count = reader.count(NAME_LENGTH_BYTES + VARIANT_BYTES, 'property map')
  const entries: PropertyEntry[] = []
  for (let index = 0; index < count; index += 1) {
    const name = reader.string('property name')
    entries.push({ name, value: readPropertyValue(reader, layout, depth) })
  }
  return entries
}

/** @throws DamageError */
export function readPropertyValue(reader: BincodeReader, layout: Layout, depth = 0): PropertyValue {
  if (depth > NESTING_MAX) reader.fail('property value', 'nested too deep', `at most ${NESTING_MAX}`, null)
  const index = reader.u32('property variant')
  const type = variantsOf(layout)[index]
  switch (type) {
    case undefined:
      return reader.fail('property variant', 'unknown', `a variant of ${layout}`, String(index))
    case 'string':
      return { type, value: reader.string('string') }
    case 'integer':
      return { type, value: reader.i64('integer') }
    case 'float':
      return { type, value: reader.f64('float') }
    case 'boolean':
      return { type, value: reader.bool('boolean') }
    case 'array':
      return { type, items: readItems(reader, layout, depth + 1) }
    case 'map':
      return { type, entries: readPropertyMap(reader, layout, depth + 1) }
    case 'vector':
      return { type, values: readVector(reader) }
    case 'null':
      return { type }
    default:
      return readTemporal(reader, type)
  }
}

function readTemporal(reader: BincodeReader, type: TemporalType): PropertyValue {
  switch (type) {
    case 'dateTime':
      return { type, milliseconds: reader.i64(type) }
    case 'date':
      return { type, days: reader.i32(type) }
    case 'localTime':
      return { type, nanoseconds: reader.i64(type) }
    case 'time':
      return { type, nanoseconds: reader.i64(type), offsetSeconds: reader.i32(type) }
    case 'localDateTime':
      return { type, seconds: reader.i64(type), nanoseconds: reader.u32(type) }
    case 'zonedDateTime':
      return {
        type,
        seconds: reader.i64(type),
        nanoseconds: reader.u32(type),
        offsetSeconds: reader.i32(type),
        zone: reader.optionalString('zone name'),
      }
    case 'duration':
      return {
        type,
        months: reader.i64(type),
        days: reader.i64(type),
        seconds: reader.i64(type),
        nanoseconds: reader.i32(type),
      }
    default:
      return unreachable(type)
  }
}

function readItems(reader: BincodeReader, layout: Layout, depth: number): PropertyValue[] {
  const count = reader.count(VARIANT_BYTES, 'array')
  const items: PropertyValue[] = []
  for (let index = 0; index < count; index += 1) items.push(readPropertyValue(reader, layout, depth))
  return items
}

function readVector(reader: BincodeReader): Float32Array {
  const values = new Float32Array(reader.count(FLOAT_BYTES, 'vector'))
  for (let index = 0; index < values.length; index += 1) values[index] = reader.f32('vector')
  return values
}
