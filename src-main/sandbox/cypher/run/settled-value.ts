import type { Execution } from '../evaluate/execution.ts'
import { isStoredList } from '../values/property-conversion.ts'
import { type CypherList, type CypherMap, type CypherValue, isList, isMap } from '../values/value.ts'

/** A value of the answer: its nodes and relationships with what they hold now; deleted ones without. */
export function settled(value: CypherValue, execution: Execution): CypherValue {
  if (value === null || typeof value !== 'object') return value
  if (isList(value)) return mayHoldEntity(value) ? value.map((item) => settled(item, execution)) : value
  if (isMap(value)) return settledMap(value, execution)
  const { graph } = execution
  const isFresh = !execution.hasChanged
  switch (value.kind) {
    case 'node':
      return isFresh && value.snapshot !== null ? value : { ...value, snapshot: graph.node(value.id) }
    case 'edge':
      return isFresh && value.snapshot !== null ? value : { ...value, snapshot: graph.edge(value.id) }
    case 'path':
      return {
        kind: 'path',
        nodes: value.nodes.map((node) => ({ ...node, snapshot: graph.node(node.id) })),
        edges: value.edges.map((edge) => ({ ...edge, snapshot: graph.edge(edge.id) })),
      }
    case 'stored':
      return value
  }
}

/** Other lists are left as they are: they may be long, and those out of properties must stay known as such. */
function mayHoldEntity(list: CypherList): boolean {
  return !isStoredList(list) && list.some((item) => item !== null && typeof item === 'object')
}

function settledMap(map: CypherMap, execution: Execution): CypherMap {
  return new Map(Array.from(map, ([name, item]) => [name, settled(item, execution)]))
}
