import { AppError } from '#base/app-error.ts'
import { limits } from '#base/limits.ts'
import { type CypherList, type CypherMap, type CypherValue, isList, isMap } from './value.ts'

/**
 * Values inside a list or map, nested ones counted, where it holds others. Lists are shared, not copied: without this
 * count, a list of itself twice, thirty times over, would be a billion values once somebody walks it.
 */
const nestedWeights = new WeakMap<object, number>()

/** @throws AppError LIMIT_EXCEEDED when it holds too many values */
export function bounded<Value extends CypherList | CypherMap>(value: Value): Value {
  const size = isList(value) ? value.length : value.size
  let weight = size
  for (const item of value.values()) weight += weightOf(item)
  if (weight > limits.queryValuesMax)
    throw new AppError('LIMIT_EXCEEDED', {
      message: `a list or map of a query holds ${limits.queryValuesMax} values at most`,
    })
  if (weight > size) nestedWeights.set(value, weight)
  return value
}

/** @throws AppError LIMIT_EXCEEDED when the text is too long */
export function boundedText(text: string): string {
  checkTextLength(text.length)
  return text
}

/** @throws AppError LIMIT_EXCEEDED when a text of so many characters would be too long */
export function checkTextLength(characters: number): void {
  if (characters > limits.queryTextCharactersMax)
    throw new AppError('LIMIT_EXCEEDED', {
      message: `a text that a query builds has ${limits.queryTextCharactersMax} characters at most`,
    })
}

function weightOf(value: CypherValue): number {
  if (value === null || typeof value !== 'object') return 0
  if (isList(value)) return nestedWeights.get(value) ?? value.length
  return isMap(value) ? (nestedWeights.get(value) ?? value.size) : 0
}
