import { integer64 } from '../values/arithmetic.ts'
import { type CypherValue, kindText } from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'
import { type CypherFunction, ofOne, ofSome } from './cypher-function.ts'

const PRECISION_MAX = 15n
const integerText = /^[+-]?\d+$/
const numberText = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

export const numberFunctions: readonly (readonly [string, CypherFunction])[] = [
  ['abs', ofOne(absolute)],
  ['sign', ofOne((value) => BigInt(Math.sign(floatIn('sign', value))))],
  ['floor', ofOne((value) => Math.floor(floatIn('floor', value)))],
  ['ceil', ofOne((value) => Math.ceil(floatIn('ceil', value)))],
  ['sqrt', ofOne((value) => Math.sqrt(floatIn('sqrt', value)))],
  ['round', ofSome(1, 2, ([value, precision]) => rounded(floatIn('round', value), precision ?? 0n))],
  ['rand', { parametersMin: 0, parametersMax: 0, call: (_values, { options }) => options.random() }],
  ['tointeger', ofOne(toInteger)],
  ['tofloat', ofOne(toFloat)],
  ['toboolean', ofOne(toBoolean)],
]

function floatIn(name: string, value: CypherValue | undefined): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  throw new ValueProblem(`${name}() needs a number, not ${kindText(value ?? null)}`)
}

function absolute(value: CypherValue): CypherValue {
  if (typeof value === 'bigint') return integer64(value < 0n ? -value : value)
  return Math.abs(floatIn('abs', value))
}

/** Halves go up. */
function rounded(value: number, precision: CypherValue): number {
  if (typeof precision !== 'bigint' || precision < 0n || precision > PRECISION_MAX)
    throw new ValueProblem(`round() takes a precision of 0 to ${PRECISION_MAX}`)
  const factor = 10 ** Number(precision)
  const scaled = value * factor
  return Number.isFinite(scaled) ? Math.round(scaled) / factor : value
}

/** Null for texts that are no numbers and for numbers that no integer holds. */
function toInteger(value: CypherValue): CypherValue {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return truncated(value)
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value !== 'string') throw new ValueProblem(`toInteger() is not defined for ${kindText(value)}`)
  const text = value.trim()
  if (integerText.test(text) && text.length <= 20) return fitting(BigInt(text.replace('+', '')))
  return numberText.test(text) ? truncated(Number(text)) : null
}

function truncated(value: number): bigint | null {
  return Number.isFinite(value) ? fitting(BigInt(Math.trunc(value))) : null
}

function fitting(value: bigint): bigint | null {
  return BigInt.asIntN(64, value) === value ? value : null
}

function toFloat(value: CypherValue): CypherValue {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string') throw new ValueProblem(`toFloat() is not defined for ${kindText(value)}`)
  return numberText.test(value.trim()) ? Number(value) : null
}

function toBoolean(value: CypherValue): CypherValue {
  if (typeof value === 'boolean') return value
  if (typeof value === 'bigint') return value !== 0n
  if (typeof value !== 'string') throw new ValueProblem(`toBoolean() is not defined for ${kindText(value)}`)
  const text = value.trim().toLowerCase()
  return text === 'true' ? true : text === 'false' ? false : null
}
