// Goal: patterns are found in every way they can be and in no other. Method: small graphs, whole results.
import { describe, expect, test } from 'vitest'
import type { MemoryGraph } from './memory-graph.ts'
import { failure, graphOf, rows, value } from './run.ts'

/** n0 Ada → n1 Bob → n2 Cyd, n0 → n2 by another type, n3 Dan alone, n4 with a loop. */
function people(): MemoryGraph {
  return graphOf(
    `CREATE (a:Person {name: 'Ada', age: 36}), (b:Person {name: 'Bob', age: 40}), (c:Person:Admin {name: 'Cyd'}),
       (d:Person {name: 'Dan', age: 36}), (x:Thing),
       (a)-[:KNOWS {since: 1}]->(b), (b)-[:KNOWS {since: 2}]->(c), (a)-[:LIKES]->(c), (x)-[:SELF]->(x)`,
  )
}

const graph = people()
const found = (text: string) => rows(text, { graph })

describe('nodes', () => {
  test.each<[string, unknown[][]]>([
    ['MATCH (n) RETURN n', [['n0'], ['n1'], ['n2'], ['n3'], ['n4']]],
    ['MATCH (n:Person) RETURN n.name', [['Ada'], ['Bob'], ['Cyd'], ['Dan']]],
    ['MATCH (n:Person:Admin) RETURN n.name', [['Cyd']]],
    ['MATCH (n:Nobody) RETURN n', []],
    ['MATCH (n {age: 36}) RETURN n.name', [['Ada'], ['Dan']]],
    ['MATCH (n {age: null}) RETURN n.name', []],
    ['MATCH (n:Person) WHERE n.age > 36 RETURN n.name', [['Bob']]],
    ['MATCH (n) WHERE n.age IS NULL RETURN n', [['n2'], ['n4']]],
    ['MATCH (n) WHERE n:Admin OR n:Thing RETURN n', [['n2'], ['n4']]],
    ['MATCH (n) WHERE NOT n.age = 36 RETURN n', [['n1']]],
    ["MATCH (n) WHERE n['name'] = 'Bob' RETURN n", [['n1']]],
    ['MATCH (n) WHERE id(n) = 2 RETURN n', [['n2']]],
    ['MATCH (n:Thing) WHERE id(n) = 2 RETURN n', []],
    ['MATCH (n) WHERE 1 + 1 = id(n) AND n:Person RETURN n', [['n2']]],
    ['MATCH (n) WHERE id(n) = 99 RETURN n', []],
    ['MATCH (n) WHERE id(n) = -1 OR false RETURN n', []],
    ['MATCH (n) WHERE null RETURN n', []],
    ['UNWIND [3, 1] AS i MATCH (n) WHERE id(n) = i RETURN n', [['n3'], ['n1']]],
    ['MATCH (a:Admin), (b:Thing) RETURN a, b', [['n2', 'n4']]],
    ['MATCH (a), (b) WHERE a.age = b.age AND id(a) < id(b) RETURN a, b', [['n0', 'n3']]],
    [
      'MATCH (a:Person), (b {age: a.age}) WHERE a <> b RETURN a, b',
      [
        ['n0', 'n3'],
        ['n3', 'n0'],
      ],
    ],
    [
      'MATCH (n:Admin) RETURN labels(n), keys(n), properties(n), id(n)',
      [[['Person', 'Admin'], ['name'], { name: 'Cyd' }, 2n]],
    ],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  test('an id in WHERE is looked up and not scanned for', () => {
    const counted = people()
    expect(rows('MATCH (n)-->(m) WHERE id(n) = 1 RETURN m', { graph: counted })).toEqual([['n2']])
    expect(counted.scanned).toBe(0)
  })

  test('a search begins at the rarest label and asks each condition as soon as it can', () => {
    const counted = people()
    expect(rows('MATCH (a:Person)-[:LIKES]->(b:Admin) RETURN a', { graph: counted })).toEqual([['n0']])
    expect(counted.scanned).toBe(1)
    counted.scanned = 0
    const text = "MATCH (a:Person), (b:Person) WHERE a.name = 'Ada' AND b.name = 'Bob' RETURN a, b"
    expect(rows(text, { graph: counted })).toEqual([['n0', 'n1']])
    expect(counted.scanned).toBe(8)
  })
})

describe('relationships', () => {
  test.each<[string, unknown[][]]>([
    [
      'MATCH (a)-[r]->(b) RETURN a, r, b',
      [
        ['n0', 'r0', 'n1'],
        ['n0', 'r2', 'n2'],
        ['n1', 'r1', 'n2'],
        ['n4', 'r3', 'n4'],
      ],
    ],
    [
      'MATCH (a)<-[r:KNOWS]-(b) RETURN a, r, b',
      [
        ['n1', 'r0', 'n0'],
        ['n2', 'r1', 'n1'],
      ],
    ],
    [
      "MATCH (a {name: 'Bob'})-[r]-(b) RETURN r, b",
      [
        ['r0', 'n0'],
        ['r1', 'n2'],
      ],
    ],
    [
      "MATCH (a {name: 'Bob'})<-[r]->(b) RETURN r, b",
      [
        ['r0', 'n0'],
        ['r1', 'n2'],
      ],
    ],
    ['MATCH (:Thing)-[r]-(b) RETURN r, b', [['r3', 'n4']]],
    ['MATCH ()-[r:KNOWS|LIKES]->(:Admin) RETURN r', [['r1'], ['r2']]],
    ['MATCH ()-[r:KNOWS|:LIKES]->(:Admin) RETURN r', [['r1'], ['r2']]],
    ['MATCH ()-[r {since: 2}]->() RETURN r, r.since, type(r)', [['r1', 2n, 'KNOWS']]],
    ['MATCH (a)-->(b)-->(c) RETURN a, b, c', [['n0', 'n1', 'n2']]],
    ['MATCH (a)--(b)--(a) RETURN a', []],
    ['MATCH (a)-->(a) RETURN a', [['n4']]],
    ['MATCH (a)-[:KNOWS]->(b), (a)-[:LIKES]->(c)<-[:KNOWS]-(b) RETURN a, b, c', [['n0', 'n1', 'n2']]],
    ['MATCH (a)-[r1]->(b), (c)-[r2]->(d) WHERE r1 = r2 RETURN a', []],
    [
      'MATCH (a)-[r]->(b) MATCH (c)-[q]->(d) WHERE r = q RETURN a, c',
      [
        ['n0', 'n0'],
        ['n0', 'n0'],
        ['n1', 'n1'],
        ['n4', 'n4'],
      ],
    ],
    ['MATCH ()-[r:LIKES]->() MATCH (x)-[r]->(y) RETURN x, y', [['n0', 'n2']]],
    ['MATCH ()-[r:LIKES]->() MATCH (x)<-[r]-(y) RETURN x, y', [['n2', 'n0']]],
    ['MATCH ()-[r:LIKES]->() MATCH (x)-[r:KNOWS]->(y) RETURN x, y', []],
    ['MATCH ()-[r:LIKES]->() RETURN startNode(r), endNode(r), id(r)', [['n0', 'n2', 2n]]],
    ['MATCH (a:Admin) MATCH (a)<-[:LIKES]-(b) RETURN b', [['n0']]],
    ['MATCH (a:Thing) MATCH (a:Person) RETURN a', []],
    ['MATCH (n:Person) WHERE NOT (n)--() RETURN n', [['n3']]],
    ['MATCH (n:Person) WHERE (n)-[:KNOWS]->(:Admin) RETURN n', [['n1']]],
    [
      'MATCH (n:Person) RETURN n.name, exists((n)-[:KNOWS]->()) AS x',
      [
        ['Ada', true],
        ['Bob', true],
        ['Cyd', false],
        ['Dan', false],
      ],
    ],
    ['MATCH (a:Person), (b:Person) WHERE (a)-[:LIKES]->(b) RETURN a, b', [['n0', 'n2']]],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  test('an edge whose node is missing is no match', () => {
    const broken = people()
    const deleteNode = broken.node.bind(broken)
    broken.node = (nodeId) => (nodeId === 2 ? null : deleteNode(nodeId))
    expect(rows('MATCH (a:Person)-[r]->(b) RETURN r', { graph: broken })).toEqual([['r0']])
  })
})

describe('paths', () => {
  test.each<[string, unknown[][]]>([
    [
      'MATCH p = (a)-->(b)-->(c) RETURN p, length(p), nodes(p), relationships(p)',
      [['n0-r0-n1-r1-n2', 2n, ['n0', 'n1', 'n2'], ['r0', 'r1']]],
    ],
    ['MATCH p = (:Thing) RETURN p, length(p)', [['n4', 0n]]],
    ['MATCH p = (:Thing)-->() RETURN p', [['n4-r3-n4']]],
    ['MATCH p = (:Admin)<-[*]-(x) RETURN p', [['n2-r1-n1'], ['n2-r1-n1-r0-n0'], ['n2-r2-n0']]],
    ['MATCH (:Admin)<-[r*]-(x) RETURN r', [[['r1']], [['r1', 'r0']], [['r2']]]],
    ['MATCH (x)-[r*]->(:Admin) RETURN r', [[['r1']], [['r0', 'r1']], [['r2']]]],
    ["MATCH ({name: 'Ada'})-[*2]->(x) RETURN x", [['n2']]],
    ["MATCH ({name: 'Ada'})-[*0..1]->(x) RETURN x", [['n0'], ['n1'], ['n2']]],
    ["MATCH ({name: 'Ada'})-[*0]->(x) RETURN x", [['n0']]],
    ["MATCH ({name: 'Ada'})-[*..1]->(x) RETURN x", [['n1'], ['n2']]],
    ["MATCH ({name: 'Ada'})-[*2..]-(x) RETURN x", [['n2'], ['n0'], ['n1'], ['n0']]],
    ['MATCH (:Thing)-[r*]-(x) RETURN r', [[['r3']]]],
    [
      "MATCH ({name: 'Ada'})-[r:KNOWS*]->(x) RETURN x, size(r)",
      [
        ['n1', 1n],
        ['n2', 2n],
      ],
    ],
    ["MATCH ({name: 'Ada'})-[:KNOWS* {since: 1}]->(x) RETURN x", [['n1']]],
    [
      "MATCH (a {name: 'Ada'})-[*1..3]->(b {name: 'Cyd'}) RETURN a, b",
      [
        ['n0', 'n2'],
        ['n0', 'n2'],
      ],
    ],
    ["MATCH (a {name: 'Ada'}), (b {name: 'Cyd'}) MATCH (a)-[r*]->(b) RETURN r", [[['r0', 'r1']], [['r2']]]],
    ['MATCH (a)-[:KNOWS*1..2]->(b)<-[:LIKES]-(a) RETURN a, b', [['n0', 'n2']]],
    ['MATCH p = (a)-[*0..0]-(b:Thing) RETURN p', [['n4']]],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })
})

describe('OPTIONAL MATCH', () => {
  test.each<[string, unknown[][]]>([
    ['OPTIONAL MATCH (n:Nobody) RETURN n, n.x, id(n), labels(n), n:A', [[null, null, null, null, null]]],
    [
      'MATCH (n:Person) OPTIONAL MATCH (n)-[r:KNOWS]->(m) RETURN n, r, m',
      [
        ['n0', 'r0', 'n1'],
        ['n1', 'r1', 'n2'],
        ['n2', null, null],
        ['n3', null, null],
      ],
    ],
    [
      'MATCH (n:Person) OPTIONAL MATCH (n)-->(m) WHERE m.age > 36 RETURN n, m',
      [
        ['n0', 'n1'],
        ['n1', null],
        ['n2', null],
        ['n3', null],
      ],
    ],
    ['OPTIONAL MATCH (n:Nobody) MATCH (n)-->(m) RETURN m', []],
    ['OPTIONAL MATCH (n:Nobody) OPTIONAL MATCH p = (n)-[r*]->(m) RETURN n, r, m, p', [[null, null, null, null]]],
    ['OPTIONAL MATCH (a:Admin), (b:Nobody) RETURN a, b', [[null, null]]],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })
})

test.each([
  ['MATCH (n)-[n]->() RETURN n', 'n already stands for a node of this pattern: line 1, column 10'],
  ['MATCH ()-[r]->()-[r]->() RETURN r', 'r already stands for a relationship of this pattern: line 1, column 17'],
  ['MATCH (n) WHERE m.x = 1 RETURN n', 'm is not defined here: line 1, column 17'],
  ['MATCH (n {x: m.x}) RETURN n', 'm is not defined here: line 1, column 14'],
  [
    'MATCH (n) WHERE (n)-->(m) RETURN n',
    'm is not defined here: a pattern as a condition brings no new names: line 1, column 23',
  ],
  ['MATCH (n) MATCH n = (a) RETURN n', 'n is already defined: a path needs a new name: line 1, column 17'],
  [
    'WITH [1] AS r MATCH ()-[r*]->() RETURN r',
    'r is already defined: a path of variable length needs a new name: line 1, column 23',
  ],
  ['WITH 1 AS n MATCH (n) RETURN n', 'a pattern cannot begin at an integer'],
  ['MATCH ()-[r]->() WITH r AS n MATCH (n) RETURN n', 'n is a relationship, not a node'],
  ['MATCH (n) WHERE n.name RETURN n', 'WHERE needs a boolean, not a string: line 1, column 17'],
  ['MATCH (n) WHERE count(n) > 1 RETURN n', 'count() has its place in WITH and RETURN, not here: line 1, column 17'],
  ['MATCH ()-[*1..1001]->() RETURN 1', 'a path has 1000 relationships at most: line 1, column 15'],
])('%s is refused', (text, expected) => {
  expect(failure(text, { graph })).toBe(`BAD_REQUEST ${expected}`)
})

test('counts of all nodes or of a label are known without looking at one', () => {
  const counted = people()
  const counts = [
    'MATCH (n) RETURN count(n)',
    'MATCH (:Person) RETURN count(*) AS c',
    'MATCH (n:Nobody) RETURN count(DISTINCT n)',
  ]
  expect(counts.map((text) => value(text, { graph: counted }))).toEqual([5n, 4n, 0n])
  expect(counted.scanned).toBe(0)
  const counting = [
    'MATCH (n) WHERE n.age = 36 RETURN count(n)',
    'MATCH (n:Person:Admin) RETURN count(*)',
    'MATCH (n) RETURN count(n.name)',
  ]
  expect(counting.map((text) => value(text, { graph: counted }))).toEqual([2n, 1n, 4n])
})
