import type { Graph, GraphEdge, GraphNode, Properties } from '../../../../src-main/sandbox/graph/graph.ts'

/** A graph as plain maps: what the real one is compared with. */
export class ModelGraph {
  nodes = new Map<number, { labels: readonly string[]; properties: Properties }>()
  edges = new Map<number, Omit<GraphEdge, 'id'>>()
  nextNodeId = 1
  nextEdgeId = 1

  copy(): ModelGraph {
    const copy = new ModelGraph()
    copy.nodes = new Map(this.nodes)
    copy.edges = new Map(this.edges)
    copy.nextNodeId = this.nextNodeId
    copy.nextEdgeId = this.nextEdgeId
    return copy
  }

  /** Everything that a graph tells, as one value to compare. */
  content(labels: readonly string[]): GraphContent {
    const nodes = [...this.nodes].sort(byId).map(([id, node]) => plainNode({ id, ...node }))
    const edges = [...this.edges].sort(byId).map(([id, edge]) => plainEdge({ id, ...edge }))
    return {
      nodes,
      labels: labels.map((label) => nodes.filter((node) => node.labels.includes(label)).map(({ id }) => id)),
      counts: [nodes.length, ...labels.map((label) => nodes.filter((node) => node.labels.includes(label)).length)],
      outgoing: nodes.map(({ id }) => edges.filter(({ sourceId }) => sourceId === id)),
      incoming: nodes.map(({ id }) => edges.filter(({ targetId }) => targetId === id)),
    }
  }
}

export type GraphContent = ReturnType<typeof contentOf>

/** The same of a real graph, asked in every way there is. */
export function contentOf(graph: Graph, labels: readonly string[]) {
  const nodes = [...graph.nodes(null)].map(plainNode)
  return {
    nodes,
    labels: labels.map((label) => [...graph.nodes(label)].map(({ id }) => id)),
    counts: [graph.nodeCount(null), ...labels.map((label) => graph.nodeCount(label))],
    outgoing: nodes.map(({ id }) => [...graph.edgesOf(id, 'out', [])].map(plainEdge)),
    incoming: nodes.map(({ id }) => [...graph.edgesOf(id, 'in', [])].map(plainEdge)),
  }
}

export function plainNode({ id, labels, properties }: GraphNode) {
  return { id, labels: [...labels], properties: Object.fromEntries(properties) }
}

export function plainEdge({ id, edgeType, sourceId, targetId, properties }: GraphEdge) {
  return { id, edgeType, sourceId, targetId, properties: Object.fromEntries(properties) }
}

function byId([left]: readonly [number, unknown], [right]: readonly [number, unknown]): number {
  return left - right
}
