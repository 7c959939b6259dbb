import type { Graph } from '../../graph/graph.ts'
import type { CallExpression, SingleQuery } from '../syntax/syntax-tree.ts'

/**
 * The answer to `MATCH (n) RETURN count(n)` and `MATCH (n:Label) RETURN count(*)`, which the graph knows without
 * looking at a node; null for every other query.
 */
export function countedNodes({ clauses }: SingleQuery, graph: Graph): { column: string; count: bigint } | null {
  const [match, last] = clauses
  if (clauses.length !== 2 || match?.kind !== 'match' || last?.kind !== 'return') return null
  const [part] = match.pattern
  if (match.isOptional || match.where !== null || match.pattern.length !== 1 || part === undefined) return null
  const [node] = part.nodes
  if (node === undefined || part.edges.length > 0 || node.properties !== null || node.labels.length > 1) return null
  const { items, isStar, sort, skip, limit } = last.projection
  const [item] = items
  if (isStar || item === undefined || items.length !== 1 || sort.length > 0 || skip !== null || limit !== null)
    return null
  const call = item.expression
  if (call.kind !== 'call' || call.name !== 'count' || !countsNode(call, node.variable)) return null
  return { column: item.name, count: BigInt(graph.nodeCount(node.labels[0] ?? null)) }
}

function countsNode({ isStar, parameters }: CallExpression, variable: string | null): boolean {
  const [counted] = parameters
  if (isStar || counted === undefined) return isStar
  return parameters.length === 1 && counted.kind === 'variable' && counted.name === variable
}
