/** Deals sizes out to so many hands, the largest first and always to the lightest hand. */
export function dealOut<Item extends { readonly sizeBytes: number }>(items: readonly Item[], hands: number): Item[][] {
  const dealt = Array.from({ length: hands }, () => ({ sizeBytes: 0, items: [] as Item[] }))
  for (const item of items.toSorted((left, right) => right.sizeBytes - left.sizeBytes)) {
    const lightest = dealt.reduce((best, hand) => (hand.sizeBytes < best.sizeBytes ? hand : best))
    lightest.items.push(item)
    lightest.sizeBytes += item.sizeBytes
  }
  return dealt.map((hand) => hand.items)
}

type KeyedFile = { readonly smallestKey: Uint8Array; readonly level: number; readonly sizeBytes: number }

/** The key that has about half of the deepest level's bytes before it. */
export function middleKey(files: readonly KeyedFile[]): Uint8Array {
  const deepest = Math.max(...files.map((file) => file.level))
  const ordered = files
    .filter((file) => file.level === deepest)
    .sort((left, right) => Buffer.compare(left.smallestKey, right.smallestKey))
  const half = ordered.reduce((sum, file) => sum + file.sizeBytes, 0) / 2
  let before = 0
  for (const file of ordered) {
    if (before + file.sizeBytes / 2 > half) return file.smallestKey
    before += file.sizeBytes
  }
  throw new Error('no table to divide at')
}
