import { assert } from '#base/assert.ts'
import type { PropertyValue } from '../../../samyama/property-value.ts'
import { type CypherList, type CypherMap, type CypherValue, isList, isMap } from './value.ts'
import { bounded } from './weight.ts'

/** Lists that came out of a property as they are: the engine shows them in another way than lists of the query. */
const storedLists = new WeakSet<object>()

export function isStoredList(list: CypherList): boolean {
  return storedLists.has(list)
}

/** What a query sees of a stored value; of a name that a map holds twice, the last. */
export function fromProperty(property: PropertyValue): CypherValue {
  switch (property.type) {
    case 'string':
    case 'integer':
    case 'float':
    case 'boolean':
      return property.value
    case 'null':
      return null
    case 'array':
      return storedList(property.items)
    case 'map':
      return new Map(property.entries.map(({ name, value }) => [name, fromProperty(value)]))
    default:
      return { kind: 'stored', value: property }
  }
}

/** What is stored for a value, or null where the engine has no property of its kind: nodes, relationships, paths. */
export function toProperty(value: CypherValue): PropertyValue | null {
  if (value === null) return { type: 'null' }
  if (isList(value)) return arrayProperty(value)
  if (isMap(value)) return mapProperty(value)
  switch (typeof value) {
    case 'string':
      return { type: 'string', value }
    case 'bigint':
      return { type: 'integer', value }
    case 'number':
      return { type: 'float', value }
    case 'boolean':
      return { type: 'boolean', value }
    default:
      assert(typeof value === 'object' && 'kind' in value, 'the rest are entities and stored values')
      return value.kind === 'stored' ? value.value : null
  }
}

/** Properties of an entity as a map, without nulls. */
export function propertyMap(properties: ReadonlyMap<string, PropertyValue>): CypherMap {
  const map = new Map<string, CypherValue>()
  for (const [name, property] of properties) {
    const value = fromProperty(property)
    if (value !== null) map.set(name, value)
  }
  return bounded(map)
}

function storedList(items: readonly PropertyValue[]): CypherList {
  const list = bounded(items.map(fromProperty))
  storedLists.add(list)
  return list
}

function arrayProperty(list: CypherList): PropertyValue | null {
  const items: PropertyValue[] = []
  for (const item of list) {
    const property = toProperty(item)
    if (property === null) return null
    items.push(property)
  }
  return { type: 'array', items }
}

function mapProperty(map: CypherMap): PropertyValue | null {
  const entries: { name: string; value: PropertyValue }[] = []
  for (const [name, item] of map) {
    const value = toProperty(item)
    if (value === null) return null
    entries.push({ name, value })
  }
  return { type: 'map', entries }
}
