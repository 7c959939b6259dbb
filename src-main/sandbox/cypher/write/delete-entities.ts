import { AppError } from '#base/app-error.ts'
import type { Compiler } from '../evaluate/compiler.ts'
import type { Execution } from '../evaluate/execution.ts'
import type { Row } from '../evaluate/scope.ts'
import type { Clause } from '../syntax/syntax-tree.ts'
import { type CypherValue, isList, isMap, kindText } from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'

type DeleteClause = Extract<Clause, { kind: 'delete' }>

export type Deletion = {
  /** remembers what a row deletes */
  readonly collect: (row: Row) => void
  /** deletes what was remembered: nothing before the last row, so that no row's search is disturbed */
  readonly deleteAll: () => void
}

export function compileDelete({ targets, isDetach, at }: DeleteClause, compiler: Compiler): Deletion {
  const { execution } = compiler
  const evaluated = targets.map((target) => compiler.compile(target))
  const nodeIds: number[] = []
  const edgeIds: number[] = []
  return {
    collect: (row) => {
      for (const target of evaluated) execution.located(at, () => addIds(target(row), nodeIds, edgeIds))
    },
    deleteAll: () => {
      for (const edgeId of edgeIds) deleteEdge(execution, edgeId)
      for (const nodeId of nodeIds) deleteNode(execution, nodeId, isDetach, at)
    },
  }
}

function addIds(value: CypherValue, nodeIds: number[], edgeIds: number[]): void {
  if (value === null) return
  if (typeof value !== 'object' || isList(value) || isMap(value) || value.kind === 'stored')
    throw new ValueProblem(`DELETE needs a node, a relationship or a path, not ${kindText(value)}`)
  if (value.kind === 'node') nodeIds.push(value.id)
  else if (value.kind === 'edge') edgeIds.push(value.id)
  else {
    for (const node of value.nodes) nodeIds.push(node.id)
    for (const edge of value.edges) edgeIds.push(edge.id)
  }
}

function deleteEdge(execution: Execution, edgeId: number): void {
  execution.expand()
  if (execution.graph.edge(edgeId) === null) return
  execution.markChanged()
  execution.graph.deleteEdge(edgeId)
  execution.counts.edgesDeleted += 1
}

function deleteNode(execution: Execution, nodeId: number, isDetach: boolean, at: number): void {
  execution.expand()
  const { graph } = execution
  if (graph.node(nodeId) === null) return
  const edges = [...graph.edgesOf(nodeId, 'both', [])]
  if (edges.length > 0 && !isDetach) throw hasEdges(execution, nodeId, at)
  for (const edge of edges) deleteEdge(execution, edge.id)
  execution.markChanged()
  graph.deleteNode(nodeId)
  execution.counts.nodesDeleted += 1
}

function hasEdges(execution: Execution, nodeId: number, at: number): AppError {
  const { code, facts } = execution.error(at, `node ${nodeId} still has relationships`)
  return new AppError(code, { ...facts, nextStep: 'Use DETACH DELETE to delete them with it.' })
}
