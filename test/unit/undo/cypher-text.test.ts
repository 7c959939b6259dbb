// Goal: what is written as Cypher is read back as it was, whatever it holds. Method: random values of every type and hostile
// texts, read by the sandbox's parser and evaluated.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { debugText } from '../../../src-main/samyama/debug-text.ts'
import type { PropertyValue } from '../../../src-main/samyama/property-value.ts'
import { toProperty } from '../../../src-main/sandbox/cypher/values/property-conversion.ts'
import {
  idText,
  isWritableName,
  nameText,
  propertiesText,
  quoted,
  valueText,
} from '../../../src-main/undo/cypher-text.ts'
import { isSameProperty } from '../../../src-main/undo/row-changes.ts'
import { arbitraryValue } from '../samyama/arbitrary-rows.ts'
import { run } from '../sandbox/cypher/run.ts'

const hostile = [
  ...["'", '"', '\\', "\\'", "'); MATCH (n) DETACH DELETE n //", '`', '``', '}', '*/', '// x', '\\u0027', '\\\\u0041'],
  ...[
    '\n',
    '\r\n',
    '\t',
    '\0',
    '\u2028\u2029',
    '\ufeff',
    '\u007f',
    '\u0085',
    '😀',
    'é',
    '$x',
    '{x: 1}',
    '',
    ' ',
    '\u200b',
  ],
]
const text = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.array(fc.constantFrom(...hostile), { maxLength: 6 }).map((parts) => parts.join('')),
)

/** The empty one is refused by the parser. */
const name = text.filter(isWritableName)

function evaluated(expression: string): PropertyValue | null {
  return toProperty(run(`RETURN ${expression} AS x`).rows[0]![0]!)
}

const unwritableTypes = new Set(['localTime', 'time', 'localDateTime', 'zonedDateTime', 'duration', 'vector'])

function isUnwritable(value: PropertyValue): boolean {
  if (value.type === 'array') return value.items.some(isUnwritable)
  if (value.type === 'map') return value.entries.some((entry) => entry.name === '' || isUnwritable(entry.value))
  if (value.type === 'date') return !/^\d{4}-/.test(dateOf(value.days))
  return unwritableTypes.has(value.type)
}

function dateOf(days: number): string {
  const date = new Date(days * 86_400_000)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}

describe('as Cypher', () => {
  test('a text is read back as it was, on one line', () => {
    fc.assert(
      fc.property(text, (each) => {
        expect(evaluated(quoted(each))).toEqual({ type: 'string', value: each })
        expect(quoted(each)).not.toMatch(/[\n\r\u2028\u2029]/)
      }),
      { numRuns: 1000 },
    )
  })

  test('a name is read back as it was', () => {
    fc.assert(
      fc.property(name, name, name, (label, type, name) => {
        const query = `CREATE (a:${nameText(label)})-[r:${nameText(type)} {${nameText(name)}: 1}]->(a) RETURN labels(a), type(r), keys(r)`
        expect(run(query).rows).toEqual([[[label], type, [name]]])
      }),
      { numRuns: 500 },
    )
  })

  test.each(['A0', 'A1', 'B'] as const)('a value of generation %s is read back as it was, or refused', (generation) => {
    fc.assert(
      fc.property(arbitraryValue(generation), (value) => {
        const expression = valueText(value)
        expect(expression === null).toBe(isUnwritable(value))
        if (expression === null) return
        const found = evaluated(expression)
        expect(isSameProperty(found, value), `${debugText(value)} as ${expression}`).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('the ends of every number are read back', () => {
    for (const value of [2n ** 63n - 1n, -(2n ** 63n), 0n])
      expect(evaluated(valueText({ type: 'integer', value })!)).toEqual({ type: 'integer', value })
    for (const value of [Number.MAX_VALUE, Number.MIN_VALUE, -0, Number.NaN, Infinity, -Infinity, 1e21, 1e-7, 3])
      expect(evaluated(valueText({ type: 'float', value })!)).toEqual({ type: 'float', value })
  })

  test('properties that cannot be written are named, and nulls left out; of a name stored twice the last counts', () => {
    const entries = [
      { name: 'a', value: { type: 'integer' as const, value: 1n } },
      { name: 'v', value: { type: 'vector' as const, values: new Float32Array(1) } },
      { name: 'n', value: { type: 'null' as const } },
      { name: 'a', value: { type: 'string' as const, value: 'x' } },
      { name: '', value: { type: 'integer' as const, value: 1n } },
    ]
    expect(propertiesText(entries, ['m: 1'])).toEqual({ text: "{`a`: 'x', m: 1}", unwritable: ['v', ''] })
  })

  test('an id too large for an integer is a text', () => {
    expect([idText(2n ** 63n - 1n), idText(2n ** 63n)]).toEqual(['9223372036854775807', "'9223372036854775808'"])
  })
})
