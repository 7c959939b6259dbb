import fc from 'fast-check'
import type { PropertyValue } from '../../../../src-main/samyama/property-value.ts'
import type { Graph, Properties } from '../../../../src-main/sandbox/graph/graph.ts'
import type { ModelGraph } from './model-graph.ts'

export const modelLabels = ['A', 'B', 'Ünïcode'] as const
const edgeTypes = ['KNOWS', 'OWNS'] as const

/** Numbers choose among what is there when the step is done. */
export type Step =
  | { kind: 'createNode'; labels: readonly string[]; properties: Properties }
  | { kind: 'createEdge'; edgeType: string; source: number; target: number; properties: Properties }
  | { kind: 'updateNode'; at: number; labels: readonly string[]; properties: Properties }
  | { kind: 'updateEdge'; at: number; properties: Properties }
  | { kind: 'deleteNode'; at: number }
  | { kind: 'deleteEdge'; at: number }

/** A query: its steps, and whether it fails at the end. */
export type Query = { steps: readonly Step[]; fails: boolean }

const value: fc.Arbitrary<PropertyValue> = fc.oneof(
  fc.string().map((text) => ({ type: 'string' as const, value: text })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((number) => ({ type: 'integer' as const, value: number })),
  fc.constant({
    type: 'array' as const,
    items: [{ type: 'null' as const }, { type: 'boolean' as const, value: true }],
  }),
  fc.constant({ type: 'null' as const }),
)
const properties = fc
  .array(fc.tuple(fc.constantFrom('p', 'q', 'r'), value), { maxLength: 3 })
  .map((each) => new Map(each))
const labels = fc.uniqueArray(fc.constantFrom(...modelLabels), { maxLength: 3 })
const at = fc.nat(1000)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('createNode' as const), labels, properties }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('createEdge' as const),
      edgeType: fc.constantFrom(...edgeTypes),
      source: at,
      target: at,
      properties,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('updateNode' as const), at, labels, properties }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('updateEdge' as const), at, properties }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deleteNode' as const), at }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deleteEdge' as const), at }) },
)

export const queries: fc.Arbitrary<Query[]> = fc.array(
  fc.record({ steps: fc.array(step, { maxLength: 12 }), fails: fc.boolean() }),
  { minLength: 1, maxLength: 12 },
)

export class PlannedFailure extends Error {}

/** Does a query on the graph and on the model; throws where the query is meant to fail. */
export function runQuery(graph: Graph, model: ModelGraph, query: Query): void {
  for (const each of query.steps) runStep(graph, model, each)
  if (query.fails) throw new PlannedFailure('the query fails at its end')
}

function runStep(graph: Graph, model: ModelGraph, step: Step): void {
  const nodeId = (index: number) => chosen(model.nodes, index)
  const edgeId = (index: number) => chosen(model.edges, index)
  if (step.kind === 'createNode') {
    const node = graph.createNode(step.labels, step.properties)
    model.nodes.set(node.id, { labels: step.labels, properties: kept(step.properties) })
    model.nextNodeId += 1
  } else if (step.kind === 'createEdge') {
    const [sourceId, targetId] = [nodeId(step.source), nodeId(step.target)]
    if (sourceId === null || targetId === null) return
    const { id } = graph.createEdge(step.edgeType, sourceId, targetId, step.properties)
    model.edges.set(id, { edgeType: step.edgeType, sourceId, targetId, properties: kept(step.properties) })
    model.nextEdgeId += 1
  } else if (step.kind === 'updateNode') {
    const id = nodeId(step.at)
    if (id === null) return
    graph.updateNode(id, step.labels, step.properties)
    model.nodes.set(id, { labels: step.labels, properties: kept(step.properties) })
  } else if (step.kind === 'updateEdge') {
    const id = edgeId(step.at)
    if (id === null) return
    graph.updateEdge(id, step.properties)
    model.edges.set(id, { ...model.edges.get(id)!, properties: kept(step.properties) })
  } else if (step.kind === 'deleteEdge') {
    const id = edgeId(step.at)
    if (id === null) return
    graph.deleteEdge(id)
    model.edges.delete(id)
  } else {
    const id = nodeId(step.at)
    if (id === null) return
    if ([...model.edges.values()].some(({ sourceId, targetId }) => sourceId === id || targetId === id)) return
    graph.deleteNode(id)
    model.nodes.delete(id)
  }
}

function chosen(items: ReadonlyMap<number, unknown>, index: number): number | null {
  const ids = [...items.keys()]
  return ids.length === 0 ? null : ids[index % ids.length]!
}

function kept(given: Properties): Properties {
  return new Map([...given].filter(([, { type }]) => type !== 'null'))
}
