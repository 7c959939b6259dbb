import { assert } from '#base/assert.ts'
import type { Row } from '../evaluate/scope.ts'
import { type CypherValue, type EdgeValue, isList, type NodeValue, type PathValue } from '../values/value.ts'
import type { Operator, PartElements } from './match-types.ts'
import { edgeIn, nodeIn } from './row-entities.ts'

/** Puts the path of a pattern that was found into its variable. */
export function bindPath(part: PartElements, pathSlot: number): Operator {
  return function* bind(input) {
    for (const row of input) {
      row[pathSlot] = pathOf(part, row)
      yield row
    }
  }
}

/** The path that the elements of a part make in a row where all of them are bound. */
export function pathOf({ nodes, edges }: PartElements, row: Row): PathValue {
  const pathNodes: NodeValue[] = []
  const pathEdges: EdgeValue[] = []
  for (const [index, node] of nodes.entries()) {
    const edge = edges[index - 1]
    if (edge !== undefined) addEdges(pathNodes, pathEdges, edgesIn(row, edge.slot, edge.variable))
    const value = nodeIn(row, node.slot, node.variable)
    assert(value !== null, 'a pattern that was found has its nodes')
    if (pathNodes.length > pathEdges.length) pathNodes.pop()
    pathNodes.push(value)
  }
  return { kind: 'path', nodes: pathNodes, edges: pathEdges }
}

/** Adds edges and the nodes at their ends, going on from the last node. */
function addEdges(nodes: NodeValue[], edges: EdgeValue[], added: readonly EdgeValue[]): void {
  for (const edge of added) {
    const last = nodes.at(-1)
    const nextId = edge.sourceId === last?.id ? edge.targetId : edge.sourceId
    edges.push(edge)
    nodes.push({ kind: 'node', id: nextId, snapshot: null })
  }
}

function edgesIn(row: Row, slot: number, variable: string): EdgeValue[] {
  const value: CypherValue = row[slot] ?? null
  if (value !== null && isList(value)) return value.filter(isEdge)
  const edge = edgeIn(row, slot, variable)
  assert(edge !== null, 'a pattern that was found has its edges')
  return [edge]
}

function isEdge(value: CypherValue): value is EdgeValue {
  return value !== null && typeof value === 'object' && 'kind' in value && value.kind === 'edge'
}
