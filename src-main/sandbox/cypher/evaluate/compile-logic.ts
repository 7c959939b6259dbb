import type { ComparisonOperator, Expression } from '../syntax/syntax-tree.ts'
import { equals } from '../values/equality.ts'
import { compare } from '../values/ordering.ts'
import { type CypherValue, isList, kindText } from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'
import type { Compiler } from './compiler.ts'
import type { Evaluate } from './scope.ts'

type Of<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>
type Truth = boolean | null

/** A boolean or null, as WHERE and AND need it. @throws ValueProblem */
export function truthOf(value: CypherValue, place: string): Truth {
  if (value === null || typeof value === 'boolean') return value
  throw new ValueProblem(`${place} needs a boolean, not ${kindText(value)}`)
}

export function compileLogic({ operator, operands, at }: Of<'logic'>, compiler: Compiler): Evaluate {
  const { execution } = compiler
  const parts = operands.map((operand) => compiler.compile(operand))
  const truths = parts.map((part): ((row: CypherValue[]) => Truth) => (row) => {
    const value = part(row)
    return execution.located(at, () => truthOf(value, operator))
  })
  if (operator === 'XOR') return (row) => exclusive(truths.map((truth) => truth(row)))
  const decisive = operator === 'OR'
  return (row) => {
    let isKnown = true
    for (const truth of truths) {
      const value = truth(row)
      if (value === decisive) return decisive
      if (value === null) isKnown = false
    }
    return isKnown ? !decisive : null
  }
}

function exclusive(truths: readonly Truth[]): Truth {
  if (truths.includes(null)) return null
  return truths.filter((truth) => truth === true).length % 2 === 1
}

export function compileNot({ times, operand, at }: Of<'not'>, compiler: Compiler): Evaluate {
  const inner = compiler.compile(operand)
  return (row) => {
    const value = inner(row)
    const truth = compiler.execution.located(at, () => truthOf(value, 'NOT'))
    return truth === null || times % 2 === 0 ? truth : !truth
  }
}

/** `a < b < c` is `a < b AND b < c`. */
export function compileComparison({ first, rest }: Of<'comparison'>, compiler: Compiler): Evaluate {
  const start = compiler.compile(first)
  const parts = rest.map(({ operator, operand }) => ({ operator, evaluate: compiler.compile(operand) }))
  return (row) => {
    let left = start(row)
    let result: Truth = true
    for (const { operator, evaluate } of parts) {
      const right = evaluate(row)
      const truth = compared(operator, left, right)
      if (truth === false) return false
      if (truth === null) result = null
      left = right
    }
    return result
  }
}

function compared(operator: ComparisonOperator, left: CypherValue, right: CypherValue): Truth {
  if (operator === '=') return equals(left, right)
  if (operator === '<>') return inverse(equals(left, right))
  const sign = compare(left, right)
  if (sign === null) return null
  switch (operator) {
    case '<':
      return sign < 0
    case '>':
      return sign > 0
    case '<=':
      return sign <= 0
    case '>=':
      return sign >= 0
  }
}

function inverse(truth: Truth): Truth {
  return truth === null ? null : !truth
}

/** `IN`: null where a null in the list could be the value. @throws ValueProblem when it is no list */
function isIn(value: CypherValue, list: CypherValue): Truth {
  if (list === null) return null
  if (!isList(list)) throw new ValueProblem(`IN needs a list, not ${kindText(list)}`)
  let isKnown = true
  for (const item of list) {
    const equal = equals(value, item)
    if (equal === true) return true
    if (equal === null) isKnown = false
  }
  return isKnown ? false : null
}

export function compileTest({ operand, tests }: Of<'test'>, compiler: Compiler): Evaluate {
  const start = compiler.compile(operand)
  const steps = tests.map((test): ((value: CypherValue, row: CypherValue[]) => CypherValue) => {
    if (!('operand' in test)) return (value) => (value === null) === (test.kind === 'isNull')
    const right = compiler.compile(test.operand)
    const { kind } = test
    if (kind !== 'in') return (value, row) => textTest(kind, value, right(row))
    return (value, row) => compiler.execution.located(test.at, () => isIn(value, right(row)))
  })
  return (row) => steps.reduce((value, step) => step(value, row), start(row))
}

/** What is no string neither contains nor begins with anything: null. */
function textTest(kind: 'startsWith' | 'endsWith' | 'contains', value: CypherValue, part: CypherValue): Truth {
  if (typeof value !== 'string' || typeof part !== 'string') return null
  if (kind === 'startsWith') return value.startsWith(part)
  return kind === 'endsWith' ? value.endsWith(part) : value.includes(part)
}
