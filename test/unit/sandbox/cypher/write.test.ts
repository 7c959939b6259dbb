// Goal: what a query changes is all it says and nothing else, and its own reading is not disturbed by its writing.
import { describe, expect, test } from 'vitest'
import type { QueryResult } from '../../../../src-main/sandbox/cypher/run-query.ts'
import { MemoryGraph } from './memory-graph.ts'
import { failure, graphOf, rows, run, value } from './run.ts'

/** Counts that are not zero. */
function changes({ counts }: QueryResult): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}

describe('CREATE', () => {
  test('nodes and relationships of several patterns, with labels and properties of every kind', () => {
    const graph = new MemoryGraph()
    const text = `CREATE (a:A:B {i: 1, f: 1.5, s: 'x', b: true, n: null, l: [1, 'a'], m: {k: 1}}),
      p = (a)-[r:T {w: 2}]->(b)<-[:U]-(:C), (b)-[:SELF]->(b) RETURN p, r.w, a.l, a.m.k`
    const result = run(text, { graph })
    expect(changes(result)).toEqual({ nodesCreated: 3, edgesCreated: 3, propertiesSet: 7, labelsAdded: 3 })
    expect(graph.content()).toEqual([
      '0 :A:B {"i":1,"f":1.5,"s":"x","b":true,"l":{"type":"array","items":[{"type":"integer","value":1},{"type":"string","value":"a"}]},"m":{"type":"map","entries":[{"name":"k","value":{"type":"integer","value":1}}]}}',
      '1 : {}',
      '2 :C {}',
      '0 0-T->1 {"w":2}',
      '1 2-U->1 {}',
      '2 1-SELF->1 {}',
    ])
    expect(rows('MATCH p = (:A)-->()<--() RETURN p', { graph })).toEqual([['n0-r0-n1-r1-n2'], ['n0-r0-n1-r2-n1']])
  })

  test('once for each row, with values of the row, and of a map that is given', () => {
    const graph = new MemoryGraph()
    run("UNWIND [1, 2] AS i CREATE (:N {i: i, name: 'n' + i})", { graph })
    run('UNWIND $rows AS row CREATE (n:R $all) SET n += row', {
      graph,
      parameters: { rows: [new Map([['x', 1n]])], all: new Map([['y', true]]) },
    })
    run('MATCH (a:N {i: 1}), (b:N {i: 2}) CREATE (b)<-[:T {sum: a.i + b.i}]-(a)', { graph })
    expect(graph.content()).toEqual([
      '0 :N {"i":1,"name":"n1"}',
      '1 :N {"i":2,"name":"n2"}',
      '2 :R {"y":true,"x":1}',
      '0 0-T->1 {"sum":3}',
    ])
  })

  test('a search does not see what its own query creates', () => {
    const graph = graphOf('CREATE (:N), (:N)')
    expect(rows('MATCH (n:N) CREATE (m:N) RETURN n, m', { graph })).toEqual([
      ['n0', 'n2'],
      ['n1', 'n3'],
    ])
    run('MATCH (n:N) WITH n CREATE (:N)-[:T]->(n)', { graph })
    expect(value('MATCH (n:N) RETURN count(n)', { graph })).toBe(8n)
    expect(rows('CREATE (a:X) WITH a MATCH (b:X) RETURN a, b', { graph })).toEqual([['n8', 'n8']])
  })

  test('what is written happens though nobody asks for the rows', () => {
    const graph = new MemoryGraph()
    expect(rows('UNWIND range(1, 3) AS i CREATE (n) RETURN n LIMIT 1', { graph })).toEqual([['n0']])
    expect(rows('CREATE (n) RETURN n LIMIT 0', { graph })).toEqual([])
    expect(rows('CREATE (n) WITH n LIMIT 0 MATCH (m) RETURN m', { graph })).toEqual([])
    expect(rows('UNWIND [1, 2] AS i CREATE (a) WITH a LIMIT 1 CREATE (b) RETURN b LIMIT 0', { graph })).toEqual([])
    expect(value('MATCH (n) RETURN count(n)', { graph })).toBe(8n)
  })

  test.each([
    ['CREATE (a)-[:T]-(b)', 'a relationship is created with a direction: line 1, column 11'],
    ['CREATE (a)-[]->(b)', 'a relationship is created with exactly one type: line 1, column 11'],
    ['CREATE (a)-[:T|U]->(b)', 'a relationship is created with exactly one type: line 1, column 11'],
    ['CREATE (a)-[:T*2]->(b)', 'a relationship of variable length cannot be created: line 1, column 11'],
    ['CREATE (a), (a:B)', 'a is already defined: name it alone to use it here: line 1, column 13'],
    ['MATCH (a) CREATE (a {x: 1})', 'a is already defined: name it alone to use it here: line 1, column 18'],
    ['MATCH (a)-[r]->(b) CREATE (a)-[r:T]->(b)', 'r is already defined: line 1, column 30'],
    ['CREATE (a) CREATE a = (b)', 'a is already defined: line 1, column 19'],
    ['CREATE (n {x: m.y})', 'm is not defined here: line 1, column 15'],
    ['CREATE (a) WITH a CREATE ({x: a})', 'the property x cannot hold a node: line 1, column 26'],
    ['CREATE (a) WITH a CREATE ({x: [a]})', 'the property x cannot hold a list: line 1, column 26'],
    ['OPTIONAL MATCH (a:None) CREATE (a)-[:T]->()', 'a relationship cannot be created at null: line 1, column 35'],
    ['CREATE ($p)', 'properties are given as a map, not an integer: line 1, column 8'],
  ])('%s is refused', (text, expected) => {
    expect(failure(text, { parameters: { p: 1n } })).toBe(`BAD_REQUEST ${expected}`)
  })
})

describe('SET and REMOVE', () => {
  const given = () => graphOf('CREATE (:A {x: 1, y: 2})-[:T {w: 1}]->(:B {x: 10})')

  test.each<[string, Record<string, number>, string[]]>([
    ['MATCH (a:A) SET a.x = a.x + 1, a.z = a.x', { propertiesSet: 2 }, ['0 :A {"x":2,"y":2,"z":2}']],
    ['MATCH (a:A) SET a.x = null, a.none = null', { propertiesSet: 1 }, ['0 :A {"y":2}']],
    ['MATCH (a:A) SET a = {x: 5, n: null}', { propertiesSet: 2 }, ['0 :A {"x":5}']],
    ['MATCH (a:A) SET a += {x: null, z: 3}', { propertiesSet: 2 }, ['0 :A {"y":2,"z":3}']],
    ['MATCH (a:A), (b:B) SET a = b', { propertiesSet: 2 }, ['0 :A {"x":10}']],
    ['MATCH (a:A)-[r]->() SET a += r', { propertiesSet: 1 }, ['0 :A {"x":1,"y":2,"w":1}']],
    ['MATCH (a:A) SET a:A:C:D', { labelsAdded: 2 }, ['0 :A:C:D {"x":1,"y":2}']],
    ['MATCH (a:A) REMOVE a.x, a.none', { propertiesSet: 1 }, ['0 :A {"y":2}']],
    ['MATCH (a:A) REMOVE a:A:None', { labelsRemoved: 1 }, ['0 : {"x":1,"y":2}']],
    ['OPTIONAL MATCH (a:None) SET a.x = 1, a:B REMOVE a.x', {}, ['0 :A {"x":1,"y":2}']],
    [
      'MATCH (a:A) SET a.x = 1 SET a:C REMOVE a:A SET a.y = 9',
      { propertiesSet: 2, labelsAdded: 1, labelsRemoved: 1 },
      ['0 :C {"x":1,"y":9}'],
    ],
  ])('%s', (text, expectedChanges, expected) => {
    const graph = given()
    expect(changes(run(text, { graph }))).toEqual(expectedChanges)
    expect(graph.content()).toEqual([...expected, '1 :B {"x":10}', '0 0-T->1 {"w":1}'])
  })

  test('of relationships, and what is returned is what is there after the last change', () => {
    const graph = given()
    const text =
      'MATCH (a)-[r]->(b) SET r.w = 2, b.x = 11 WITH a, r, b SET b.y = b.x RETURN r.w, b.y, b, [r] AS rs, {k: b} AS m'
    const result = run(text, { graph })
    const edge = { kind: 'edge', id: 0, edgeType: 'T', sourceId: 0, targetId: 1, snapshot: graph.edge(0) }
    const node = { kind: 'node', id: 1, snapshot: graph.node(1) }
    expect(result.rows).toEqual([[2n, 11n, node, [edge], new Map([['k', node]])]])
    expect(graph.content()).toEqual(['0 :A {"x":1,"y":2}', '1 :B {"x":11,"y":11}', '0 0-T->1 {"w":2}'])
  })

  test('every row is searched before the first is changed, and changed before the first is returned', () => {
    const graph = graphOf('UNWIND [1, 2, 3] AS x CREATE (:N {x: x})')
    expect(rows('MATCH (n:N), (m:N) WHERE n.x = m.x SET n.x = 3 RETURN n, m', { graph })).toEqual([
      ['n0', 'n0'],
      ['n1', 'n1'],
      ['n2', 'n2'],
    ])
    expect(rows('UNWIND [5, 6] AS i MATCH (n:N) WHERE id(n) = 0 SET n.x = i RETURN i, n.x', { graph })).toEqual([
      [5n, 6n],
      [6n, 6n],
    ])
  })

  test.each([
    ['WITH 1 AS a SET a.x = 1', 'a is an integer: only nodes and relationships can be changed: line 1, column 17'],
    ['MATCH (a) SET b.x = 1', 'b is not defined here: line 1, column 15'],
    ['MATCH ()-[r]->() SET r:L', 'a relationship has no labels that could be changed: line 1, column 22'],
    ['MATCH (a:A) SET a = 1', 'properties are set from a map, not an integer: line 1, column 17'],
    ['MATCH (a:A) SET a.x = a', 'the property x cannot hold a node: line 1, column 17'],
  ])('%s is refused', (text, expected) => {
    const graph = given()
    expect(failure(text, { graph })).toBe(`BAD_REQUEST ${expected}`)
    expect(graph.content()).toEqual(given().content())
  })
})

describe('DELETE', () => {
  const given = () => graphOf('CREATE (a:A)-[:T]->(b:B)-[:T]->(c:C), (a)-[:U]->(c), (:D), (c)-[:SELF]->(c)')

  test.each<[string, Record<string, number>, string[]]>([
    [
      'MATCH (n:D) DELETE n',
      { nodesDeleted: 1 },
      ['0 :A {}', '1 :B {}', '2 :C {}', '0 0-T->1 {}', '1 1-T->2 {}', '2 0-U->2 {}', '3 2-SELF->2 {}'],
    ],
    [
      'MATCH ()-[r:T]->() DELETE r',
      { edgesDeleted: 2 },
      ['0 :A {}', '1 :B {}', '2 :C {}', '3 :D {}', '2 0-U->2 {}', '3 2-SELF->2 {}'],
    ],
    [
      'MATCH (n:C) DETACH DELETE n',
      { nodesDeleted: 1, edgesDeleted: 3 },
      ['0 :A {}', '1 :B {}', '3 :D {}', '0 0-T->1 {}'],
    ],
    ['MATCH (n) DETACH DELETE n', { nodesDeleted: 4, edgesDeleted: 4 }, []],
    ['MATCH (n) OPTIONAL MATCH (n)-[r]-() DELETE r, n', { nodesDeleted: 4, edgesDeleted: 4 }, []],
    ['MATCH p = (:A)-[:T*2]->(:C)-->() DETACH DELETE p', { nodesDeleted: 3, edgesDeleted: 4 }, ['3 :D {}']],
    [
      'MATCH (n:D), (m) DELETE n',
      { nodesDeleted: 1 },
      ['0 :A {}', '1 :B {}', '2 :C {}', '0 0-T->1 {}', '1 1-T->2 {}', '2 0-U->2 {}', '3 2-SELF->2 {}'],
    ],
    [
      'MATCH (n:D) DELETE n, n, null',
      { nodesDeleted: 1 },
      ['0 :A {}', '1 :B {}', '2 :C {}', '0 0-T->1 {}', '1 1-T->2 {}', '2 0-U->2 {}', '3 2-SELF->2 {}'],
    ],
  ])('%s', (text, expectedChanges, expected) => {
    const graph = given()
    expect(changes(run(text, { graph }))).toEqual(expectedChanges)
    expect(graph.content()).toEqual(expected)
  })

  test('a node with relationships is refused, and nothing has changed', () => {
    const graph = given()
    expect(failure('MATCH (n:A) DELETE n', { graph })).toBe(
      'BAD_REQUEST node 0 still has relationships: line 1, column 13',
    )
    expect(graph.content()).toEqual(given().content())
  })

  test('what was deleted can be named, but has nothing any more', () => {
    const graph = given()
    expect(rows('MATCH (n:D) DELETE n RETURN id(n)', { graph })).toEqual([[3n]])
    expect(rows('MATCH ()-[r:SELF]->() DELETE r RETURN type(r), count(*)', { graph })).toEqual([['SELF', 1n]])
    expect(run('MATCH ()-[r:U]->() DELETE r RETURN r', { graph }).rows).toEqual([
      [{ kind: 'edge', id: 2, edgeType: 'U', sourceId: 0, targetId: 2, snapshot: null }],
    ])
    expect(failure('MATCH (n:C) DETACH DELETE n RETURN n.x', { graph })).toBe(
      'BAD_REQUEST node 2 does not exist, or no longer: line 1, column 37',
    )
    expect(failure('MATCH (n:B) DETACH DELETE n CREATE (n)-[:T]->()', { graph })).toBe(
      'BAD_REQUEST node 1 does not exist, or no longer: line 1, column 39',
    )
  })

  test.each([
    ['MATCH (n) DELETE n.x + 1, 5', 'DELETE needs a node, a relationship or a path, not an integer: line 1, column 11'],
    ['MATCH (n) DELETE m', 'm is not defined here: line 1, column 18'],
  ])('%s is refused', (text, expected) => {
    expect(failure(text, { graph: given() })).toBe(`BAD_REQUEST ${expected}`)
  })
})

describe('MERGE', () => {
  test('creates what is not there and finds what is', () => {
    const graph = new MemoryGraph()
    const text = 'MERGE (n:N {k: 1}) ON CREATE SET n.made = true ON MATCH SET n.seen = coalesce(n.seen, 0) + 1 RETURN n'
    expect([1, 2, 3].map(() => rows(text, { graph }))).toEqual([[['n0']], [['n0']], [['n0']]])
    expect(graph.content()).toEqual(['0 :N {"k":1,"made":true,"seen":2}'])
  })

  test('rows see what rows before them created', () => {
    const graph = new MemoryGraph()
    expect(changes(run('UNWIND [1, 2, 1, 1] AS k MERGE (:N {k: k})', { graph }))).toEqual({
      nodesCreated: 2,
      propertiesSet: 2,
      labelsAdded: 2,
    })
    expect(rows('MATCH (n:N) MERGE (m:M {of: n.k}) RETURN n.k, m', { graph })).toEqual([
      [1n, 'n2'],
      [2n, 'n3'],
    ])
  })

  test('a whole pattern is found or created, from the nodes that are known', () => {
    const graph = graphOf('CREATE (:A {x: 1}), (:B {x: 1})')
    const text = 'MATCH (a:A), (b:B) MERGE p = (a)-[r:T {w: 1}]->(b) RETURN p'
    expect([rows(text, { graph }), rows(text, { graph })]).toEqual([[['n0-r0-n1']], [['n0-r0-n1']]])
    expect(rows('MATCH (a:A), (b:B) MERGE (b)-[r:T]-(a) RETURN r', { graph })).toEqual([['r0']])
    expect(rows('MATCH (a:A) MERGE (a)-[r:U]-(c:C) RETURN r, c', { graph })).toEqual([['r1', 'n2']])
    expect(rows('MERGE (:A {x: 1})-[r:T]->(:B {x: 2}) RETURN r', { graph })).toEqual([['r2']])
    expect(graph.content()).toEqual([
      '0 :A {"x":1}',
      '1 :B {"x":1}',
      '2 :C {}',
      '3 :A {"x":1}',
      '4 :B {"x":2}',
      '0 0-T->1 {"w":1}',
      '1 0-U->2 {}',
      '2 3-T->4 {}',
    ])
  })

  test('every match is a row', () => {
    const graph = graphOf('CREATE (:N), (:N)')
    expect(rows('MERGE (n:N) ON MATCH SET n.x = id(n) RETURN n, n.x', { graph })).toEqual([
      ['n0', 0n],
      ['n1', 1n],
    ])
  })

  test.each([
    ['MERGE (n {k: null})', 'MERGE cannot search for k: null: line 1, column 7'],
    ['MERGE ()-[:T*2]->()', 'a relationship of variable length cannot be merged: line 1, column 9'],
    ['MERGE ()-[r]->()', 'a relationship is created with exactly one type: line 1, column 9'],
    ['MATCH (n) MERGE (n:A)', 'n is already defined: name it alone to use it here: line 1, column 17'],
    ['MATCH ()-[r:T]->() MERGE ()-[r:T]->()', 'r is already defined: line 1, column 28'],
  ])('%s is refused', (text, expected) => {
    expect(failure(text)).toBe(`BAD_REQUEST ${expected}`)
  })
})

test('a query that is wrong in its last clause changes nothing before it', () => {
  const graph = new MemoryGraph()
  expect(failure('CREATE (a:A) WITH a CREATE (b:B) RETURN c', { graph })).toBe(
    'BAD_REQUEST c is not defined here: line 1, column 41',
  )
  expect(graph.content()).toEqual([])
})
