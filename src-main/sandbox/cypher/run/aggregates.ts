import type { Compiler } from '../evaluate/compiler.ts'
import type { Evaluate, Row } from '../evaluate/scope.ts'
import { aggregatesIn } from '../evaluate/walk-expression.ts'
import type { CallExpression } from '../syntax/syntax-tree.ts'
import { calculate } from '../values/arithmetic.ts'
import { groupKey } from '../values/group-key.ts'
import { order } from '../values/ordering.ts'
import { type CypherValue, kindText } from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'
import { bounded } from '../values/weight.ts'

/** Takes values, nulls never among them, and makes one of them. */
type Accumulator = { readonly add: (value: CypherValue) => void; readonly result: () => CypherValue }

/** One aggregate over the rows of one group. */
export type RunningAggregate = { readonly addRow: (row: Row) => void; readonly result: () => CypherValue }

/** Makes a fresh aggregate for each group. @throws AppError BAD_REQUEST when the call is wrong */
export function compileAggregate(call: CallExpression, compiler: Compiler): () => RunningAggregate {
  const { execution } = compiler
  const { name, at, isStar, isDistinct } = call
  if (isStar && name !== 'count') throw execution.error(at, `${name}(*) is not defined`)
  const [parameter] = call.parameters
  if (!isStar && (parameter === undefined || call.parameters.length > 1))
    throw execution.error(at, `${name}() takes 1 parameter, not ${call.parameters.length}`)
  if (parameter !== undefined && aggregatesIn(parameter).length > 0)
    throw execution.error(at, `${name}() cannot aggregate over an aggregate`)
  const evaluate: Evaluate = parameter === undefined ? () => true : compiler.compile(parameter)
  return () => {
    const accumulator = isDistinct ? distinct(accumulatorOf(name)) : accumulatorOf(name)
    return {
      addRow: (row) => {
        const value = evaluate(row)
        if (value !== null) execution.located(at, () => accumulator.add(value))
      },
      result: () => execution.located(at, accumulator.result),
    }
  }
}

function accumulatorOf(name: string): Accumulator {
  switch (name) {
    case 'sum':
      return sum()
    case 'avg':
      return average()
    case 'min':
      return extreme((sign) => sign < 0)
    case 'max':
      return extreme((sign) => sign > 0)
    case 'collect':
      return collect()
    default:
      return count()
  }
}

function distinct(accumulator: Accumulator): Accumulator {
  const seen = new Set<string>()
  return {
    add: (value) => {
      const key = groupKey(value)
      if (seen.has(key)) return
      seen.add(key)
      accumulator.add(value)
    },
    result: accumulator.result,
  }
}

function count(): Accumulator {
  let total = 0
  return {
    add: () => {
      total += 1
    },
    result: () => BigInt(total),
  }
}

function sum(): Accumulator {
  let total: CypherValue = 0n
  return {
    add: (value) => {
      total = calculate('+', total, numeric('sum', value))
    },
    result: () => total,
  }
}

/** Adds integers exactly, so that many large ones neither overflow nor round. */
function average(): Accumulator {
  let integers = 0n
  let floats = 0
  let total = 0
  return {
    add: (value) => {
      const number = numeric('avg', value)
      if (typeof number === 'bigint') integers += number
      else floats += number
      total += 1
    },
    result: () => (total === 0 ? null : (Number(integers) + floats) / total),
  }
}

function extreme(isBetter: (sign: number) => boolean): Accumulator {
  let best: CypherValue = null
  return {
    add: (value) => {
      if (best === null || isBetter(order(value, best))) best = value
    },
    result: () => best,
  }
}

function collect(): Accumulator {
  const items: CypherValue[] = []
  return { add: (value) => items.push(value), result: () => bounded(items) }
}

function numeric(name: string, value: CypherValue): bigint | number {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  throw new ValueProblem(`${name}() needs numbers, not ${kindText(value)}`)
}
