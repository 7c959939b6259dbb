import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../src-main/base/app-error.ts'
import type { PropertyValue } from '../../../../src-main/samyama/property-value.ts'
import type { Properties } from '../../../../src-main/sandbox/graph/graph.ts'
import { MemoryGraph } from '../../../../src-main/sandbox/graph/memory-graph.ts'
import { contentOf, ModelGraph, plainEdge, plainNode } from './model-graph.ts'
import { modelLabels, PlannedFailure, queries, runQuery } from './random-query.ts'

const none: Properties = new Map()
const named = (value: string): Properties => new Map([['name', { type: 'string', value }]])

/** Runs a query that is kept. */
function change<Result>(graph: MemoryGraph, query: () => Result): Result {
  graph.begin(1_700_000_000_000, null)
  const result = query()
  graph.commit()
  return result
}

/** Three nodes in a ring, one edge at each, and a loop at the first. */
function ring(): MemoryGraph {
  const graph = new MemoryGraph()
  change(graph, () => {
    for (const name of ['a', 'b', 'c']) graph.createNode(['Ring'], named(name))
    graph.createEdge('NEXT', 1, 2, none)
    graph.createEdge('NEXT', 2, 3, none)
    graph.createEdge('NEXT', 3, 1, none)
    graph.createEdge('SELF', 1, 1, none)
  })
  return graph
}

const badRequest = (message: string) =>
  expect.objectContaining({ code: 'BAD_REQUEST', facts: expect.objectContaining({ message }) })

describe('edges of a node', () => {
  test.each([
    ['out', [], [1, 4]],
    ['in', [], [3, 4]],
    ['both', [], [1, 4, 3]],
    ['both', ['NEXT'], [1, 3]],
    ['both', ['SELF', 'NEXT'], [1, 4, 3]],
    ['out', ['OTHER'], []],
  ] as const)('in direction %s of types %j are %j', (direction, types, expected) => {
    expect([...ring().edgesOf(1, direction, types)].map(({ id }) => id)).toEqual(expected)
  })

  test('that come while they are walked are not seen, and those deleted ahead are left out', () => {
    const graph = ring()
    const seen = change(graph, () => {
      const ids: number[] = []
      for (const edge of graph.edgesOf(1, 'both', [])) {
        ids.push(edge.id)
        graph.createEdge('NEW', 1, 1, none)
        if (edge.id === 1) for (const id of [1, 4]) graph.deleteEdge(id)
      }
      return ids
    })
    expect(seen).toEqual([1, 3])
  })

  test('of a node that is not there are none', () => {
    expect([...ring().edgesOf(9, 'both', [])]).toEqual([])
  })
})

describe('nodes', () => {
  test('created while they are walked are not seen', () => {
    const graph = ring()
    const seen = change(graph, () => [...graph.nodes('Ring')].map(({ id }) => graph.createNode(['Ring'], none).id - id))
    expect(seen).toEqual([3, 3, 3])
    expect([graph.nodeCount('Ring'), graph.nodeCount(null)]).toEqual([6, 6])
  })

  test('keep what they were when they are changed later', () => {
    const graph = ring()
    const before = graph.node(1)!
    change(graph, () => graph.updateNode(1, ['Other'], named('new')))
    expect([before, graph.node(1)!].map(plainNode)).toEqual([
      { id: 1, labels: ['Ring'], properties: { name: { type: 'string', value: 'a' } } },
      { id: 1, labels: ['Other'], properties: { name: { type: 'string', value: 'new' } } },
    ])
  })

  test.each([0, -1, 0.5, 4, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])('with the id %d are not there', (id) => {
    expect([ring().node(id), ring().edge(id === 4 ? 5 : id)]).toEqual([null, null])
  })

  test('with labels given twice have them once, and no properties of type null', () => {
    const graph = new MemoryGraph()
    const node = change(graph, () => graph.createNode(['A', 'B', 'A'], new Map([['x', { type: 'null' }]])))
    expect(plainNode(node)).toEqual({ id: 1, labels: ['A', 'B'], properties: {} })
  })
})

describe('what cannot be done', () => {
  test('is deleting a node with edges, and using what is not there', () => {
    const graph = ring()
    graph.begin(0, null)
    expect(() => graph.deleteNode(1)).toThrow(badRequest('the node still has edges'))
    expect(() => graph.deleteNode(9)).toThrow(badRequest('no such node'))
    expect(() => graph.createEdge('NEXT', 1, 9, none)).toThrow(badRequest('no such node'))
    expect(() => graph.updateEdge(9, none)).toThrow(badRequest('no such edge'))
    expect(() => graph.deleteEdge(9)).toThrow(badRequest('no such edge'))
    expect(graph.hasChanges).toBe(false)
  })

  const deep = () => {
    let value: PropertyValue = { type: 'boolean', value: true }
    for (let depth = 0; depth < 70; depth += 1) value = { type: 'array', items: [value] }
    return value
  }
  test.each([
    ['a text with half a character', { type: 'string', value: '\ud800' }, 'a text is not valid Unicode'],
    ['an integer of 65 bits', { type: 'integer', value: 2n ** 63n }, 'an integer does not fit 64 bits'],
    ['lists nested too deep to be read again', deep(), 'lists and maps are nested deeper than 64'],
    [
      'a bad name in a map',
      { type: 'map', entries: [{ name: '\udc00', value: { type: 'null' } }] },
      'a name is not valid Unicode',
    ],
  ] as const)('is storing %s', (_what, value, message) => {
    const graph = new MemoryGraph()
    graph.begin(0, null)
    expect(() => graph.createNode([], new Map([['p', value]]))).toThrow(badRequest(message))
    expect([graph.hasChanges, graph.nodeCount(null)]).toEqual([false, 0])
  })

  test('is changing anything where it is refused', () => {
    const graph = ring()
    const refusal = new AppError('READ_ONLY', { message: 'no' })
    graph.begin(0, refusal)
    const changes = [
      () => graph.createNode([], none),
      () => graph.createEdge('X', 1, 1, none),
      () => graph.updateNode(1, [], none),
      () => graph.updateEdge(1, none),
      () => graph.deleteNode(1),
      () => graph.deleteEdge(1),
    ]
    for (const each of changes) expect(each).toThrow(refusal)
  })
})

describe('changes of a query', () => {
  test('hold each row once, as it is at the end, and nothing of what came and went', () => {
    const graph = ring()
    graph.begin(1_700_000_000_001, null)
    graph.updateNode(2, ['Ring'], named('first'))
    const passing = graph.createNode([], none)
    graph.updateNode(2, [], named('second'))
    graph.deleteNode(passing.id)
    graph.deleteEdge(4)
    const created = graph.createEdge('NEXT', 1, 3, none)
    const changes = [...graph.changes()].map(({ type, id, row }) => [type, id, row === null])
    expect(changes).toEqual([
      ['node', 2, false],
      ['edge', 4, true],
      ['edge', created.id, false],
    ])
  })

  test('are undone as if nothing had been, ids included', () => {
    fc.assert(
      fc.property(queries, fc.constantFrom(0, 3, 1_000_000), (all, garbage) => {
        const graph = new MemoryGraph({ rowBytes: garbage * 10, slots: garbage })
        let model = new ModelGraph()
        for (const query of all) {
          const before = model.copy()
          graph.begin(1_700_000_000_000, null)
          try {
            runQuery(graph, model, query)
            graph.commit()
          } catch (error) {
            if (!(error instanceof PlannedFailure)) throw error
            graph.rollback()
            model = before
          }
          expect(contentOf(graph, modelLabels)).toEqual(model.content(modelLabels))
          expect(graph.lastIds).toEqual({ node: model.nextNodeId - 1, edge: model.nextEdgeId - 1 })
        }
      }),
    )
  })
})

test('after most of a large graph was deleted, what is left is as it was and new ids are not old ones', () => {
  const graph = new MemoryGraph({ rowBytes: 1_000_000_000, slots: 5000 })
  const count = 6000
  change(graph, () => {
    for (let index = 0; index < count; index += 1) graph.createNode([`L${index % 3}`], named(`${index}`))
    for (let id = 1; id < count; id += 1) graph.createEdge(`T${id % 2}`, id, id + 1, none)
  })
  const kept = (id: number) => id % 100 === 7 || id % 100 === 8
  const before = [7, 8, 1007, 5908].map((id) => [
    plainNode(graph.node(id)!),
    [...graph.edgesOf(id, 'out', ['T1'])].map(plainEdge),
  ])
  change(graph, () => {
    for (let id = 1; id < count; id += 1) if (!(id % 100 === 7)) graph.deleteEdge(id)
    for (let id = 1; id <= count; id += 1) if (!kept(id)) graph.deleteNode(id)
  })
  const after = [7, 8, 1007, 5908].map((id) => [
    plainNode(graph.node(id)!),
    [...graph.edgesOf(id, 'out', ['T1'])].map(plainEdge),
  ])
  expect(after).toEqual(before)
  expect([graph.nodeCount(null), [...graph.nodes(null)].length, [...graph.nodes('L1')].length]).toEqual([
    120,
    120,
    graph.nodeCount('L1'),
  ])
  expect(change(graph, () => [graph.createNode([], none).id, graph.createEdge('T', 7, 8, none).id])).toEqual([
    6001, 6000,
  ])
})
