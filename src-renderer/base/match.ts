/** How well a text answers a typed query: higher is better, 0 is not at all. Every word of the query has to be found. */
export function matchScore(query: string, text: string): number {
  const haystack = text.toLowerCase()
  let score = 1
  for (const word of query.toLowerCase().split(/\s+/)) {
    if (word === '') continue
    const at = haystack.indexOf(word)
    if (at < 0) return 0
    const startsWord = at === 0 || /[^\p{L}\p{N}]/u.test(haystack.charAt(at - 1))
    // "backup 77" means 77 before 770
    const after = haystack.charAt(at + word.length)
    score += (at === 0 ? 3 : startsWord ? 2 : 1) + (after === '' || /[^\p{L}\p{N}]/u.test(after) ? 0.5 : 0)
  }
  return score
}

/** The items that match, best first, at most `limit`; ties keep their order. */
export function bestMatches<Item>(
  items: readonly Item[],
  query: string,
  textOf: (item: Item) => string,
  limit: number,
): Item[] {
  return items
    .map((item) => ({ item, score: matchScore(query, textOf(item)) }))
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score)
    .slice(0, limit)
    .map(({ item }) => item)
}
