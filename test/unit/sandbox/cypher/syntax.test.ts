// Goal: queries become the tree that the language means, and what is no query is refused with its place.
import { describe, expect, test } from 'vitest'
import { isWriting } from '../../../../src-main/sandbox/cypher/syntax/check-clauses.ts'
import { parseQuery } from '../../../../src-main/sandbox/cypher/syntax/parse-query.ts'
import { failure, rows, value } from './run.ts'

test('a query is parsed into plain data with the place of every part', () => {
  expect(parseQuery('MATCH (n:A {x: $p})<-[r:T*2..]-() RETURN n.x AS x ORDER BY x DESC SKIP 1')).toEqual({
    text: 'MATCH (n:A {x: $p})<-[r:T*2..]-() RETURN n.x AS x ORDER BY x DESC SKIP 1',
    parameters: [],
    union: 'distinct',
    parts: [
      {
        clauses: [
          {
            kind: 'match',
            isOptional: false,
            pattern: [
              {
                pathVariable: null,
                nodes: [
                  {
                    variable: 'n',
                    labels: ['A'],
                    properties: {
                      kind: 'map',
                      entries: [{ name: 'x', value: { kind: 'parameter', name: 'p', at: 15 } }],
                      at: 11,
                    },
                    at: 6,
                  },
                  { variable: null, labels: [], properties: null, at: 31 },
                ],
                edges: [
                  {
                    variable: 'r',
                    edgeTypes: ['T'],
                    direction: 'in',
                    length: { from: 2, to: null },
                    properties: null,
                    at: 19,
                  },
                ],
                at: 6,
              },
            ],
            where: null,
            at: 0,
          },
          {
            kind: 'return',
            projection: {
              isDistinct: false,
              isStar: false,
              items: [
                {
                  expression: {
                    kind: 'access',
                    base: { kind: 'variable', name: 'n', at: 41 },
                    steps: [{ kind: 'property', name: 'x', at: 42 }],
                    at: 41,
                  },
                  name: 'x',
                  isAliased: true,
                },
              ],
              sort: [{ expression: { kind: 'variable', name: 'x', at: 59 }, isDescending: true }],
              skip: { kind: 'literal', value: 1n, at: 71 },
              limit: null,
            },
            at: 34,
          },
        ],
      },
    ],
  })
})

test.each([
  ['MATCH (n) RETURN n', false],
  ['MATCH (n) WITH n CREATE (m)', true],
  ['merge (n)', true],
  ['MATCH (n)\nSET n.x = 1', true],
  ['MATCH (n) REMOVE n:A', true],
  ['MATCH (n) DETACH DELETE n', true],
  ["RETURN 'CREATE (n)' AS text", false],
])('%j writes: %s', (text, expected) => {
  expect(isWriting(parseQuery(text))).toBe(expected)
})

test.each<[string, unknown]>([
  ['0x1F', 31n],
  ['0o17', 15n],
  ['9223372036854775807', 9_223_372_036_854_775_807n],
  ['-9223372036854775808', -9_223_372_036_854_775_808n],
  ['- -1', 1n],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['1e3', 1000],
  ['1.5E-1', 0.15],
  ['TRUE', true],
  ['nUlL', null],
  ["'it\\'s'", "it's"],
  ['"a\\"b\\\\c\\n\\t\\u00e9\\U0001F600"', 'a"b\\c\n\té😀'],
  ['"// no comment /* */"', '// no comment /* */'],
  ['{`a b`: 1, end: 2, `x``y`: 3}', { 'a b': 1n, end: 2n, 'x`y': 3n }],
])('the literal %s', (text, expected) => {
  expect(value(`RETURN ${text} AS x`)).toEqual(expected)
})

test('comments, line breaks, a semicolon at the end and names in backticks are read', () => {
  const text = '// first\nMATCH /* in\nbetween */ (`a node`:`My Label`)\r\nRETURN\t`a node` AS `an alias` ; // last'
  expect(parseQuery(text).parts[0]!.clauses.map(({ kind }) => kind)).toEqual(['match', 'return'])
  expect(rows('UNWIND [1] AS `a ``b`` c` RETURN `a ``b`` c` + 1 AS `MATCH`')).toEqual([[2n]])
})

test('keywords are names of properties, labels, types and parameters, and letters of all scripts are letters', () => {
  const text = 'CREATE (größe:MATCH {order: 1, end: $limit})-[:IN]->(:ключ) RETURN größe.order, größe.end'
  expect(rows(text, { parameters: { limit: 2n } })).toEqual([[1n, 2n]])
})

test('a column without a name has the text of its expression', () => {
  const names = (text: string) =>
    parseQuery(text).parts[0]!.clauses.flatMap((clause) =>
      clause.kind === 'return' ? clause.projection.items.map(({ name }) => name) : [],
    )
  expect(names('MATCH (n) RETURN n, n.x  +  1, count( * ), `n`, "a" + \'b\' AS c')).toEqual([
    'n',
    'n.x  +  1',
    'count( * )',
    'n',
    'c',
  ])
})

describe('what is no query is refused with its place and what was expected', () => {
  test.each([
    ['RETURN', 'found the end of the query: line 1, column 7'],
    ['', 'but found the end of the query: line 1, column 1'],
    ['MATCH (n)\nRETURN (n:A', "syntax error: expected ')' but found the end of the query: line 2, column 12"],
    ['MATCH (n RETURN n', "syntax error: expected ')' but found 'RETURN': line 1, column 10"],
    ['MATCH (n)', 'the query must end with RETURN or with a clause that changes the graph: line 1, column 1'],
    ['RETURN 1 RETURN 2', 'RETURN must be the last clause: line 1, column 1'],
    [
      'MATCH (n) RETRUN n',
      "syntax error: expected an operator, the next clause or the end of the query but found 'RETRUN': line 1, column 11",
    ],
    ['MATCH (n)\nWHERE n.x = \nRETURN n', 'line 3, column 1'],
    ['RETURN "no end', 'syntax error: the string that begins here has no end: line 1, column 8'],
    ['RETURN `no end', 'syntax error: the name that begins here has no end: line 1, column 8'],
    ['RETURN 1 /* no end', 'syntax error: the comment that begins here has no end: line 1, column 10'],
    ['RETURN “1”', "syntax error: unexpected character '“': line 1, column 8"],
    ['RETURN 1 UNION ALL RETURN 2', 'all parts of a UNION must have the same columns: line 1, column 20'],
    [
      'RETURN 1 AS x UNION RETURN 1 AS x UNION ALL RETURN 1 AS x',
      'UNION and UNION ALL cannot be mixed: line 1, column 35',
    ],
    ['CREATE (n) UNION RETURN 1 AS x', 'each part of a UNION must end with RETURN: line 1, column 1'],
    ['MATCH (n) WITH n.x RETURN 1', 'WITH needs a name for n.x: add AS and a name: line 1, column 16'],
    ['RETURN 9223372036854775808', 'an integer has 64 bits: line 1, column 8'],
    ['RETURN 99999999999999999999999', 'an integer has 64 bits: line 1, column 8'],
    ['RETURN 1e999', 'the number is too large for a float: line 1, column 8'],
    ["RETURN '\\u12'", 'the string holds a wrong \\u escape: line 1, column 8'],
    ['RETURN ``', 'a name must not be empty: line 1, column 8'],
    ['RETURN [1][', 'expected an index: line 1, column 12'],
    ['RETURN [1][]', 'expected an index: line 1, column 12'],
  ])('%j', (text, expected) => {
    expect(failure(text)).toContain(expected)
    expect(failure(text)).toMatch(/^BAD_REQUEST .*: line \d+, column \d+$/)
  })
})

describe('the tree is never deeper than the stack', () => {
  const nested = (open: string, core: string, close: string, depth: number) =>
    `RETURN ${open.repeat(depth)}${core}${close.repeat(depth)} AS x`

  test.each([
    ['brackets', '(', '1', ')', 100],
    ['lists', '[', '1', ']', 100],
    ['maps', '{a: ', '1', '}', 100],
    ['CASE', 'CASE WHEN true THEN ', '1', ' END', 100],
    ['calls', 'coalesce(', '1', ')', 100],
    ['brackets around names that close a CASE', '({end: 1}.end + ', '1', ')', 99],
    ['CASE around names that end it', 'CASE WHEN true THEN {end: 1}.end + ', '1', ' END', 99],
    ['comprehensions', '[x IN [1] | ', '1', ']', 99],
    ['quantifiers', 'all(x IN [1] WHERE ', 'true', ')', 99],
    ['patterns', 'CASE WHEN ()-[{a: ', '1', '}]-() THEN 1 ELSE 2 END', 33],
  ])('%s are read to the deepest and refused twenty thousand deep', (_name, open, core, close, deepest) => {
    expect(rows(nested(open, core, close, deepest))).toHaveLength(1)
    expect(failure(nested(open, core, close, 20_000))).toMatch(
      /^BAD_REQUEST brackets are nested more than 100 deep: line 1, column \d+$/,
    )
  })

  test('a megabyte of open brackets is a clean error', () => {
    expect(failure('('.repeat(1024 * 1024))).toBe(
      'BAD_REQUEST brackets are nested more than 100 deep: line 1, column 101',
    )
  })

  test.each([
    ['NOT', `RETURN ${'NOT '.repeat(50_000)}true`, [[true]]],
    ['signs', `RETURN ${'-'.repeat(50_000)}1`, [[1n]]],
    ['sums', `RETURN ${'1 + '.repeat(50_000)}1`, [[50_001n]]],
    ['AND', `RETURN ${'true AND '.repeat(50_000)}true`, [[true]]],
    ['comparisons', `RETURN ${'1 = '.repeat(50_000)}1`, [[true]]],
    ['null tests', `RETURN 1 ${'IS NOT NULL '.repeat(50_000)}`, [[true]]],
    ['properties', `RETURN null${'.a'.repeat(50_000)}`, [[null]]],
  ])('fifty thousand %s in a row are one flat chain', (_name, text, expected) => {
    expect(rows(text)).toEqual(expected)
  })

  test('texts that are too long and queries of too many clauses or pattern steps are refused', () => {
    expect(failure(' '.repeat(4 * 1024 * 1024 + 1))).toBe('LIMIT_EXCEEDED a query has 4194304 characters at most')
    expect(failure(`${'UNWIND [1] AS x WITH 1 AS y '.repeat(101)}RETURN 1`)).toBe(
      'BAD_REQUEST a query has 200 clauses at most: line 1, column 1',
    )
    expect(failure(`MATCH ${'()--'.repeat(100)}() RETURN 1`)).toBe(
      'BAD_REQUEST a query searches for 200 nodes and relationships at most: line 1, column 1',
    )
  })
})
