import type { GraphNode } from '../../graph/graph.ts'
import type { Execution } from '../evaluate/execution.ts'
import type { Evaluate, Row } from '../evaluate/scope.ts'
import { type NodeValue, nodeValue } from '../values/value.ts'
import type { NodeElement, Operator } from './match-types.ts'
import { nodeIn } from './row-entities.ts'

/** All nodes with the element's labels, by the label with the fewest nodes. */
export function scanNodes({ slot, labels }: NodeElement, execution: Execution): Operator {
  const { graph } = execution
  return function* scan(input) {
    const rarest = labels.toSorted((left, right) => graph.nodeCount(left) - graph.nodeCount(right))[0] ?? null
    for (const row of input)
      for (const node of graph.nodes(rarest)) {
        execution.expand()
        if (!hasAll(node, labels)) continue
        row[slot] = nodeValue(node)
        yield row
      }
  }
}

/** The one node with an id, if it is there and has the labels. */
export function lookUpNode({ slot, labels }: NodeElement, nodeId: Evaluate, execution: Execution): Operator {
  return function* lookUp(input) {
    for (const row of input) {
      execution.expand()
      const node = nodeWithId(nodeId(row), execution)
      if (node === null || !hasAll(node, labels)) continue
      row[slot] = nodeValue(node)
      yield row
    }
  }
}

/** Keeps rows whose bound node has the labels; a null has none. */
export function checkNode({ variable, slot, labels }: NodeElement, execution: Execution): Operator {
  return function* check(input) {
    for (const row of input) {
      const node = nodeIn(row, slot, variable)
      if (node !== null && hasLabels(node, labels, execution)) yield row
    }
  }
}

export function hasLabels(node: NodeValue, labels: readonly string[], execution: Execution): boolean {
  return labels.length === 0 || hasAll(execution.node(node), labels)
}

function hasAll(node: GraphNode, labels: readonly string[]): boolean {
  return labels.every((label) => node.labels.includes(label))
}

function nodeWithId(id: ReturnType<Evaluate>, { graph }: Execution): GraphNode | null {
  const number = typeof id === 'bigint' || typeof id === 'number' ? Number(id) : -1
  return Number.isSafeInteger(number) && number >= 0 ? graph.node(number) : null
}

/** Lets rows pass for which all conditions hold. */
export function keepIf(conditions: readonly ((row: Row) => boolean)[]): Operator {
  return function* keep(input) {
    for (const row of input) if (conditions.every((holds) => holds(row))) yield row
  }
}
