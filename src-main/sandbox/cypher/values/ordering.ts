import { compareText } from './compare-text.ts'
import { equals, pathText, storedText } from './equality.ts'
import { compareTimes } from './temporal-order.ts'
import { type CypherList, type CypherMap, type CypherValue, isList, isMap } from './value.ts'

type Sign = -1 | 0 | 1

/**
 * `<` and its kind: null where the two cannot be compared (different kinds, nulls), else the sign. NaN is less than
 * nothing and greater than nothing: NaN as the answer, of which every comparison is false.
 */
export function compare(left: CypherValue, right: CypherValue): number | null {
  if (left === null || right === null) return null
  if (isNumber(left)) return isNumber(right) ? compareNumbers(left, right) : null
  if (typeof left === 'string') return typeof right === 'string' ? compareText(left, right) : null
  if (typeof left === 'boolean') return typeof right === 'boolean' ? Number(left) - Number(right) : null
  if (isList(left)) return isList(right) ? compareLists(left, right) : null
  if (isMap(left) || isList(right) || isMap(right) || typeof right !== 'object') return null
  return left.kind === 'stored' && right.kind === 'stored' ? compareTimes(left.value, right.value) : null
}

/** The order of ORDER BY, min and max: total, over all kinds, null last. */
export function order(left: CypherValue, right: CypherValue): number {
  const leftRank = rank(left)
  const difference = leftRank - rank(right)
  if (difference !== 0) return difference
  if (isNumber(left) && isNumber(right)) return orderNumbers(left, right)
  if (isList(left) && isList(right)) return orderLists(left, right)
  if (isMap(left) && isMap(right)) return orderMaps(left, right)
  return orderObjects(left, right)
}

function isNumber(value: CypherValue): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number'
}

function compareNumbers(left: bigint | number, right: bigint | number): number {
  if (left < right) return -1
  if (left > right) return 1
  return equals(left, right) === true ? 0 : Number.NaN
}

/** As `<`, with NaN above all other numbers. */
function orderNumbers(left: bigint | number, right: bigint | number): number {
  const sign = compareNumbers(left, right)
  return Number.isNaN(sign) ? Number(Number.isNaN(left)) - Number(Number.isNaN(right)) : sign
}

function compareLists(left: CypherList, right: CypherList): number | null {
  const common = Math.min(left.length, right.length)
  for (let index = 0; index < common; index += 1) {
    const sign = compare(left[index] ?? null, right[index] ?? null)
    if (sign !== 0) return sign
  }
  return signOf(left.length - right.length)
}

function orderLists(left: CypherList, right: CypherList): number {
  const common = Math.min(left.length, right.length)
  for (let index = 0; index < common; index += 1) {
    const sign = order(left[index] ?? null, right[index] ?? null)
    if (sign !== 0) return sign
  }
  return left.length - right.length
}

/** By size, then by names, then by values: maps have no order of their own, but sorting needs one. */
function orderMaps(left: CypherMap, right: CypherMap): number {
  const leftNames = [...left.keys()].sort(compareText)
  const rightNames = [...right.keys()].sort(compareText)
  const sign = left.size - right.size || orderLists(leftNames, rightNames)
  if (sign !== 0) return sign
  const values = (map: CypherMap, names: string[]) => names.map((name) => map.get(name) ?? null)
  return orderLists(values(left, leftNames), values(right, rightNames))
}

function orderObjects(left: CypherValue, right: CypherValue): number {
  if (left !== null && right !== null && typeof left === 'object' && typeof right === 'object') {
    if (isList(left) || isMap(left) || isList(right) || isMap(right)) return 0
    if ('id' in left && 'id' in right) return left.id - right.id
    if (left.kind === 'path' && right.kind === 'path') return compareText(pathText(left), pathText(right))
    if (left.kind === 'stored' && right.kind === 'stored')
      return compareTimes(left.value, right.value) ?? compareText(storedText(left), storedText(right))
  }
  return compare(left, right) ?? 0
}

/** Kinds in ascending order, as openCypher sorts them. */
function rank(value: CypherValue): number {
  if (value === null) return 9
  if (isMap(value)) return 0
  if (isList(value)) return 3
  switch (typeof value) {
    case 'string':
      return 6
    case 'boolean':
      return 7
    case 'bigint':
    case 'number':
      return 8
    default:
      return { node: 1, edge: 2, path: 4, stored: 5 }[(value as Extract<CypherValue, { kind: string }>).kind]
  }
}

function signOf(difference: number): Sign {
  return difference < 0 ? -1 : difference > 0 ? 1 : 0
}
