import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SlotBitmap } from '../../../../src-main/sandbox/graph/slot-bitmap.ts'

const anySlot = fc.oneof(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 4000, max: 20_000 }))

test('a bitmap of slots holds and walks what a set holds, ascending and below the end', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), anySlot)), fc.integer({ min: 0, max: 20_001 }), (steps, end) => {
      const bitmap = new SlotBitmap()
      const set = new Set<number>()
      for (const [isAdd, slot] of steps) {
        if (isAdd === set.has(slot)) continue
        if (isAdd) {
          bitmap.add(slot)
          set.add(slot)
        } else {
          bitmap.delete(slot)
          set.delete(slot)
        }
      }
      const expected = [...set].filter((slot) => slot < end).sort((left, right) => left - right)
      expect([bitmap.count, [...bitmap.slots(end)]]).toEqual([set.size, expected])
    }),
  )
})

test('a walk does not stumble over what is deleted before it', () => {
  const bitmap = new SlotBitmap()
  for (const slot of [1, 2, 3, 40, 5000]) bitmap.add(slot)
  const seen: number[] = []
  for (const slot of bitmap.slots(10_000)) {
    seen.push(slot)
    if (slot === 1) for (const other of [1, 3, 40]) bitmap.delete(other)
  }
  expect(seen).toEqual([1, 2, 5000])
})
