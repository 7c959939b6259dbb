import type { PropertyEntry, PropertyValue } from '../samyama/property-value.ts'
import { dateText } from '../samyama/temporal-text.ts'

const ESCAPES: Readonly<Record<string, string>> = { "'": "\\'", '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A text as Cypher reads it back, on one line. */
export function quoted(text: string): string {
  const body = text.replace(/['\\\p{Cc}\p{Zl}\p{Zp}\ufeff]/gu, (character) => {
    return ESCAPES[character] ?? `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
  })
  return `'${body}'`
}

const INTEGER_MAX = 2n ** 63n - 1n

/** The id of a row: as a text where no integer of Cypher is large enough, which equals no id of a server. */
export function idText(id: bigint): string {
  return id <= INTEGER_MAX ? String(id) : quoted(String(id))
}

/** False for the one name that Cypher cannot write. */
export function isWritableName(name: string): boolean {
  return name !== ''
}

/** A label, type or name of a property in backticks; a line break inside stays one. */
export function nameText(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/**
 * A value as a Cypher expression; null where the language has none: times but DateTime and Date, durations, vectors, maps with
 * an empty name, and what holds one of them.
 */
export function valueText(value: PropertyValue): string | null {
  switch (value.type) {
    case 'string':
      return quoted(value.value)
    case 'integer':
    case 'boolean':
      return String(value.value)
    case 'float':
      return floatText(value.value)
    case 'null':
      return 'null'
    case 'dateTime':
      return `datetime({epochMillis: ${value.milliseconds}})`
    case 'date':
      return dateExpression(value.days)
    case 'array':
      return listText(value.items)
    case 'map':
      return mapText(value.entries)
    default:
      return null
  }
}

/** The properties that can be written as a map, and the names of those that cannot. A stored null is as good as nothing. */
export function propertiesText(
  entries: readonly PropertyEntry[],
  more: readonly string[] = [],
): { readonly text: string; readonly unwritable: readonly string[] } {
  const parts = new Map<string, string>()
  const unwritable: string[] = []
  for (const { name, value } of entries) {
    parts.delete(name)
    if (value.type === 'null') continue
    const text = isWritableName(name) ? valueText(value) : null
    if (text === null) unwritable.push(name)
    else parts.set(name, `${nameText(name)}: ${text}`)
  }
  return { text: `{${[...parts.values(), ...more].join(', ')}}`, unwritable }
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return '(0.0 / 0.0)'
  if (!Number.isFinite(value)) return value > 0 ? '(1.0 / 0.0)' : '(-1.0 / 0.0)'
  const text = Object.is(value, -0) ? '-0' : String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

/** Years with more or fewer than four digits have no form. */
function dateExpression(days: number): string | null {
  const text = dateText(days)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? `date('${text}')` : null
}

function listText(items: readonly PropertyValue[]): string | null {
  const parts = items.map(valueText)
  return parts.includes(null) ? null : `[${parts.join(', ')}]`
}

/** Of a name stored twice the last counts, as for the engine. */
function mapText(entries: readonly PropertyEntry[]): string | null {
  const parts = new Map<string, string>()
  for (const { name, value } of entries) {
    const text = isWritableName(name) ? valueText(value) : null
    if (text === null) return null
    parts.set(name, `${nameText(name)}: ${text}`)
  }
  return `{${[...parts.values()].join(', ')}}`
}
