import { type CypherValue, isMap, kindText, type StoredValue } from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'
import type { CypherFunction } from './cypher-function.ts'

const DAY_MS = 86_400_000
const US_PER_MS = 1000
const dateForm = /^\d{4}-\d{2}-\d{2}$/
const dateTimeForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?$/

export const temporalFunctions: readonly (readonly [string, CypherFunction])[] = [
  [
    'datetime',
    {
      parametersMin: 0,
      parametersMax: 1,
      call: ([value], { options }) => (value === undefined ? dateTime(milliseconds(options.nowUs)) : dateTimeOf(value)),
    },
  ],
  [
    'date',
    {
      parametersMin: 0,
      parametersMax: 1,
      call: ([value], { options }) => (value === undefined ? date(milliseconds(options.nowUs)) : dateOf(value)),
    },
  ],
  [
    'timestamp',
    { parametersMin: 0, parametersMax: 0, call: (_values, { options }) => BigInt(milliseconds(options.nowUs)) },
  ],
]

function milliseconds(us: number): number {
  return Math.floor(us / US_PER_MS)
}

function dateTime(ms: number): StoredValue {
  return { kind: 'stored', value: { type: 'dateTime', milliseconds: BigInt(ms) } }
}

function date(ms: number): StoredValue {
  return { kind: 'stored', value: { type: 'date', days: Math.floor(ms / DAY_MS) } }
}

/** From ISO 8601 (UTC where no zone is given) or `{epochMillis: n}`. */
function dateTimeOf(value: CypherValue): CypherValue {
  if (value === null) return null
  if (isMap(value)) {
    const epoch = value.get('epochMillis')
    if (typeof epoch === 'bigint' && value.size === 1)
      return { kind: 'stored', value: { type: 'dateTime', milliseconds: epoch } }
    throw new ValueProblem('datetime() of a map takes epochMillis alone')
  }
  if (typeof value !== 'string') throw new ValueProblem(`datetime() is not defined for ${kindText(value)}`)
  return dateTime(parsed('datetime', value, dateForm.test(value) || dateTimeForm.test(value)))
}

function dateOf(value: CypherValue): CypherValue {
  if (value === null) return null
  if (typeof value !== 'string') throw new ValueProblem(`date() is not defined for ${kindText(value)}`)
  return date(parsed('date', value, dateForm.test(value)))
}

function parsed(name: string, text: string, hasForm: boolean): number {
  const isZoned = /(?:Z|[+-]\d{2}:\d{2})$/.test(text) || dateForm.test(text)
  const ms = hasForm && isDay(text.slice(0, 10)) ? Date.parse(isZoned ? text : `${text}Z`) : Number.NaN
  if (Number.isNaN(ms))
    throw new ValueProblem(`${name}() needs a time as 2024-02-29${name === 'date' ? '' : 'T12:30:00Z'}`)
  return ms
}

/** JavaScript takes 30 February for 1 March. */
function isDay(text: string): boolean {
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}
