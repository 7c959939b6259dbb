import { pathText, storedText } from './equality.ts'
import { type CypherValue, type Entity, isList, isMap, type StoredValue } from './value.ts'

/**
 * A text that is the same for values that group together and for no others: as `=`, but null groups with null and NaN
 * with NaN. Texts carry their length, so none can look like the parts of another.
 */
export function groupKey(value: CypherValue): string {
  if (value === null) return '_'
  switch (typeof value) {
    case 'boolean':
      return value ? 't' : 'f'
    case 'bigint':
      return `i${value}`
    case 'number':
      return Number.isInteger(value) ? `i${BigInt(value)}` : `d${value}`
    case 'string':
      return `s${value.length}:${value}`
    default:
      return objectKey(value)
  }
}

/** One key for several values. */
export function groupKeyOf(values: readonly CypherValue[]): string {
  return values.map(groupKey).join()
}

function objectKey(value: Exclude<CypherValue, null | boolean | bigint | number | string>): string {
  if (isList(value)) return `[${value.map(groupKey).join()}]`
  if (isMap(value)) {
    const names = [...value.keys()].sort()
    return `{${names.map((name) => `${groupKey(name)}=${groupKey(value.get(name) ?? null)}`).join()}}`
  }
  return entityKey(value)
}

function entityKey(value: Entity | StoredValue): string {
  switch (value.kind) {
    case 'node':
      return `n${value.id}`
    case 'edge':
      return `e${value.id}`
    case 'path':
      return `p(${pathText(value)})`
    case 'stored': {
      const text = storedText(value)
      return `v${text.length}:${text}`
    }
  }
}
