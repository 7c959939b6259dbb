// Goal: whatever is sent as a query, the answer is a result or an AppError: no other exception, no endless run. Method:
// real queries cut, doubled, swapped and spliced at random, parsed and run under limits.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppError } from '../../../../src-main/base/app-error.ts'
import { replyOf } from '../../../../src-main/sandbox/cypher/reply-shape.ts'
import { graphOf, run } from './run.ts'

const seed = Number(process.env.LIFEBOAT_SEED ?? Date.now() % 2 ** 31)

const queries = [
  "MATCH (n:Person {name: 'Ada'})-[r:KNOWS*1..3]->(m) WHERE n.age >= 30 AND NOT m.name STARTS WITH 'B' RETURN n, r, m.name AS name ORDER BY name DESC SKIP 1 LIMIT 5",
  "CREATE (a:A {x: 1, y: [1, 2.5, 'z'], z: {k: true}})-[:T {w: -1}]->(b:B) SET a.x = a.x + 1, b += {q: null} RETURN a, labels(b)",
  'MATCH p = (a)<-[:T|U]-(b), (c) OPTIONAL MATCH (c)--(d) WITH p, count(DISTINCT d) AS degree WHERE degree < 3 RETURN nodes(p), degree',
  "MERGE (n:N {k: $key}) ON CREATE SET n.made = timestamp() ON MATCH SET n:Seen REMOVE n.k RETURN n.made IS NULL, coalesce(n.k, 'x')",
  'UNWIND [1, null, 3] AS x WITH x, CASE WHEN x > 1 THEN toString(x) ELSE null END AS t RETURN x % 2 = 1 XOR t IN [1], t UNION ALL RETURN 1 AS `x % 2 = 1 XOR t IN [1]`, 2 AS `t`',
  "CYPHER a=1 b=['x'] MATCH (n) WHERE (n)-->() OR any(y IN $b WHERE y = n.name) DETACH DELETE n",
  'RETURN [x IN range(1, 10, 2) WHERE x <> 3 | x ^ 2][1..-1], {a: {b: [1]}}.a.b[0], -9223372036854775808 + 0x10, "\\u0041"',
  '// comment\nMATCH (n) /* more */ RETURN n.x + 1, sum(n.x) / count(*), collect(n)[0].x, datetime().year;',
]
const pieces = [
  ...'()[]{}:;,.|$=<>+-*/%^`\'"\\ \n0123',
  '..',
  '->',
  '<-',
  '--',
  '*1..',
  '|',
  '<>',
  '=~',
  '\0',
  'é',
  '😀',
  '\ud800',
  '//',
  '/*',
  '*/',
  'null',
  'n',
  'x',
  'r',
  '9223372036854775808',
  '1e400',
  'CALL ',
  ' AND ',
  ' NOT ',
  'CASE ',
  ' END ',
  ' WHERE ',
  ' RETURN ',
  ' MATCH ',
  ' WITH ',
  ' DELETE ',
  'count(*)',
  'collect(',
  'exists(',
  '{}',
  '[]',
  '()',
]

type Mutation = (text: string) => string

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const at = (text: string, share: number) => Math.floor(share * (text.length + 1))

const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.constantFrom(...pieces)).map(
    ([share, piece]): Mutation =>
      (text) =>
        text.slice(0, at(text, share)) + piece + text.slice(at(text, share)),
  ),
  fc.tuple(place, fc.nat({ max: 20 })).map(
    ([share, length]): Mutation =>
      (text) =>
        text.slice(0, at(text, share)) + text.slice(at(text, share) + length),
  ),
  fc.tuple(place, place, place).map(
    ([from, to, into]): Mutation =>
      (text) => {
        const [start, end] = [at(text, from), at(text, to)].sort((left, right) => left - right)
        return text.slice(0, at(text, into)) + text.slice(start, end) + text.slice(at(text, into))
      },
  ),
  fc.tuple(place, place, fc.constantFrom(...queries)).map(
    ([share, other, query]): Mutation =>
      (text) =>
        text.slice(0, at(text, share)) + query.slice(at(query, other)),
  ),
)

test(`ten thousand mutated queries end in a result or an AppError (seed ${seed})`, { timeout: 120_000 }, () => {
  const outcomes = { results: 0, errors: 0 }
  const graph = () =>
    graphOf("CREATE (a:Person {name: 'Ada', age: 36, x: 1})-[:KNOWS]->(b:N {k: 1})-[:T]->(:A), (b)-[:U]->(a)")
  const shared = { current: graph(), uses: 0 }
  fc.assert(
    fc.property(fc.constantFrom(...queries), fc.array(mutations, { minLength: 1, maxLength: 4 }), (query, changes) => {
      shared.uses += 1
      if (shared.uses % 20 === 0) shared.current = graph()
      const text = changes.reduce((mutated, change) => change(mutated), query)
      try {
        const limits = { rowsMax: 1000, expansionsMax: 3000 }
        replyOf(run(text, { graph: shared.current, parameters: { key: 1n, b: ['x'] }, limits }))
        outcomes.results += 1
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        expect(error.message).not.toMatch(/[\r\n]/)
        expect(['BAD_REQUEST', 'LIMIT_EXCEEDED']).toContain(error.code)
        outcomes.errors += 1
      }
    }),
    { seed, numRuns: 10_000 },
  )
  expect(outcomes.results).toBeGreaterThan(500)
  expect(outcomes.errors).toBeGreaterThan(3000)
})

test('the queries that are mutated are sound themselves', () => {
  const graph = graphOf("CREATE (:Person {name: 'Ada', age: 36})")
  const columns = queries.map((text) => {
    try {
      return run(text, { graph, parameters: { key: 1n } }).columns.length
    } catch (error) {
      return (error as AppError).message
    }
  })
  expect(columns).toEqual([3, 2, 2, 2, 2, 0, 4, 4])
})
