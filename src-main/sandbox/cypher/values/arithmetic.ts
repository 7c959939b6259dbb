import type { ArithmeticOperator } from '../syntax/syntax-tree.ts'
import { type CypherValue, isList, kindText } from './value.ts'
import { ValueProblem } from './value-problem.ts'
import { textOfValue } from './value-text.ts'
import { bounded, boundedText } from './weight.ts'

const INTEGER_MIN = -(2n ** 63n)
const INTEGER_MAX = 2n ** 63n - 1n

/** @throws ValueProblem when the integer does not fit 64 bits */
export function integer64(value: bigint): bigint {
  if (value < INTEGER_MIN || value > INTEGER_MAX) throw new ValueProblem('the integer does not fit 64 bits')
  return value
}

/**
 * `left operator right`: null if either is null; integers stay integers but for `^`; `+` joins strings and lists too.
 * @throws ValueProblem on other kinds, overflow of 64 bits, division of an integer by zero
 */
export function calculate(operator: ArithmeticOperator, left: CypherValue, right: CypherValue): CypherValue {
  if (typeof left === 'bigint' && typeof right === 'bigint') return ofIntegers(operator, left, right)
  if (isNumber(left) && isNumber(right)) return ofFloats(operator, Number(left), Number(right))
  if (operator === '+') return joined(left, right)
  if (left === null || right === null) return null
  throw new ValueProblem(`${operator} is not defined between ${kindText(left)} and ${kindText(right)}`)
}

/** @throws ValueProblem on what is no number, and for the smallest integer */
export function negated(value: CypherValue): CypherValue {
  if (value === null) return null
  if (typeof value === 'bigint') return integer64(-value)
  if (typeof value === 'number') return -value
  throw new ValueProblem(`- is not defined for ${kindText(value)}`)
}

function isNumber(value: CypherValue): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number'
}

function ofIntegers(operator: ArithmeticOperator, left: bigint, right: bigint): CypherValue {
  switch (operator) {
    case '+':
      return integer64(left + right)
    case '-':
      return integer64(left - right)
    case '*':
      return integer64(left * right)
    case '^':
      return Number(left) ** Number(right)
    default:
      if (right === 0n) throw new ValueProblem('an integer cannot be divided by zero')
      return integer64(operator === '/' ? left / right : left % right)
  }
}

function ofFloats(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '%':
      return left % right
    case '^':
      return left ** right
  }
}

function joined(left: CypherValue, right: CypherValue): CypherValue {
  if (left === null || right === null) return null
  if (isList(left)) return bounded(isList(right) ? [...left, ...right] : [...left, right])
  if (isList(right)) return bounded([left, ...right])
  const leftText = textOfValue(left)
  const rightText = textOfValue(right)
  const isText = typeof left === 'string' || typeof right === 'string'
  if (isText && leftText !== undefined && rightText !== undefined) return boundedText(leftText + rightText)
  throw new ValueProblem(`+ is not defined between ${kindText(left)} and ${kindText(right)}`)
}
