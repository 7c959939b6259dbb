import type { Compiler } from '../evaluate/compiler.ts'
import type { Row } from '../evaluate/scope.ts'
import { compileMatch } from '../match/compile-match.ts'
import type { Operator } from '../match/match-types.ts'
import type { Clause, EdgePattern, NodePattern, PatternPart } from '../syntax/syntax-tree.ts'
import { compilePart } from './compile-create.ts'
import { compileSet } from './compile-set.ts'

type MergeClause = Extract<Clause, { kind: 'merge' }>

/** MERGE: for each row what is found, or the whole pattern anew. Rows see what rows before them created. */
export function compileMerge(clause: MergeClause, compiler: Compiler): Operator {
  const { pattern } = clause
  const bound = new Set(compiler.scope.names())
  checkMergeable(pattern, compiler, bound)
  const match = compileMatch([pattern], null, compiler)
  const create = compilePart(directed(pattern), match.parts[0], compiler, new Set(bound))
  const onMatch = compileSet(clause.onMatch, compiler)
  const onCreate = compileSet(clause.onCreate, compiler)
  const refuseNulls = nullCheck(pattern, compiler)
  return function* merge(input) {
    for (const row of input) {
      refuseNulls(row)
      const found = Array.from(match.run([row]), (match) => match.slice())
      for (const each of found) onMatch(each)
      if (found.length === 0) {
        for (const write of [...create.nodes, ...create.edges]) write(row)
        onCreate(row)
        found.push(row.slice())
      }
      yield* found
    }
  }
}

function checkMergeable(pattern: PatternPart, { execution }: Compiler, bound: ReadonlySet<string>): void {
  for (const { variable, at } of pattern.edges)
    if (variable !== null && bound.has(variable)) throw execution.error(at, `${variable} is already defined`)
  for (const { length, at } of pattern.edges)
    if (length !== null) throw execution.error(at, 'a relationship of variable length cannot be merged')
}

/** A relationship that may be found in any direction is created from left to right. */
function directed(pattern: PatternPart): PatternPart {
  const edges = pattern.edges.map((edge) => (edge.direction === 'both' ? { ...edge, direction: 'out' as const } : edge))
  return { ...pattern, edges }
}

/** A null equals nothing, so it would be created again and again. */
function nullCheck(pattern: PatternPart, compiler: Compiler): (row: Row) => void {
  const values = [...pattern.nodes, ...pattern.edges].flatMap((element) => valuesOf(element, compiler))
  return (row) => {
    for (const { name, at, evaluate } of values)
      if (evaluate(row) === null) throw compiler.execution.error(at, `MERGE cannot search for ${name}: null`)
  }
}

function valuesOf({ properties, at }: NodePattern | EdgePattern, compiler: Compiler) {
  if (properties?.kind !== 'map') return []
  return properties.entries.map(({ name, value }) => ({ name, at, evaluate: compiler.compile(value) }))
}
