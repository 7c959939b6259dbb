import { limits } from '#base/limits.ts'
import type { CallExpression, Expression } from '../syntax/syntax-tree.ts'
import { calculate, negated } from '../values/arithmetic.ts'
import { equals } from '../values/equality.ts'
import { compileAccess, compileHasLabels } from './compile-access.ts'
import { compileComprehension, compileList, compileMap, compileQuantifier } from './compile-lists.ts'
import { compileComparison, compileLogic, compileNot, compileTest, truthOf } from './compile-logic.ts'
import type { Compiler, KnownExpressions, PatternCompiler } from './compiler.ts'
import type { Execution } from './execution.ts'
import { functionNamed } from './functions.ts'
import type { Evaluate, Row, Scope } from './scope.ts'
import { aggregateNames } from './walk-expression.ts'

type Of<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>

const INTEGER_LIMIT = 2n ** 63n
const nothingKnown: KnownExpressions = () => null

export type CompilerParts = {
  readonly execution: Execution
  readonly scope: Scope
  readonly patterns: PatternCompiler
  readonly known?: KnownExpressions
}

/** Turns expressions into functions on rows. What is wrong with one is an AppError BAD_REQUEST, before any row is read. */
export class ExpressionCompiler implements Compiler {
  readonly execution: Execution
  readonly scope: Scope
  readonly #patterns: PatternCompiler
  readonly #known: KnownExpressions

  constructor({ execution, scope, patterns, known }: CompilerParts) {
    this.execution = execution
    this.scope = scope
    this.#patterns = patterns
    this.#known = known ?? nothingKnown
  }

  within(scope: Scope): Compiler {
    return new ExpressionCompiler({ execution: this.execution, scope, patterns: this.#patterns, known: this.#known })
  }

  compile(expression: Expression): Evaluate {
    return this.#known(expression) ?? this.#compileKind(expression)
  }

  #compileKind(expression: Expression): Evaluate {
    switch (expression.kind) {
      case 'literal':
        return this.#literal(expression)
      case 'parameter':
        return this.#parameter(expression)
      case 'variable':
        return this.#variable(expression)
      case 'list':
        return compileList(expression, this)
      case 'map':
        return compileMap(expression, this)
      case 'logic':
        return compileLogic(expression, this)
      case 'not':
        return compileNot(expression, this)
      case 'comparison':
        return compileComparison(expression, this)
      case 'arithmetic':
        return this.#arithmetic(expression)
      case 'negate':
        return this.#negate(expression)
      case 'test':
        return compileTest(expression, this)
      case 'access':
        return compileAccess(expression, this)
      case 'hasLabels':
        return compileHasLabels(expression, this)
      case 'call':
        return this.#call(expression)
      case 'case':
        return this.#case(expression)
      case 'comprehension':
        return compileComprehension(expression, this)
      case 'quantifier':
        return compileQuantifier(expression, this)
      case 'patternExists':
        return this.#patterns(expression.pattern, this)
    }
  }

  #literal({ value, at }: Of<'literal'>): Evaluate {
    if (typeof value === 'bigint' && value >= INTEGER_LIMIT) throw this.execution.error(at, 'an integer has 64 bits')
    return () => value
  }

  #parameter({ name, at }: Of<'parameter'>): Evaluate {
    const value = this.execution.options.parameters.get(name)
    if (value === undefined) throw this.execution.error(at, `the parameter $${name} is not given`)
    return () => value
  }

  #variable({ name, at }: Of<'variable'>): Evaluate {
    const slot = this.scope.slotOf(name)
    if (slot === null) throw this.execution.error(at, `${name} is not defined here`)
    return (row) => row[slot] ?? null
  }

  #arithmetic({ first, rest }: Of<'arithmetic'>): Evaluate {
    const start = this.compile(first)
    const parts = rest.map(({ operator, operand, at }) => ({ operator, at, evaluate: this.compile(operand) }))
    return (row) => {
      let value = start(row)
      for (const { operator, at, evaluate } of parts) {
        const left = value
        const right = evaluate(row)
        value = this.execution.located(at, () => calculate(operator, left, right))
      }
      return value
    }
  }

  #negate({ times, operand, at }: Of<'negate'>): Evaluate {
    const inner = this.compile(operand)
    return (row) => {
      const value = inner(row)
      return this.execution.located(at, () => (times % 2 === 0 ? negated(negated(value)) : negated(value)))
    }
  }

  #call(expression: CallExpression): Evaluate {
    const { name, at } = expression
    if (aggregateNames.has(name)) throw this.execution.error(at, `${name}() has its place in WITH and RETURN, not here`)
    if (expression.isDistinct || expression.isStar) throw this.execution.error(at, `${name}() is not an aggregate`)
    const called = functionNamed(name)
    if (called === null) throw this.execution.error(at, `${name}() is not supported`)
    const count = expression.parameters.length
    if (count < called.parametersMin || count > called.parametersMax)
      throw this.execution.error(at, `${name}() takes ${parametersText(called)}, not ${count}`)
    const parameters = expression.parameters.map((parameter) => this.compile(parameter))
    return (row) => {
      const values = parameters.map((parameter) => parameter(row))
      return this.execution.located(at, () => called.call(values, this.execution))
    }
  }

  #case({ subject, branches, otherwise, at }: Of<'case'>): Evaluate {
    const of = subject === null ? null : this.compile(subject)
    const compiled = branches.map(({ when, result }) => ({ when: this.compile(when), result: this.compile(result) }))
    const last = otherwise === null ? null : this.compile(otherwise)
    const holds = (row: Row, when: Evaluate): boolean | null => {
      if (of !== null) return equals(of(row), when(row))
      return this.execution.located(at, () => truthOf(when(row), 'CASE WHEN'))
    }
    return (row) => {
      const branch = compiled.find(({ when }) => holds(row, when) === true)
      return branch === undefined ? (last?.(row) ?? null) : branch.result(row)
    }
  }
}

function parametersText({ parametersMin, parametersMax }: { parametersMin: number; parametersMax: number }): string {
  const noun = parametersMax === 1 ? 'parameter' : 'parameters'
  if (parametersMin === parametersMax) return `${parametersMin} ${noun}`
  return parametersMax >= limits.queryValuesMax
    ? `at least ${parametersMin} parameter`
    : `${parametersMin} to ${parametersMax} ${noun}`
}
