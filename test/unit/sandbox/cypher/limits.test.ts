// Goal: a query ends within its limits, whatever it says.
import { expect, test } from 'vitest'
import { AppError } from '../../../../src-main/base/app-error.ts'
import { MemoryGraph } from './memory-graph.ts'
import { failure, graphOf, rows, run } from './run.ts'

test('the rows of an answer are counted', () => {
  expect(failure('UNWIND range(1, 4) AS x RETURN x', { limits: { rowsMax: 3 } })).toBe(
    'LIMIT_EXCEEDED the answer has more than 3 rows',
  )
  expect(rows('UNWIND range(1, 4) AS x RETURN x LIMIT 3', { limits: { rowsMax: 3 } })).toHaveLength(3)
  expect(rows('UNWIND range(1, 4) AS x RETURN sum(x)', { limits: { rowsMax: 1 } })).toEqual([[10n]])
})

test.each([
  'MATCH (a), (b), (c), (d) RETURN count(*)',
  'MATCH p = ()-[*]-() RETURN count(p)',
  'UNWIND range(1, 1000) AS x UNWIND range(1, 1000) AS y RETURN count(*)',
  'UNWIND range(1, 20000) AS x CREATE ()',
  'RETURN size([x IN range(1, 20000) | x])',
  'MATCH (n) WHERE (n)-[*]-(:Nobody) RETURN count(*)',
  'UNWIND range(1, 20000) AS x RETURN x, count(*)',
])('%s ends at the limit of expansions', (text) => {
  const graph = graphOf(
    'UNWIND range(1, 12) AS x CREATE (:N {x: x})',
    'MATCH (a), (b) WHERE a.x < b.x CREATE (a)-[:T]->(b)',
  )
  expect(failure(text, { graph, limits: { expansionsMax: 5000 } })).toBe(
    'LIMIT_EXCEEDED the query looked at more than 5000 nodes, relationships and rows',
  )
})

test('the checkpoint is asked again and again, and what it throws ends the query', () => {
  let calls = 0
  const checkpoint = () => {
    calls += 1
    if (calls === 3) throw new AppError('STOPPED', { message: 'too long' })
  }
  expect(failure('UNWIND range(1, 100000) AS x RETURN sum(x)', { limits: { checkpoint } })).toBe('STOPPED too long')
  expect(calls).toBe(3)
})

test('texts and lists that double themselves are stopped, however they share their parts', () => {
  const doubled = (start: string, twice: string) =>
    `WITH ${start} AS x ${`WITH ${twice} AS x `.repeat(60)}RETURN size(x) AS size`
  expect(failure(doubled("'abcdefgh'", 'x + x'))).toBe(
    'LIMIT_EXCEEDED a text that a query builds has 16777216 characters at most',
  )
  const tooMany = 'LIMIT_EXCEEDED a list or map of a query holds 2000000 values at most'
  expect(failure(doubled('[1]', 'x + x'))).toBe(tooMany)
  expect(failure(doubled('[1]', '[x, x]'))).toBe(tooMany)
  expect(failure(doubled('{a: 1}', '{a: x, b: x}'))).toBe(tooMany)
  expect(failure("RETURN replace('aaaaaaaaaa', 'a', $long)", { parameters: { long: 'x'.repeat(2_000_000) } })).toBe(
    'LIMIT_EXCEEDED a text that a query builds has 16777216 characters at most',
  )
})

test('a path that grows beyond the longest is an error, not a shorter path', () => {
  const graph = new MemoryGraph()
  for (let id = 0; id < 1003; id += 1) graph.createNode(id === 0 ? ['First'] : [], new Map())
  for (let id = 1; id < 1003; id += 1) graph.createEdge('T', id - 1, id, new Map())
  expect(failure('MATCH (:First)-[*]->(n) RETURN count(n)', { graph })).toBe(
    'LIMIT_EXCEEDED a path has 1000 relationships at most',
  )
  expect(rows('MATCH (:First)-[*..1000]->(n) RETURN count(n)', { graph })).toEqual([[1000n]])
})

test('a hundred thousand nodes are deleted with a search that feeds the deletion', { timeout: 60_000 }, () => {
  const graph = new MemoryGraph()
  run('UNWIND range(1, 100000) AS x CREATE (:N {x: x})', { graph })
  expect(run('MATCH (n) DETACH DELETE n', { graph }).counts.nodesDeleted).toBe(100_000)
  expect(graph.content()).toEqual([])
})
