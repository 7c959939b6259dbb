import { AppError } from '#base/app-error.ts'
import { limits } from '#base/limits.ts'
import type { GraphEdge } from '../../graph/graph.ts'
import type { Execution } from '../evaluate/execution.ts'
import type { Row } from '../evaluate/scope.ts'
import { equals } from '../values/equality.ts'
import { fromProperty } from '../values/property-conversion.ts'
import { type CypherValue, edgeValue } from '../values/value.ts'
import { isEdgeUsed } from './edge-use.ts'
import { arrives, directionOf, type EdgeStep, otherEnd } from './expand-edges.ts'
import type { Operator } from './match-types.ts'
import { nodeIn } from './row-entities.ts'

type Wanted = readonly { readonly name: string; readonly value: CypherValue }[]
type Level = { readonly nodeId: number; readonly edges: Iterator<GraphEdge> }

/** Goes over every path of the lengths asked for that uses no edge twice: depth first, without recursion. */
export function expandPaths(step: EdgeStep, execution: Execution): Operator {
  const { edge, from } = step
  const shortest = edge.length?.from ?? 1
  return function* expand(input) {
    for (const row of input) {
      const start = nodeIn(row, from.slot, from.variable)
      if (start === null) continue
      const wanted = edge.properties.map(({ name, value }) => ({ name, value: value(row) }))
      for (const { nodeId, path } of walk(step, row, start.id, wanted, execution)) {
        if (path.length < shortest || !arrives(step, row, nodeId, execution)) continue
        const edges = path.map(edgeValue)
        row[edge.slot] = step.isBackwards ? edges.reverse() : edges
        yield row
      }
    }
  }
}

type Reached = { readonly nodeId: number; readonly path: readonly GraphEdge[] }

function* walk(step: EdgeStep, row: Row, startId: number, wanted: Wanted, execution: Execution): Generator<Reached> {
  const longest = step.edge.length?.to ?? null
  const path: GraphEdge[] = []
  const levels: Level[] = []
  const open = (nodeId: number) => {
    if (longest !== null && path.length >= longest) return
    const edges = execution.graph.edgesOf(nodeId, directionOf(step), step.edge.edgeTypes)
    levels.push({ nodeId, edges: edges[Symbol.iterator]() })
  }
  yield { nodeId: startId, path }
  open(startId)
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    path.length = levels.length - 1
    const next = level.edges.next()
    if (next.done === true) {
      levels.pop()
      continue
    }
    execution.expand()
    if (!fits(step, row, path, next.value, wanted)) continue
    checkLength(path.length + 1)
    path.push(next.value)
    const nodeId = otherEnd(next.value, level.nodeId)
    yield { nodeId, path }
    open(nodeId)
  }
}

function fits(step: EdgeStep, row: Row, path: readonly GraphEdge[], edge: GraphEdge, wanted: Wanted): boolean {
  if (path.some((earlier) => earlier.id === edge.id) || isEdgeUsed(row, step.usedEdges, edge.id)) return false
  return wanted.every(({ name, value }) => {
    const property = edge.properties.get(name)
    return property !== undefined && equals(fromProperty(property), value) === true
  })
}

/** A path cut off where it became long would be a wrong answer. */
function checkLength(length: number): void {
  if (length > limits.pathLengthMax)
    throw new AppError('LIMIT_EXCEEDED', {
      message: `a path has ${limits.pathLengthMax} relationships at most`,
      nextStep: 'Give the pattern an upper length, as in [*1..5].',
    })
}
