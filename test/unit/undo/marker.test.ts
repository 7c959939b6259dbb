import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Marker } from '../../../src-main/undo/replay/marker.ts'

const marker = new Marker('0011aabb')

test('the texts of marks are in the order of their ids, and tell them', () => {
  const id = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  fc.assert(
    fc.property(id, id, (left, right) => {
      expect(marker.textOf(left) < marker.textOf(right)).toBe(left < right)
      expect(marker.idIn(marker.textOf(left))).toBe(left)
    }),
  )
})

test('the mark of another undo, or no mark, tells no id', () => {
  for (const text of [new Marker('0011aabc').textOf(1n), '', '0011aabb:', '0011aabb:1', 'x0011aabb:0000000000000001'])
    expect(marker.idIn(text)).toBeNull()
})
