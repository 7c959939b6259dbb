import {
  type CypherList,
  type CypherMap,
  type CypherValue,
  type Entity,
  isList,
  isMap,
  type StoredValue,
} from './value.ts'

/**
 * `=` of openCypher: true, false, or null where a null leaves it open. Values of different kinds are not equal;
 * integers and floats compare by number, without rounding; NaN equals nothing.
 */
export function equals(left: CypherValue, right: CypherValue): boolean | null {
  if (left === null || right === null) return null
  if (typeof left !== 'object' || typeof right !== 'object') return scalarsEqual(left, right)
  if (isList(left)) return isList(right) ? listsEqual(left, right) : false
  if (isMap(left)) return isMap(right) ? mapsEqual(left, right) : false
  if (isList(right) || isMap(right)) return false
  return entitiesEqual(left, right)
}

function scalarsEqual(left: CypherValue, right: CypherValue): boolean {
  if (typeof left === 'bigint' && typeof right === 'number') return Number.isInteger(right) && BigInt(right) === left
  if (typeof left === 'number' && typeof right === 'bigint') return Number.isInteger(left) && BigInt(left) === right
  return left === right
}

function listsEqual(left: CypherList, right: CypherList): boolean | null {
  if (left.length !== right.length) return false
  let isKnown = true
  for (const [index, item] of left.entries()) {
    const equal = equals(item, right[index] ?? null)
    if (equal === false) return false
    if (equal === null) isKnown = false
  }
  return isKnown ? true : null
}

function mapsEqual(left: CypherMap, right: CypherMap): boolean | null {
  if (left.size !== right.size) return false
  for (const name of left.keys()) if (!right.has(name)) return false
  let isKnown = true
  for (const [name, item] of left) {
    const equal = equals(item, right.get(name) ?? null)
    if (equal === false) return false
    if (equal === null) isKnown = false
  }
  return isKnown ? true : null
}

function entitiesEqual(left: Entity | StoredValue, right: Entity | StoredValue): boolean {
  switch (left.kind) {
    case 'node':
    case 'edge':
      return right.kind === left.kind && right.id === left.id
    case 'path':
      return right.kind === 'path' && pathText(left) === pathText(right)
    case 'stored':
      return right.kind === 'stored' && storedText(left) === storedText(right)
  }
}

/** The ids along a path: equal for equal paths and no others. */
export function pathText(path: Extract<Entity, { kind: 'path' }>): string {
  return `${path.nodes.map((node) => node.id).join()};${path.edges.map((edge) => edge.id).join()}`
}

/** Equal for equal stored values and no others. */
export function storedText({ value }: StoredValue): string {
  return JSON.stringify(value, (_name, field: unknown) => {
    if (typeof field === 'bigint') return String(field)
    return field instanceof Float32Array ? Array.from(field, String) : field
  })
}
