import { equalBytes } from '#base/bytes.ts'
import type { PropertyEntry, PropertyValue } from '../samyama/property-value.ts'

/** One property with what it was before and what it is after; null: not there. */
export type PropertyChange = {
  readonly name: string
  readonly before: PropertyValue | null
  readonly after: PropertyValue | null
}

/** The properties that differ, in the order of their names. Of a name stored twice the last counts, as for the engine. */
export function propertyChanges(before: readonly PropertyEntry[], after: readonly PropertyEntry[]): PropertyChange[] {
  const [earlier, later] = [byName(before), byName(after)]
  const names = [...new Set([...earlier.keys(), ...later.keys()])].sort()
  return names.flatMap((name) => {
    const change = { name, before: earlier.get(name) ?? null, after: later.get(name) ?? null }
    return isSameProperty(change.before, change.after) ? [] : [change]
  })
}

/** The labels that went and those that came. */
export function labelChanges(
  before: readonly string[],
  after: readonly string[],
): { readonly lost: readonly string[]; readonly added: readonly string[] } {
  return {
    lost: before.filter((label) => !after.includes(label)),
    added: after.filter((label) => !before.includes(label)),
  }
}

/** Equal in type and in every bit: a NaN is a NaN, and a minus zero no zero. Entries of a map have no order. */
export function isSameProperty(left: PropertyValue | null, right: PropertyValue | null): boolean {
  if (left === null || right === null) return left === right
  if (left.type !== right.type) return false
  if (left.type === 'array' && right.type === 'array')
    return (
      left.items.length === right.items.length &&
      left.items.every((item, index) => isSameProperty(item, right.items[index] ?? null))
    )
  if (left.type === 'map' && right.type === 'map') return propertyChanges(left.entries, right.entries).length === 0
  if (left.type === 'vector' && right.type === 'vector') return equalBytes(bytesOf(left.values), bytesOf(right.values))
  const fields = left as unknown as Readonly<Record<string, unknown>>
  const others = right as unknown as Readonly<Record<string, unknown>>
  return Object.keys(fields).every((field) => Object.is(fields[field], others[field]))
}

/** A stored null says no more than its absence. */
function byName(entries: readonly PropertyEntry[]): Map<string, PropertyValue> {
  const map = new Map<string, PropertyValue>()
  for (const { name, value } of entries) {
    if (value.type === 'null') map.delete(name)
    else map.set(name, value)
  }
  return map
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
