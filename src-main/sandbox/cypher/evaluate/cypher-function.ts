import type { CypherValue } from '../values/value.ts'
import type { Execution } from './execution.ts'

/** A function of the language. It throws ValueProblem on values it is not defined for. */
export type CypherFunction = {
  readonly parametersMin: number
  readonly parametersMax: number
  readonly call: (values: readonly CypherValue[], execution: Execution) => CypherValue
}

type One = (value: Exclude<CypherValue, null>, execution: Execution) => CypherValue

/** A function of one value that is null for null. */
export function ofOne(call: One): CypherFunction {
  return {
    parametersMin: 1,
    parametersMax: 1,
    call: ([value], execution) => (value === null || value === undefined ? null : call(value, execution)),
  }
}

/** A function of some values that is null if one of them is. */
export function ofSome(
  parametersMin: number,
  parametersMax: number,
  call: (values: readonly Exclude<CypherValue, null>[], execution: Execution) => CypherValue,
): CypherFunction {
  return {
    parametersMin,
    parametersMax,
    call: (values, execution) => {
      const known = values.filter((value) => value !== null)
      return known.length < values.length ? null : call(known, execution)
    },
  }
}
