import type { Expression, QuantifierName } from '../syntax/syntax-tree.ts'
import { type CypherList, type CypherValue, isList, kindText } from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'
import { bounded } from '../values/weight.ts'
import { truthOf } from './compile-logic.ts'
import type { Compiler } from './compiler.ts'
import type { Evaluate } from './scope.ts'

type Of<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>

export function compileList({ items }: Of<'list'>, compiler: Compiler): Evaluate {
  const parts = items.map((item) => compiler.compile(item))
  return (row) => bounded(parts.map((part) => part(row)))
}

export function compileMap({ entries }: Of<'map'>, compiler: Compiler): Evaluate {
  const parts = entries.map(({ name, value }) => ({ name, evaluate: compiler.compile(value) }))
  return (row) => bounded(new Map(parts.map(({ name, evaluate }) => [name, evaluate(row)])))
}

export function compileComprehension(expression: Of<'comprehension'>, compiler: Compiler): Evaluate {
  const { execution } = compiler
  const list = compiler.compile(expression.list)
  const scope = compiler.scope.inner()
  const slot = scope.shadow(expression.variable)
  const inner = compiler.within(scope)
  const where = expression.where === null ? null : inner.compile(expression.where)
  const result = expression.result === null ? null : inner.compile(expression.result)
  return (row) => {
    const source = listOf(list(row), expression.at, compiler)
    if (source === null) return null
    const kept: CypherValue[] = []
    for (const item of source) {
      execution.expand()
      row[slot] = item
      if (where !== null && !execution.located(expression.at, () => truthOf(where(row), 'WHERE'))) continue
      kept.push(result === null ? item : result(row))
    }
    return bounded(kept)
  }
}

export function compileQuantifier(expression: Of<'quantifier'>, compiler: Compiler): Evaluate {
  const { execution } = compiler
  const { at, quantifier } = expression
  const list = compiler.compile(expression.list)
  const scope = compiler.scope.inner()
  const slot = scope.shadow(expression.variable)
  const where = compiler.within(scope).compile(expression.where)
  return (row) => {
    const source = listOf(list(row), at, compiler)
    if (source === null) return null
    const counts = { true: 0, false: 0, null: 0 }
    for (const item of source) {
      execution.expand()
      row[slot] = item
      const truth = execution.located(at, () => truthOf(where(row), 'WHERE'))
      counts[`${truth}`] += 1
    }
    return quantified(quantifier, counts)
  }
}

type TruthCounts = { readonly true: number; readonly false: number; readonly null: number }

function quantified(quantifier: QuantifierName, counts: TruthCounts): boolean | null {
  const open = counts.null > 0 ? null : undefined
  switch (quantifier) {
    case 'all':
      return counts.false > 0 ? false : open === null ? null : true
    case 'any':
      return counts.true > 0 ? true : open === null ? null : false
    case 'none':
      return counts.true > 0 ? false : open === null ? null : true
    case 'single':
      return counts.true > 1 ? false : open === null ? null : counts.true === 1
  }
}

function listOf(value: CypherValue, at: number, { execution }: Compiler): CypherList | null {
  if (value === null || isList(value)) return value
  return execution.located(at, () => {
    throw new ValueProblem(`a list is needed here, not ${kindText(value)}`)
  })
}
