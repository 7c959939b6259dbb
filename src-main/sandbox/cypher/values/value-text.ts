import { propertyText } from '../../../samyama/property-text.ts'
import { dateText, instantText } from '../../../samyama/temporal-text.ts'
import type { CypherValue } from './value.ts'

/** What toString() and `+` with a string make of a value; undefined for kinds that have no text. */
export function textOfValue(value: CypherValue): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'number':
      return floatText(value)
    default:
      return value !== null && 'kind' in value && value.kind === 'stored' ? storedText(value) : undefined
  }
}

/** A float is told from an integer by its point: 3.0. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  const text = Object.is(value, -0) ? '-0' : String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

function storedText({ value }: Extract<CypherValue, { kind: 'stored' }>): string {
  if (value.type === 'dateTime') return instantText(value.milliseconds)
  return value.type === 'date' ? dateText(value.days) : propertyText(value)
}
