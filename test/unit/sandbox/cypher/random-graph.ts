import fc from 'fast-check'
import { MemoryGraph } from './memory-graph.ts'

export type PlainNode = { readonly labels: readonly string[]; readonly x: number | null }
export type PlainEdge = { readonly from: number; readonly to: number; readonly edgeType: string; readonly w: number }
export type PlainGraph = { readonly nodes: readonly PlainNode[]; readonly edges: readonly PlainEdge[] }

/** Small graphs: loops, parallel edges, isolated nodes, absent properties. Ids are places in the arrays. */
export function plainGraphs(edgesMax: number): fc.Arbitrary<PlainGraph> {
  const node = fc.record({
    labels: fc.subarray(['A', 'B']),
    x: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
  })
  return fc.array(node, { minLength: 1, maxLength: 5 }).chain((nodes) => {
    const place = fc.nat({ max: nodes.length - 1 })
    const edge = fc.record({
      from: place,
      to: place,
      edgeType: fc.constantFrom('T', 'U'),
      w: fc.integer({ min: 0, max: 2 }),
    })
    return fc.record({ nodes: fc.constant(nodes), edges: fc.array(edge, { maxLength: edgesMax, size: 'max' }) })
  })
}

export function memoryGraphOf({ nodes, edges }: PlainGraph): MemoryGraph {
  const graph = new MemoryGraph()
  for (const { labels, x } of nodes)
    graph.createNode(labels, new Map(x === null ? [] : [['x', { type: 'integer', value: BigInt(x) }]]))
  for (const { from, to, edgeType, w } of edges)
    graph.createEdge(edgeType, from, to, new Map([['w', { type: 'integer', value: BigInt(w) }]]))
  return graph
}
