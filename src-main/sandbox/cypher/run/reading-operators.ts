import { truthOf } from '../evaluate/compile-logic.ts'
import type { Compiler } from '../evaluate/compiler.ts'
import type { Row } from '../evaluate/scope.ts'
import { compileMatch } from '../match/compile-match.ts'
import type { Operator } from '../match/match-types.ts'
import type { Clause, Expression } from '../syntax/syntax-tree.ts'
import { isList } from '../values/value.ts'

type Of<Kind extends Clause['kind']> = Extract<Clause, { kind: Kind }>

/** MATCH; OPTIONAL MATCH keeps a row without a match, with nulls for the pattern's variables. */
export function compileMatchClause({ pattern, where, isOptional }: Of<'match'>, compiler: Compiler): Operator {
  const before = new Set(compiler.scope.names())
  const { run } = compileMatch(pattern, where, compiler)
  if (!isOptional) return run
  const added = compiler.scope.names().filter((name) => !before.has(name))
  const slots = added.map((name) => compiler.scope.declare(name))
  return function* optional(input) {
    for (const row of input) {
      let isFound = false
      for (const found of run([row])) {
        isFound = true
        yield found
      }
      if (!isFound) yield withNulls(row, slots)
    }
  }
}

function withNulls(row: Row, slots: readonly number[]): Row {
  for (const slot of slots) row[slot] = null
  return row
}

/** UNWIND: a row for each item; none for null, one for what is no list. */
export function compileUnwind({ list, variable, at }: Of<'unwind'>, compiler: Compiler): Operator {
  const { scope, execution } = compiler
  if (scope.slotOf(variable) !== null) throw execution.error(at, `${variable} is already defined`)
  const evaluate = compiler.compile(list)
  const slot = scope.declare(variable)
  return function* unwind(input) {
    for (const row of input) {
      const value = evaluate(row)
      const items = value === null ? [] : isList(value) ? value : [value]
      for (const item of items) {
        execution.expand()
        row[slot] = item
        yield row
      }
    }
  }
}

/** WHERE behind WITH. */
export function compileFilter(where: Expression, compiler: Compiler): Operator {
  const evaluate = compiler.compile(where)
  return function* filter(input) {
    for (const row of input)
      if (compiler.execution.located(where.at, () => truthOf(evaluate(row), 'WHERE')) === true) yield row
  }
}
