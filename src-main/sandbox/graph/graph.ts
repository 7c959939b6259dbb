import type { PropertyValue } from '../../samyama/property-value.ts'

/** Properties by name; a value of type null is never stored: the property is absent. */
export type Properties = ReadonlyMap<string, PropertyValue>

export type GraphNode = {
  readonly id: number
  readonly labels: readonly string[]
  readonly properties: Properties
}

export type GraphEdge = {
  readonly id: number
  readonly edgeType: string
  readonly sourceId: number
  readonly targetId: number
  readonly properties: Properties
}

export type Direction = 'out' | 'in' | 'both'

/**
 * What a query sees and changes: the graph with the changes that this query made so far. Everything is synchronous;
 * queries run one at a time, so nothing else changes in between. Entities are values: after a change, get them anew.
 */
export interface Graph {
  /** Nodes with a label, or all; in ascending order of id. Nodes changed while walking may be seen as before or after. */
  nodes(label: string | null): Iterable<GraphNode>
  nodeCount(label: string | null): number
  node(nodeId: number): GraphNode | null
  edge(edgeId: number): GraphEdge | null
  /** Edges at a node; types empty: of any type. A loop is seen once. */
  edgesOf(nodeId: number, direction: Direction, edgeTypes: readonly string[]): Iterable<GraphEdge>
  createNode(labels: readonly string[], properties: Properties): GraphNode
  createEdge(edgeType: string, sourceId: number, targetId: number, properties: Properties): GraphEdge
  /** Replaces labels and properties of a node. */
  updateNode(nodeId: number, labels: readonly string[], properties: Properties): void
  updateEdge(edgeId: number, properties: Properties): void
  /** @throws AppError BAD_REQUEST when it still has edges */
  deleteNode(nodeId: number): void
  deleteEdge(edgeId: number): void
}
