import type { Direction, GraphEdge } from '../../graph/graph.ts'
import type { Execution } from '../evaluate/execution.ts'
import type { Row } from '../evaluate/scope.ts'
import { edgeValue, type NodeValue, nodeValue } from '../values/value.ts'
import { isEdgeUsed } from './edge-use.ts'
import type { EdgeElement, NodeElement, Operator } from './match-types.ts'
import { edgeIn, nodeIn } from './row-entities.ts'
import { hasLabels } from './scan-nodes.ts'

/** One step of a pattern, from a bound node over an edge to a node that may be bound as well. */
export type EdgeStep = {
  readonly from: NodeElement
  readonly edge: EdgeElement
  readonly to: NodeElement
  /** the pattern is walked against its reading direction */
  readonly isBackwards: boolean
  readonly isEdgeBound: boolean
  readonly isToBound: boolean
  /** slots of edges that this MATCH has gone over already */
  readonly usedEdges: readonly number[]
}

const opposite = { out: 'in', in: 'out', both: 'both' } as const

/** The direction in which the step leaves `from`. */
export function directionOf({ edge, isBackwards }: EdgeStep): Direction {
  return isBackwards ? opposite[edge.direction] : edge.direction
}

/** Goes over each fitting edge of the bound node, once per row. */
export function expandEdges(step: EdgeStep, execution: Execution): Operator {
  const { edge, from } = step
  return function* expand(input) {
    for (const row of input) {
      const start = nodeIn(row, from.slot, from.variable)
      if (start === null) continue
      for (const candidate of candidates(step, row, start, execution)) {
        execution.expand()
        if (isEdgeUsed(row, step.usedEdges, candidate.id)) continue
        if (!arrives(step, row, otherEnd(candidate, start.id), execution)) continue
        if (!step.isEdgeBound) row[edge.slot] = edgeValue(candidate)
        yield row
      }
    }
  }
}

function candidates(step: EdgeStep, row: Row, start: NodeValue, execution: Execution): Iterable<GraphEdge> {
  const direction = directionOf(step)
  const { edge } = step
  if (!step.isEdgeBound) return execution.graph.edgesOf(start.id, direction, edge.edgeTypes)
  const bound = edgeIn(row, edge.slot, edge.variable)
  if (bound === null) return []
  const isOfType = edge.edgeTypes.length === 0 || edge.edgeTypes.includes(bound.edgeType)
  const leaves = bound.sourceId === start.id && direction !== 'in'
  const enters = bound.targetId === start.id && direction !== 'out'
  return isOfType && (leaves || enters) ? [execution.edge(bound)] : []
}

/** The end of an edge that is not the given one; a loop has one end. */
export function otherEnd(edge: GraphEdge, nodeId: number): number {
  return edge.sourceId === nodeId ? edge.targetId : edge.sourceId
}

/** Binds the node at the end of a step, or compares it if it is bound. */
export function arrives({ to, isToBound }: EdgeStep, row: Row, nodeId: number, execution: Execution): boolean {
  if (isToBound) {
    const bound = nodeIn(row, to.slot, to.variable)
    return bound !== null && bound.id === nodeId && hasLabels(bound, to.labels, execution)
  }
  const target = reached(nodeId, to, execution)
  if (target === null) return false
  row[to.slot] = target
  return true
}

/** An edge whose node is missing leads nowhere. */
function reached(nodeId: number, to: NodeElement, execution: Execution): NodeValue | null {
  const node = execution.graph.node(nodeId)
  if (node === null) return null
  const value = nodeValue(node)
  return hasLabels(value, to.labels, execution) ? value : null
}
