import type { PropertyValue, TemporalType } from '../../../samyama/property-value.ts'
import type { GraphEdge, GraphNode } from '../../graph/graph.ts'

/**
 * A value in a query: integers are bigints of 64 bits, floats are numbers. Maps have an order for showing, none for
 * comparing. What queries carry but do not take apart stays as the engine stores it.
 */
export type CypherValue = null | boolean | bigint | number | string | CypherList | CypherMap | Entity | StoredValue

export type CypherList = readonly CypherValue[]
export type CypherMap = ReadonlyMap<string, CypherValue>

/** A node. `snapshot` is what was read when it was found; null: not read, or deleted. */
export type NodeValue = { readonly kind: 'node'; readonly id: number; readonly snapshot: GraphNode | null }
/** A relationship; but for its properties, which are in the snapshot, nothing about it can change. */
export type EdgeValue = {
  readonly kind: 'edge'
  readonly id: number
  readonly edgeType: string
  readonly sourceId: number
  readonly targetId: number
  readonly snapshot: GraphEdge | null
}
/** nodes.length is edges.length + 1. */
export type PathValue = {
  readonly kind: 'path'
  readonly nodes: readonly NodeValue[]
  readonly edges: readonly EdgeValue[]
}
export type Entity = NodeValue | EdgeValue | PathValue

export type StoredValue = {
  readonly kind: 'stored'
  readonly value: Extract<PropertyValue, { type: TemporalType | 'vector' }>
}

export function nodeValue(node: GraphNode): NodeValue {
  return { kind: 'node', id: node.id, snapshot: node }
}

export function edgeValue(edge: GraphEdge): EdgeValue {
  const { id, edgeType, sourceId, targetId } = edge
  return { kind: 'edge', id, edgeType, sourceId, targetId, snapshot: edge }
}

export function isList(value: CypherValue): value is CypherList {
  return Array.isArray(value)
}

export function isMap(value: CypherValue): value is CypherMap {
  return value instanceof Map
}

/** For messages: `an integer`, `a list`. */
export function kindText(value: CypherValue): string {
  if (value === null) return 'null'
  if (isList(value)) return 'a list'
  if (isMap(value)) return 'a map'
  switch (typeof value) {
    case 'boolean':
      return 'a boolean'
    case 'bigint':
      return 'an integer'
    case 'number':
      return 'a float'
    case 'string':
      return 'a string'
    default:
      return entityText(value as Entity | StoredValue)
  }
}

function entityText(value: Entity | StoredValue): string {
  switch (value.kind) {
    case 'node':
      return 'a node'
    case 'edge':
      return 'a relationship'
    case 'path':
      return 'a path'
    case 'stored':
      return value.value.type === 'vector' ? 'a vector' : 'a time'
  }
}
