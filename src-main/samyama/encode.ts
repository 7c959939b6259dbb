import { assert, unreachable } from '#base/assert.ts'
import { BincodeWriter } from './bincode-writer.ts'
import type { PropertyEntry, PropertyValue, TemporalType } from './property-value.ts'
import type { StoredEdge, StoredNode } from './rows.ts'
import { type Generation, variantsOf } from './variants.ts'

/** The bytes of a row of `nodes`, as an engine of that generation writes them. Follows docs/formats/samyama.md §1.5. */
export function encodeStoredNode(node: StoredNode, generation: Generation): Uint8Array {
  const writer = new BincodeWriter().u64(node.id).count(node.labels.length)
  for (const label of node.labels) writer.string(label)
  return writer
    .bytes(encodePropertyMap(node.properties, generation))
    .i64(BigInt(node.createdAtMs))
    .i64(BigInt(node.updatedAtMs))
    .finish()
}

/** The bytes of a row of `edges`, as an engine of that generation writes them. Follows docs/formats/samyama.md §1.5. */
export function encodeStoredEdge(edge: StoredEdge, generation: Generation): Uint8Array {
  return new BincodeWriter()
    .u64(edge.id)
    .u64(edge.source)
    .u64(edge.target)
    .string(edge.edgeType)
    .bytes(encodePropertyMap(edge.properties, generation))
    .i64(BigInt(edge.createdAtMs))
    .finish()
}

/** A bincode PropertyMap with the entries in the given order. */
function encodePropertyMap(entries: readonly PropertyEntry[], generation: Generation): Uint8Array {
  return writeMap(new BincodeWriter(), entries, generation).finish()
}

/** A bincode PropertyValue. The generation must know its type, and those of all values inside it. */
export function encodePropertyValue(value: PropertyValue, generation: Generation): Uint8Array {
  return writeValue(new BincodeWriter(), value, generation).finish()
}

function writeMap(writer: BincodeWriter, entries: readonly PropertyEntry[], generation: Generation): BincodeWriter {
  writer.count(entries.length)
  for (const entry of entries) writeValue(writer.string(entry.name), entry.value, generation)
  return writer
}

function writeValue(writer: BincodeWriter, value: PropertyValue, generation: Generation): BincodeWriter {
  const index = variantsOf(generation).indexOf(value.type)
  assert(index >= 0, `generation ${generation} has the variant ${value.type}`)
  writer.u32(index)
  switch (value.type) {
    case 'string':
      return writer.string(value.value)
    case 'integer':
      return writer.i64(value.value)
    case 'float':
      return writer.f64(value.value)
    case 'boolean':
      return writer.bool(value.value)
    case 'array':
      writer.count(value.items.length)
      for (const item of value.items) writeValue(writer, item, generation)
      return writer
    case 'map':
      return writeMap(writer, value.entries, generation)
    case 'vector':
      writer.count(value.values.length)
      for (const component of value.values) writer.f32(component)
      return writer
    case 'null':
      return writer
    default:
      return writeTemporal(writer, value)
  }
}

type TemporalValue = Extract<PropertyValue, { type: TemporalType }>

function writeTemporal(writer: BincodeWriter, value: TemporalValue): BincodeWriter {
  switch (value.type) {
    case 'dateTime':
      return writer.i64(value.milliseconds)
    case 'date':
      return writer.i32(value.days)
    case 'localTime':
      return writer.i64(value.nanoseconds)
    case 'time':
      return writer.i64(value.nanoseconds).i32(value.offsetSeconds)
    case 'localDateTime':
      return writer.i64(value.seconds).u32(value.nanoseconds)
    case 'zonedDateTime':
      return writer.i64(value.seconds).u32(value.nanoseconds).i32(value.offsetSeconds).optionalString(value.zone)
    case 'duration':
      return writer.i64(value.months).i64(value.days).i64(value.seconds).i32(value.nanoseconds)
    default:
      return unreachable(value)
  }
}
