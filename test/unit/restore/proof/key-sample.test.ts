// Goal: a sample has a thousand keys where there are so many, spread over all of them, the same each time. Method: streams of many
// lengths; a stream of very long keys.
import { expect, test } from 'vitest'
import { KeySample } from '../../../../src-main/restore/proof/key-sample.ts'

function sampleOf(count: number, keyBytes = 4): number[] {
  const sample = new KeySample()
  for (let index = 0; index < count; index += 1) {
    const key = new Uint8Array(keyBytes)
    new DataView(key.buffer).setUint32(0, index)
    if (sample.takesNext()) sample.add(key, `${index}`)
  }
  return sample.keys.map(({ key, digest }) => {
    const index = new DataView(key.buffer, key.byteOffset).getUint32(0)
    expect(digest).toBe(`${index}`)
    return index
  })
}

test.each([0, 1, 999, 1000, 1999])('of %i keys all are chosen', (count) => {
  expect(sampleOf(count)).toEqual(Array.from({ length: count }, (_, index) => index))
})

test.each([2000, 2001, 3999, 12_345, 100_000])('of %i keys a thousand at least, at even distances', (count) => {
  const chosen = sampleOf(count)
  expect(chosen.length).toBeGreaterThanOrEqual(1000)
  expect(chosen.length).toBeLessThan(2000)
  const distances = new Set(chosen.slice(1).map((index, at) => index - chosen[at]!))
  expect(distances.size).toBe(1)
  expect(count - chosen.at(-1)!).toBeLessThanOrEqual([...distances][0]!)
  expect(sampleOf(count)).toEqual(chosen)
})

test('very long keys are fewer, in bounded memory', () => {
  const chosen = sampleOf(40, 2 * 1024 * 1024)
  expect(chosen.length).toBeLessThanOrEqual(17)
  expect(chosen.length).toBeGreaterThan(4)
})
