// Goal: the reply has the shape that docs/formats/samyama.md §4.3 gives for GRAPH.QUERY.
import { expect, test } from 'vitest'
import { type ReplyCell, replyOf } from '../../../../src-main/sandbox/cypher/reply-shape.ts'
import type { CypherValue, StoredValue } from '../../../../src-main/sandbox/cypher/values/value.ts'
import { graphOf, run } from './run.ts'

/** Cells as short texts: `$bulk`, `:integer`, `_`, lists for arrays. */
function short(cell: ReplyCell): unknown {
  switch (cell.kind) {
    case 'bulk':
      return `$${cell.text}`
    case 'integer':
      return `:${cell.value}`
    case 'null':
      return '_'
    case 'array':
      return cell.items.map(short)
  }
}

test('one integer column is a header and a row', () => {
  expect(replyOf(run('RETURN 1 AS x'))).toEqual({
    kind: 'array',
    items: [
      { kind: 'array', items: [{ kind: 'bulk', text: 'x' }] },
      { kind: 'array', items: [{ kind: 'integer', value: 1n }] },
    ],
  })
})

test('a write that returns nothing has an empty header and no statistics', () => {
  expect(replyOf(run('CREATE (n)'))).toEqual({ kind: 'array', items: [{ kind: 'array', items: [] }] })
})

test('a search without a match is the header alone', () => {
  expect(short(replyOf(run('MATCH (n) RETURN n, n.x AS x')))).toEqual([['$n', '$x']])
})

test.each<[string, unknown]>([
  ["'text'", '$text'],
  ['-5', ':-5'],
  ['2.5', '$2.5'],
  ['3.0', '$3'],
  ['-0.0', '$-0'],
  ['1e21', '$1000000000000000000000'],
  ['1.5e22', '$15000000000000000000000'],
  ['1.25e-7', '$0.000000125'],
  ['-1e-9', '$-0.000000001'],
  ['0.0 / 0', '$NaN'],
  ['1 / 0.0', '$inf'],
  ['-1 / 0.0', '$-inf'],
  ['true', '$true'],
  ['false', '$false'],
  ['null', '_'],
  ["[1, 'a', null, [2.0]]", [':1', '$a', '_', ['$2']]],
  ['{a: 1, b: [true]}', ['$a', ':1', '$b', ['$true']]],
  ['datetime()', '$DateTime(1709209800123)'],
  ["date('1970-01-03')", '$Date(2)'],
])('%s', (text, expected) => {
  expect(short(replyOf(run(`RETURN ${text} AS x`)))).toEqual([['$x'], [expected]])
})

test('nodes, relationships and paths are their ids, without properties', () => {
  const graph = graphOf('CREATE (:A {x: 1})-[:T]->()<-[:T]-()')
  expect(short(replyOf(run('MATCH p = (a:A)-[r]->(b)<--() RETURN a, r, p, [b] AS list', { graph })))).toEqual([
    ['$a', '$r', '$p', '$list'],
    [
      '$Node(NodeId(0))',
      '$Edge(EdgeId(0), NodeId(0) -> NodeId(1))',
      '$Path(nodes: [NodeId(0), NodeId(1), NodeId(2)], edges: [EdgeId(0), EdgeId(1)])',
      ['$Node(NodeId(1))'],
    ],
  ])
})

test('lists that are stored are shown as the engine stores them, lists of the query are arrays', () => {
  const graph = graphOf(
    `CREATE (:A {tags: [1, 'x"\\n', 2.0, true, null, [1.5], datetime({epochMillis: 7})], m: {k: [1]}})`,
  )
  expect(short(replyOf(run('MATCH (n) RETURN n.tags AS tags, n.tags + [] AS list, n.m AS m', { graph })))).toEqual([
    ['$tags', '$list', '$m'],
    [
      '$Array([Integer(1), String("x\\"\\n"), Float(2.0), Boolean(true), Null, Array([Float(1.5)]), DateTime(7)])',
      [':1', '$x"\n', '$2', '$true', '_', '$Array([Float(1.5)])', '$DateTime(7)'],
      ['$k', '$Array([Integer(1)])'],
    ],
  ])
})

test('times, durations and vectors are shown as the engine shows them', () => {
  const values: StoredValue['value'][] = [
    { type: 'vector', values: Float32Array.of(0.5, 1, 0.1) },
    { type: 'duration', months: 1n, days: 2n, seconds: 3n, nanoseconds: 4 },
    { type: 'localTime', nanoseconds: 5n },
    { type: 'time', nanoseconds: 5n, offsetSeconds: -60 },
    { type: 'localDateTime', seconds: 5n, nanoseconds: 6 },
    { type: 'zonedDateTime', seconds: 5n, nanoseconds: 6, offsetSeconds: 7, zone: 'A/B' },
    { type: 'zonedDateTime', seconds: 5n, nanoseconds: 6, offsetSeconds: 7, zone: null },
  ]
  const x = values.map((value): CypherValue => ({ kind: 'stored', value }))
  expect(short(replyOf(run('UNWIND $x AS x RETURN x', { parameters: { x } })))).toEqual([
    ['$x'],
    ['$Vector([0.5, 1.0, 0.1])'],
    ['$Duration { months: 1, days: 2, seconds: 3, nanoseconds: 4 }'],
    ['$LocalTime(5)'],
    ['$Time(5, -60)'],
    ['$LocalDateTime(5, 6)'],
    ['$ZonedDateTime(5, 6, 7, Some("A/B"))'],
    ['$ZonedDateTime(5, 6, 7, None)'],
  ])
})

test('an answer with too many cells is refused', () => {
  const result = run('WITH range(1, 1000000) AS x RETURN x, x AS y, x AS z, x AS w, x AS v')
  expect(() => replyOf(result)).toThrow('an answer has 4000000 cells at most')
})
