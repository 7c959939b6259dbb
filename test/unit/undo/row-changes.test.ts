import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PropertyEntry } from '../../../src-main/samyama/property-value.ts'
import { isSameProperty, labelChanges, propertyChanges } from '../../../src-main/undo/row-changes.ts'
import { arbitraryNode, arbitraryValue } from '../samyama/arbitrary-rows.ts'

const integer = (name: string, value: number): PropertyEntry => ({
  name,
  value: { type: 'integer', value: BigInt(value) },
})

test('properties that went, came and changed are told with both values, in the order of their names', () => {
  const before = [integer('same', 1), integer('gone', 2), integer('changed', 3)]
  const after = [integer('new', 5), integer('changed', 4), integer('same', 1)]
  expect(propertyChanges(before, after)).toEqual([
    { name: 'changed', before: integer('', 3).value, after: integer('', 4).value },
    { name: 'gone', before: integer('', 2).value, after: null },
    { name: 'new', before: null, after: integer('', 5).value },
  ])
})

test('values differ in type and in every bit', () => {
  const float = (value: number) => ({ type: 'float' as const, value })
  expect(isSameProperty({ type: 'integer', value: 1n }, float(1))).toBe(false)
  expect(isSameProperty(float(0), float(-0))).toBe(false)
  expect(isSameProperty(float(Number.NaN), float(Number.NaN))).toBe(true)
  const vector = (...values: number[]) => ({ type: 'vector' as const, values: Float32Array.from(values) })
  expect(isSameProperty(vector(1, 2), vector(1, 2))).toBe(true)
  expect(isSameProperty(vector(1, 2), vector(1, 3))).toBe(false)
  const list = (...values: number[]) => ({ type: 'array' as const, items: values.map(float) })
  expect(isSameProperty(list(1), list(1, 2))).toBe(false)
})

test('a row has no changes to a copy of itself, whatever it holds and in which order', () => {
  fc.assert(
    fc.property(arbitraryNode('B'), (node) => {
      const byName = new Map(node.properties.map((entry) => [entry.name, entry]))
      const copy = structuredClone([...byName.values()].reverse())
      expect(propertyChanges(node.properties, copy)).toEqual([])
    }),
  )
})

test('equality is the same from both sides', () => {
  fc.assert(
    fc.property(arbitraryValue('B'), arbitraryValue('B'), (left, right) => {
      expect(isSameProperty(left, right)).toBe(isSameProperty(right, left))
    }),
  )
})

test('labels that went and came are told apart', () => {
  expect(labelChanges(['A', 'B'], ['C', 'B'])).toEqual({ lost: ['A'], added: ['C'] })
})
