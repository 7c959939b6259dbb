// Goal: what the engine does not have is refused by its name, at its place, and never half done.
import { expect, test } from 'vitest'
import { MemoryGraph } from './memory-graph.ts'
import { failure } from './run.ts'

test.each([
  ['CALL db.labels()', 'CALL is not supported: line 1, column 1'],
  ['MATCH (n) CALL { RETURN 1 } RETURN n', 'CALL is not supported: line 1, column 11'],
  ['CREATE (n) WITH n FOREACH (x IN [1] | SET n.x = x)', 'FOREACH is not supported: line 1, column 19'],
  ["LOAD CSV FROM 'file:///x' AS line RETURN line", 'LOAD CSV is not supported: line 1, column 1'],
  ['EXPLAIN MATCH (n) RETURN n', 'EXPLAIN is not supported: line 1, column 1'],
  ['PROFILE MATCH (n) RETURN n', 'PROFILE is not supported: line 1, column 1'],
  ['USE graph MATCH (n) RETURN n', 'USE is not supported: line 1, column 1'],
  ['MATCH (n) USING INDEX n:A(x) RETURN n', 'USING is not supported: line 1, column 11'],
  ['CREATE INDEX FOR (n:A) ON (n.x)', 'CREATE INDEX is not supported: line 1, column 1'],
  ['CREATE CONSTRAINT c', 'CREATE CONSTRAINT is not supported: line 1, column 1'],
  ['DROP INDEX x', 'DROP is not supported: line 1, column 1'],
  ['SHOW INDEXES', 'SHOW is not supported: line 1, column 1'],
  ['MATCH p = shortestPath((a)-[*]-(b)) RETURN p', 'shortestPath is not supported: line 1, column 11'],
  ['MATCH (a), (b) RETURN shortestPath((a)-[*]-(b))', 'shortestPath is not supported: line 1, column 23'],
  ['MATCH p = allShortestPaths((a)-[*]-(b)) RETURN p', 'allShortestPaths is not supported: line 1, column 11'],
  ['MATCH (n) WHERE EXISTS { (n)-->() } RETURN n', 'EXISTS { } (a subquery) is not supported: line 1, column 17'],
  ['MATCH (n) RETURN COUNT { (n)-->() }', 'COUNT { } (a subquery) is not supported: line 1, column 18'],
  ['MATCH (n) RETURN n { .name }', 'a map projection is not supported: line 1, column 20'],
  ["RETURN 'a' =~ 'a.*'", '=~ (regular expressions) is not supported: line 1, column 12'],
  ['RETURN reduce(s = 0, x IN [1] | s + x)', 'reduce is not supported: line 1, column 8'],
  [
    'MATCH (n) RETURN [(n)-->(m) | m.x]',
    'a pattern comprehension or a label expression with | is not supported: line 1, column 29',
  ],
  [
    'MATCH (n:A|B) RETURN n',
    'a pattern comprehension or a label expression with | is not supported: line 1, column 11',
  ],
  ['RETURN stDev(1)', 'stDev is not supported: line 1, column 8'],
  ['RETURN percentileCont(1, 0.5)', 'percentileCont is not supported: line 1, column 8'],
  ['RETURN frobnicate(1)', 'frobnicate() is not supported: line 1, column 8'],
  ['RETURN point({x: 1})', 'point() is not supported: line 1, column 8'],
])('%s', (text, expected) => {
  const graph = new MemoryGraph()
  expect(failure(text, { graph })).toBe(`BAD_REQUEST ${expected}`)
  expect(graph.content()).toEqual([])
})
