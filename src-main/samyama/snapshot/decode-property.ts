import { NESTING_MAX } from '../property-reader.ts'
import type { PropertyEntry, PropertyValue } from '../property-value.ts'
import { JsonLineError, type JsonObject, type JsonValue } from './json-line.ts'
import { decodeTagged } from './tagged-value.ts'

const I64_MAX = 2n ** 63n - 1n

/**
 * The properties in a JSON object. Follows docs/formats/samyama.md §3.1.
 * @throws JsonLineError
 */
export function decodeProperties(object: JsonObject, depth = 0): PropertyEntry[] {
  return Object.entries(object).map(([name, value]) => ({ name, value: decodeProperty(value, depth) }))
}

function decodeProperty(value: JsonValue, depth: number): PropertyValue {
  if (depth > NESTING_MAX) throw new JsonLineError('a property is nested too deep')
  if (value === null) return { type: 'null' }
  if (typeof value === 'boolean') return { type: 'boolean', value }
  if (typeof value === 'string') return { type: 'string', value }
  if (typeof value === 'number') return { type: 'float', value }
  if (typeof value === 'bigint') {
    if (value > I64_MAX) throw new JsonLineError('a property beyond 64 bits with a sign')
    return { type: 'integer', value }
  }
  if (Array.isArray(value)) return { type: 'array', items: value.map((item) => decodeProperty(item, depth + 1)) }
  return decodeTagged(value) ?? { type: 'map', entries: decodeProperties(value, depth + 1) }
}
