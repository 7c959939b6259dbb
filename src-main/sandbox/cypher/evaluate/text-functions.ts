import { type CypherValue, isList, kindText } from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'
import { textOfValue } from '../values/value-text.ts'
import { bounded, checkTextLength } from '../values/weight.ts'
import { type CypherFunction, ofOne, ofSome } from './cypher-function.ts'

export const textFunctions: readonly (readonly [string, CypherFunction])[] = [
  ['tostring', ofOne(toText)],
  ['toupper', ofOne((value) => textIn('toUpper', value).toUpperCase())],
  ['tolower', ofOne((value) => textIn('toLower', value).toLowerCase())],
  ['trim', ofOne((value) => textIn('trim', value).trim())],
  ['ltrim', ofOne((value) => textIn('ltrim', value).trimStart())],
  ['rtrim', ofOne((value) => textIn('rtrim', value).trimEnd())],
  ['reverse', ofOne(reversed)],
  ['split', ofSome(2, 2, ([value, by]) => bounded(textIn('split', value).split(textIn('split', by))))],
  [
    'replace',
    ofSome(3, 3, ([value, from, to]) =>
      replaced(textIn('replace', value), textIn('replace', from), textIn('replace', to)),
    ),
  ],
  ['substring', ofSome(2, 3, ([value, from, length]) => substring(textIn('substring', value), from, length))],
]

function textIn(name: string, value: CypherValue | undefined): string {
  if (typeof value === 'string') return value
  throw new ValueProblem(`${name}() needs a string, not ${kindText(value ?? null)}`)
}

function toText(value: CypherValue): string {
  const text = textOfValue(value)
  if (text === undefined) throw new ValueProblem(`toString() is not defined for ${kindText(value)}`)
  return text
}

function reversed(value: CypherValue): CypherValue {
  if (isList(value)) return value.toReversed()
  return [...textIn('reverse', value)].reverse().join('')
}

/** The length is known before the text is built. */
function replaced(text: string, from: string, to: string): string {
  if (from === '') return text
  const parts = text.split(from)
  const length = text.length + (parts.length - 1) * (to.length - from.length)
  checkTextLength(length)
  return parts.join(to)
}

/** Counts characters (code points) from 0. */
function substring(text: string, from: CypherValue | undefined, length: CypherValue | undefined): string {
  const start = indexIn(from)
  const end = length === undefined ? undefined : start + indexIn(length)
  return [...text].slice(start, end).join('')
}

function indexIn(value: CypherValue | undefined): number {
  if (typeof value === 'bigint' && value >= 0n) return Number(value)
  throw new ValueProblem('substring() counts from 0 in integers')
}
