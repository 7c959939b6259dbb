// Goal: WITH, RETURN, UNWIND and UNION shape rows as openCypher says: grouping, order, pages, scopes.
import { describe, expect, test } from 'vitest'
import { failure, graphOf, rows, run } from './run.ts'

const graph = graphOf(
  `UNWIND [['a', 1], ['b', 2], ['a', 3], ['c', null], ['b', 2]] AS pair
   CREATE (:N {k: pair[0], v: pair[1]})`,
)
const found = (text: string) => rows(text, { graph })

describe('aggregates', () => {
  test.each<[string, unknown[][]]>([
    [
      'MATCH (n:N) RETURN n.k, count(*), count(n.v), sum(n.v) ORDER BY n.k',
      [
        ['a', 2n, 2n, 4n],
        ['b', 2n, 2n, 4n],
        ['c', 1n, 0n, 0n],
      ],
    ],
    ['MATCH (n:N) RETURN avg(n.v), min(n.v), max(n.v), collect(n.v)', [[2, 1n, 3n, [1n, 2n, 3n, 2n]]]],
    ['MATCH (n:N) RETURN count(DISTINCT n.v), sum(DISTINCT n.v), collect(DISTINCT n.k)', [[3n, 6n, ['a', 'b', 'c']]]],
    [
      'MATCH (n:None) RETURN count(*), count(n), sum(n.v), avg(n.v), min(n.v), max(n.v), collect(n)',
      [[0n, 0n, 0n, null, null, null, []]],
    ],
    ['MATCH (n:None) RETURN n.k, count(*)', []],
    ['MATCH (n:N) RETURN count(*) + 1, size(collect(n.v)) * 2', [[6n, 8n]]],
    [
      'MATCH (n:N) RETURN n.k + "!" AS k, {rows: count(*)} AS m ORDER BY k',
      [
        ['a!', { rows: 2n }],
        ['b!', { rows: 2n }],
        ['c!', { rows: 1n }],
      ],
    ],
    [
      'MATCH (n:N) RETURN n.k, n.k + toString(count(*)) ORDER BY n.k',
      [
        ['a', 'a2'],
        ['b', 'b2'],
        ['c', 'c1'],
      ],
    ],
    ['UNWIND [1, 2.5] AS x RETURN sum(x), avg(x)', [[3.5, 1.75]]],
    ['UNWIND [1, 2.0, "a", true] AS x RETURN min(x), max(x)', [['a', 2]]],
    ['UNWIND [[1], [0, 5]] AS x RETURN min(x), max(x)', [[[0n, 5n], [1n]]]],
    ['UNWIND [9223372036854775807, 9223372036854775807] AS x RETURN avg(x)', [[2 ** 63]]],
    ['UNWIND [1, 1] AS x RETURN x, [y IN collect(x) | y + 1] AS list', [[1n, [2n, 2n]]]],
    [
      'MATCH (n:N) WITH n.k AS k, count(*) AS c WHERE c > 1 RETURN k, c ORDER BY k',
      [
        ['a', 2n],
        ['b', 2n],
      ],
    ],
    ['MATCH (n:N) WITH count(*) AS c RETURN c * 2', [[10n]]],
    ['MATCH (n:N) RETURN DISTINCT count(*) AS c', [[5n]]],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  test.each([
    ['UNWIND ["a"] AS x RETURN sum(x)', 'sum() needs numbers, not a string: line 1, column 26'],
    ['UNWIND [9223372036854775807, 1] AS x RETURN sum(x)', 'the integer does not fit 64 bits: line 1, column 45'],
    ['MATCH (n) RETURN n.v + count(*)', 'n is not defined here: line 1, column 18'],
    ['MATCH (n) RETURN count(count(n))', 'count() cannot aggregate over an aggregate: line 1, column 18'],
    ['MATCH (n) RETURN sum(*)', 'sum(*) is not defined: line 1, column 18'],
    ['MATCH (n) RETURN count()', 'count() takes 1 parameter, not 0: line 1, column 18'],
    ['MATCH (n) RETURN n.k ORDER BY count(*)', 'count() has its place in WITH and RETURN, not here: line 1, column 31'],
    ['MATCH (n) RETURN count(*) ORDER BY n.k', 'n is not defined here: line 1, column 36'],
  ])('%s is refused', (text, expected) => {
    expect(failure(text, { graph })).toBe(`BAD_REQUEST ${expected}`)
  })
})

describe('order, pages and duplicates', () => {
  test.each<[string, unknown[][]]>([
    [
      'MATCH (n:N) RETURN n.k, n.v ORDER BY n.v DESC, n.k',
      [
        ['c', null],
        ['a', 3n],
        ['b', 2n],
        ['b', 2n],
        ['a', 1n],
      ],
    ],
    ['MATCH (n:N) RETURN n.k AS v ORDER BY n.v, v', [['a'], ['b'], ['b'], ['a'], ['c']]],
    ['MATCH (n:N) RETURN -n.v AS v ORDER BY v', [[-3n], [-2n], [-2n], [-1n], [null]]],
    ['MATCH (n:N) RETURN DISTINCT n.k ORDER BY n.k DESC', [['c'], ['b'], ['a']]],
    [
      'MATCH (n:N) RETURN n.k, count(*) ORDER BY count(*), n.k DESC',
      [
        ['c', 1n],
        ['b', 2n],
        ['a', 2n],
      ],
    ],
    [
      'MATCH (n:N) RETURN n.k, count(*) AS c ORDER BY c + 1 DESC, n.k ASCENDING',
      [
        ['a', 2n],
        ['b', 2n],
        ['c', 1n],
      ],
    ],
    [
      'MATCH (n:N) RETURN n.k, count(*) ORDER BY max(n.v) DESC',
      [
        ['c', 1n],
        ['a', 2n],
        ['b', 2n],
      ],
    ],
    ['UNWIND range(1, 5) AS x RETURN x SKIP 1 LIMIT 2', [[2n], [3n]]],
    ['UNWIND range(1, 5) AS x RETURN x SKIP 9', []],
    ['UNWIND range(1, 5) AS x RETURN x LIMIT 0', []],
    ['UNWIND range(1, 5) AS x RETURN x LIMIT 1 + 1', [[1n], [2n]]],
    ['UNWIND range(1, 5000) AS x RETURN x ORDER BY -x SKIP 1 LIMIT 2', [[4999n], [4998n]]],
    ['UNWIND [3, 1, 2] AS x WITH x ORDER BY x LIMIT 2 RETURN collect(x)', [[[1n, 2n]]]],
    ['UNWIND [3, 1, 2] AS x WITH x ORDER BY x LIMIT 2 WHERE x > 1 RETURN x', [[2n]]],
    ['UNWIND [1, 1.0, null, null] AS x RETURN DISTINCT x', [[1n], [null]]],
    ['MATCH (n:N) WITH n ORDER BY n.v LIMIT 1 RETURN n.v', [[1n]]],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  test.each([
    ['RETURN 1 LIMIT -1', 'LIMIT needs an integer from 0, not -1: line 1, column 16'],
    ['RETURN 1 SKIP 1.5', 'SKIP needs an integer from 0, not a float: line 1, column 15'],
    ['MATCH (n) RETURN n LIMIT n.v', 'n is not defined here: line 1, column 26'],
    ['MATCH (n) RETURN DISTINCT n.k ORDER BY n.v', 'n is not defined here: line 1, column 40'],
    ['RETURN 1 AS a, 2 AS a', 'two columns are named a: line 1, column 16'],
    ['RETURN *', '* stands for all variables, and there are none: line 1, column 1'],
    ['MATCH (n) WITH n.v AS v RETURN n', 'n is not defined here: line 1, column 32'],
    ['UNWIND [1] AS x UNWIND [2] AS x RETURN x', 'x is already defined: line 1, column 17'],
  ])('%s is refused', (text, expected) => {
    expect(failure(text, { graph })).toBe(`BAD_REQUEST ${expected}`)
  })
})

describe('rows', () => {
  test.each<[string, unknown[][]]>([
    ['UNWIND [1, null, [2]] AS x RETURN x', [[1n], [null], [[2n]]]],
    ['UNWIND null AS x RETURN x', []],
    ['UNWIND [] AS x RETURN x', []],
    ['UNWIND 5 AS x RETURN x', [[5n]]],
    [
      'UNWIND [1, 2] AS x UNWIND [x, x * 10] AS y RETURN x, y',
      [
        [1n, 1n],
        [1n, 10n],
        [2n, 2n],
        [2n, 20n],
      ],
    ],
    ['WITH 1 AS a, 2 AS b RETURN *, a + b AS c', [[1n, 2n, 3n]]],
    ['WITH 1 AS a WITH *, a + 1 AS b RETURN a, b', [[1n, 2n]]],
    ['WITH 1 AS a WITH 2 AS a RETURN a', [[2n]]],
    ['RETURN 1 AS x UNION ALL RETURN 1 AS x', [[1n], [1n]]],
    ['RETURN 1 AS x UNION RETURN 1.0 AS x UNION RETURN null AS x UNION RETURN null AS x', [[1n], [null]]],
    ['UNWIND [1, 1] AS x RETURN x UNION UNWIND [1, 2] AS x RETURN x', [[1n], [2n]]],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  test('parameters come beside the query or in front of it, and those beside it win', () => {
    const text = 'CYPHER a=1 b=-2 c=[\'x\', null] d={k: 1.5} e="t" RETURN $a, $b, $c, $d.k, $e, $f'
    expect(rows(text, { parameters: { f: new Map([['z', 1n]]), a: 7n } })).toEqual([
      [7n, -2n, ['x', null], 1.5, 't', { z: 1n }],
    ])
    expect(failure('RETURN $missing')).toBe('BAD_REQUEST the parameter $missing is not given: line 1, column 8')
    expect(failure('CYPHER a=x RETURN $a')).toBe('BAD_REQUEST x is not defined here: line 1, column 10')
    expect(rows('MATCH (n $map) RETURN n.v', { graph, parameters: { map: new Map([['k', 'b']]) } })).toEqual([
      [2n],
      [2n],
    ])
    expect(rows('UNWIND $rows AS row RETURN row.x', { parameters: { rows: [new Map([['x', 1n]])] } })).toEqual([[1n]])
  })

  test('the result has the columns, the rows with what entities hold, and the counts of changes', () => {
    expect(run('MATCH (n:N) WHERE id(n) = 1 RETURN n AS node, [n] AS list', { graph })).toEqual({
      columns: ['node', 'list'],
      rows: [[{ kind: 'node', id: 1, snapshot: graph.node(1) }, [{ kind: 'node', id: 1, snapshot: graph.node(1) }]]],
      counts: {
        nodesCreated: 0,
        nodesDeleted: 0,
        edgesCreated: 0,
        edgesDeleted: 0,
        propertiesSet: 0,
        labelsAdded: 0,
        labelsRemoved: 0,
      },
    })
  })
})
