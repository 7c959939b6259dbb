import { AppError } from '../../../../src-main/base/app-error.ts'
import type { Direction, Graph, GraphEdge, GraphNode, Properties } from '../../../../src-main/sandbox/graph/graph.ts'

/** A graph in memory that keeps the promises of the interface and nothing more: entities are values, ids go up. */
export class MemoryGraph implements Graph {
  /** nodes handed out by nodes(): how much a query scanned */
  scanned = 0
  readonly #nodes = new Map<number, GraphNode>()
  readonly #edges = new Map<number, GraphEdge>()
  readonly #edgesOfNode = new Map<number, Set<number>>()
  #nextNodeId = 0
  #nextEdgeId = 0

  node(nodeId: number): GraphNode | null {
    return this.#nodes.get(nodeId) ?? null
  }

  *nodes(label: string | null): Iterable<GraphNode> {
    for (const node of this.#nodes.values())
      if (label === null || node.labels.includes(label)) {
        this.scanned += 1
        yield node
      }
  }

  nodeCount(label: string | null): number {
    if (label === null) return this.#nodes.size
    return [...this.#nodes.values()].filter((node) => node.labels.includes(label)).length
  }

  edge(edgeId: number): GraphEdge | null {
    return this.#edges.get(edgeId) ?? null
  }

  *edgesOf(nodeId: number, direction: Direction, edgeTypes: readonly string[]): Iterable<GraphEdge> {
    for (const edgeId of this.#edgesOfNode.get(nodeId) ?? []) {
      const edge = this.#edges.get(edgeId)!
      if (direction === 'out' && edge.sourceId !== nodeId) continue
      if (direction === 'in' && edge.targetId !== nodeId) continue
      if (edgeTypes.length === 0 || edgeTypes.includes(edge.edgeType)) yield edge
    }
  }

  createNode(labels: readonly string[], properties: Properties): GraphNode {
    const node = { id: this.#nextNodeId, labels: [...labels], properties: new Map(properties) }
    this.#nextNodeId += 1
    this.#nodes.set(node.id, node)
    this.#edgesOfNode.set(node.id, new Set())
    return node
  }

  createEdge(edgeType: string, sourceId: number, targetId: number, properties: Properties): GraphEdge {
    const edge = { id: this.#nextEdgeId, edgeType, sourceId, targetId, properties: new Map(properties) }
    this.#nextEdgeId += 1
    this.#edges.set(edge.id, edge)
    this.#edgesOfNode.get(sourceId)!.add(edge.id)
    this.#edgesOfNode.get(targetId)!.add(edge.id)
    return edge
  }

  updateNode(nodeId: number, labels: readonly string[], properties: Properties): void {
    this.#nodes.set(nodeId, { id: nodeId, labels: [...labels], properties: new Map(properties) })
  }

  updateEdge(edgeId: number, properties: Properties): void {
    this.#edges.set(edgeId, { ...this.#edges.get(edgeId)!, properties: new Map(properties) })
  }

  deleteNode(nodeId: number): void {
    if ((this.#edgesOfNode.get(nodeId)?.size ?? 0) > 0)
      throw new AppError('BAD_REQUEST', { message: `node ${nodeId} has edges` })
    this.#nodes.delete(nodeId)
    this.#edgesOfNode.delete(nodeId)
  }

  deleteEdge(edgeId: number): void {
    const edge = this.#edges.get(edgeId)!
    this.#edges.delete(edgeId)
    this.#edgesOfNode.get(edge.sourceId)!.delete(edgeId)
    this.#edgesOfNode.get(edge.targetId)!.delete(edgeId)
  }

  /** Everything in it, as plain values: `1 :A:B {x: …}` for nodes and `2 1-T->3 {…}` for edges. */
  content(): string[] {
    const text = (properties: Properties) =>
      JSON.stringify(Object.fromEntries([...properties].map(([name, property]) => [name, shownProperty(property)])))
    return [
      ...Array.from(this.#nodes.values(), (node) => `${node.id} :${node.labels.join(':')} ${text(node.properties)}`),
      ...Array.from(
        this.#edges.values(),
        (edge) => `${edge.id} ${edge.sourceId}-${edge.edgeType}->${edge.targetId} ${text(edge.properties)}`,
      ),
    ]
  }
}

function shownProperty(property: object): unknown {
  if ('value' in property) return typeof property.value === 'bigint' ? Number(property.value) : property.value
  return JSON.parse(JSON.stringify(property, (_name, field) => (typeof field === 'bigint' ? Number(field) : field)))
}
