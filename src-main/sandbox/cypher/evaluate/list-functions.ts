import { limits } from '#base/limits.ts'
import { type CypherList, type CypherValue, isList, isMap, kindText } from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'
import { bounded } from '../values/weight.ts'
import { type CypherFunction, ofOne, ofSome } from './cypher-function.ts'

export const listFunctions: readonly (readonly [string, CypherFunction])[] = [
  [
    'exists',
    { parametersMin: 1, parametersMax: 1, call: ([value]) => (typeof value === 'boolean' ? value : value !== null) },
  ],
  [
    'coalesce',
    {
      parametersMin: 1,
      parametersMax: limits.queryValuesMax,
      call: (values) => values.find((value) => value !== null) ?? null,
    },
  ],
  ['size', ofOne(sizeOf)],
  ['head', ofOne((value) => listIn('head', value)[0] ?? null)],
  ['last', ofOne((value) => listIn('last', value).at(-1) ?? null)],
  ['tail', ofOne((value) => listIn('tail', value).slice(1))],
  ['range', ofSome(2, 3, ([from, to, step]) => range(from, to, step ?? 1n))],
]

/** Elements of a list, entries of a map, characters (code points) of a string. */
function sizeOf(value: CypherValue): bigint {
  if (isList(value)) return BigInt(value.length)
  if (isMap(value)) return BigInt(value.size)
  if (typeof value !== 'string') throw new ValueProblem(`size() is not defined for ${kindText(value)}`)
  let characters = 0n
  for (const _character of value) characters += 1n
  return characters
}

function listIn(name: string, value: CypherValue): CypherList {
  if (isList(value)) return value
  throw new ValueProblem(`${name}() needs a list, not ${kindText(value)}`)
}

function range(from: CypherValue | undefined, to: CypherValue | undefined, step: CypherValue): CypherList {
  if (typeof from !== 'bigint' || typeof to !== 'bigint' || typeof step !== 'bigint')
    throw new ValueProblem('range() needs integers')
  if (step === 0n) throw new ValueProblem('the step of range() must not be 0')
  const count = (to - from) / step + 1n
  if ((to - from) * step < 0n) return []
  if (count > BigInt(limits.queryValuesMax))
    throw new ValueProblem(`a list of a query holds ${limits.queryValuesMax} values at most`)
  return bounded(Array.from({ length: Number(count) }, (_item, index) => from + BigInt(index) * step))
}
