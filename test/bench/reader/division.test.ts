import { expect, test } from 'vitest'
import { dealOut, middleKey } from './division.ts'

function sizes(hands: readonly (readonly { sizeBytes: number }[])[]): number[][] {
  return hands.map((hand) => hand.map((item) => item.sizeBytes))
}

test('the largest items are dealt first, always to the lightest hand', () => {
  const items = [1, 2, 5, 4, 3].map((sizeBytes) => ({ sizeBytes }))
  expect(sizes(dealOut(items, 2))).toEqual([
    [5, 2, 1],
    [4, 3],
  ])
  expect(sizes(dealOut(items, 1))).toEqual([[5, 4, 3, 2, 1]])
  expect(sizes(dealOut([], 2))).toEqual([[], []])
})

test('the middle key starts the table of the deepest level with about half of its bytes before it', () => {
  const file = (level: number, key: number, sizeBytes: number) => ({
    level,
    smallestKey: Uint8Array.of(key),
    sizeBytes,
  })
  const files = [file(0, 200, 900), file(2, 30, 10), file(2, 10, 10), file(2, 40, 10), file(2, 20, 10)]
  expect(middleKey(files)).toEqual(Uint8Array.of(30))
  expect(middleKey([file(2, 10, 10), file(2, 20, 30)])).toEqual(Uint8Array.of(20))
  expect(() => middleKey([])).toThrow('no table to divide at')
})
