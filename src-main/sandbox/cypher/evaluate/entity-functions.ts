import { propertyMap } from '../values/property-conversion.ts'
import {
  type CypherMap,
  type CypherValue,
  type EdgeValue,
  isList,
  isMap,
  kindText,
  type NodeValue,
  type PathValue,
} from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'
import { type CypherFunction, ofOne } from './cypher-function.ts'
import type { Execution } from './execution.ts'

type Tagged = Extract<CypherValue, { kind: string }>

export const entityFunctions: readonly (readonly [string, CypherFunction])[] = [
  ['id', ofOne((value) => BigInt(nodeOrEdge('id', value).id))],
  ['labels', ofOne((value, execution) => [...execution.node(nodeIn('labels', value)).labels])],
  ['type', ofOne((value) => edgeIn('type', value).edgeType)],
  ['properties', ofOne(propertiesOf)],
  ['keys', ofOne((value, execution) => [...propertiesOf(value, execution).keys()])],
  ['startnode', ofOne((value) => unread(edgeIn('startNode', value).sourceId))],
  ['endnode', ofOne((value) => unread(edgeIn('endNode', value).targetId))],
  ['nodes', ofOne((value) => pathIn('nodes', value).nodes)],
  ['relationships', ofOne((value) => pathIn('relationships', value).edges)],
  ['length', ofOne((value) => BigInt(pathIn('length', value).edges.length))],
]

function propertiesOf(value: Exclude<CypherValue, null>, execution: Execution): CypherMap {
  if (isMap(value)) return value
  const entity = nodeOrEdge('properties', value)
  return propertyMap((entity.kind === 'node' ? execution.node(entity) : execution.edge(entity)).properties)
}

function unread(nodeId: number): NodeValue {
  return { kind: 'node', id: nodeId, snapshot: null }
}

function tagged(value: CypherValue): Tagged | null {
  return value === null || typeof value !== 'object' || isList(value) || isMap(value) ? null : value
}

function nodeOrEdge(name: string, value: CypherValue): NodeValue | EdgeValue {
  const entity = tagged(value)
  if (entity?.kind === 'node' || entity?.kind === 'edge') return entity
  throw new ValueProblem(`${name}() is not defined for ${kindText(value)}`)
}

function nodeIn(name: string, value: CypherValue): NodeValue {
  const entity = tagged(value)
  if (entity?.kind === 'node') return entity
  throw new ValueProblem(`${name}() needs a node, not ${kindText(value)}`)
}

function edgeIn(name: string, value: CypherValue): EdgeValue {
  const entity = tagged(value)
  if (entity?.kind === 'edge') return entity
  throw new ValueProblem(`${name}() needs a relationship, not ${kindText(value)}`)
}

function pathIn(name: string, value: CypherValue): PathValue {
  const entity = tagged(value)
  if (entity?.kind === 'path') return entity
  throw new ValueProblem(`${name}() needs a path, not ${kindText(value)}`)
}
