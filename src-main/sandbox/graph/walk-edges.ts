import type { Direction, GraphEdge } from './graph.ts'
import type { GraphTables } from './graph-tables.ts'

/**
 * The edges of a node that were there when the walk began and still are when it reaches them; outgoing ones first, a loop
 * once. A walk may go on while edges are deleted and created.
 */
export function* walkEdges(
  tables: GraphTables,
  node: number,
  direction: Direction,
  edgeTypes: ReadonlySet<number> | null,
): Generator<GraphEdge> {
  const end = tables.edges.slotCount
  const isWanted = (edge: number) =>
    tables.edges.isAlive(edge) && (edgeTypes === null || edgeTypes.has(tables.typeOf(edge)))
  if (direction !== 'in') {
    const { outgoing } = tables
    for (let edge = outgoing.first(node); edge >= 0 && edge < end; edge = outgoing.next(edge)) {
      if (isWanted(edge)) yield tables.edgeAt(edge)
    }
  }
  if (direction === 'out') return
  const { incoming } = tables
  for (let edge = incoming.first(node); edge >= 0 && edge < end; edge = incoming.next(edge)) {
    const isSeen = direction === 'both' && tables.sourceOf(edge) === node
    if (!isSeen && isWanted(edge)) yield tables.edgeAt(edge)
  }
}
