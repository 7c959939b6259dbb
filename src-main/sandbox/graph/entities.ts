import { decodeStoredEdge, decodeStoredNode } from '../../samyama/rows.ts'
import type { Generation } from '../../samyama/variants.ts'
import type { GraphEdge, GraphNode, Properties } from './graph.ts'

/** What this server writes: the newest order of property variants (docs/formats/samyama.md §1.6). */
export const WRITTEN_GENERATION: Generation = 'B'

/** A node over the bytes of its row, which never change; most queries ask for the properties of few nodes. */
export function nodeOver(id: number, labels: readonly string[], row: Uint8Array): GraphNode {
  let properties: Properties | null = null
  return {
    id,
    labels,
    get properties() {
      properties ??= byName(decodeStoredNode(row, WRITTEN_GENERATION))
      return properties
    },
  }
}

export function edgeOver(edge: Omit<GraphEdge, 'properties'>, row: Uint8Array): GraphEdge {
  let properties: Properties | null = null
  return {
    id: edge.id,
    edgeType: edge.edgeType,
    sourceId: edge.sourceId,
    targetId: edge.targetId,
    get properties() {
      properties ??= byName(decodeStoredEdge(row, WRITTEN_GENERATION))
      return properties
    },
  }
}

function byName(row: ReturnType<typeof decodeStoredNode> | ReturnType<typeof decodeStoredEdge>): Properties {
  return new Map(row.properties.map(({ name, value }) => [name, value]))
}
