import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdMap } from '../../../src-main/undo/replay/id-map.ts'

test('an id map knows what a map knows, in any order', () => {
  const id = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  const few = fc.bigInt({ min: 0n, max: 50n })
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.oneof(few, id), id), { maxLength: 200 }), (pairs) => {
      const model = new Map<bigint, bigint>()
      const map = new IdMap()
      for (const [oldId, newId] of pairs) {
        model.set(oldId, newId)
        map.set(oldId, newId)
      }
      expect(map.size).toBe(model.size)
      for (let each = 0n; each <= 51n; each += 1n) expect(map.get(each)).toBe(model.get(each) ?? null)
      for (const [oldId, newId] of model) expect([map.has(oldId), map.get(oldId)]).toEqual([true, newId])
    }),
  )
})

test('a million ids in order take sixteen bytes each', () => {
  const map = new IdMap()
  for (let id = 0n; id < 1_000_000n; id += 1n) map.set(id, id + 7n)
  expect([map.size, map.get(0n), map.get(999_999n), map.get(1_000_000n)]).toEqual([1_000_000, 7n, 1_000_006n, null])
})
