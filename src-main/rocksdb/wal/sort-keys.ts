/** Keys in chunks of memory, as columns. */
export type KeyColumns = {
  readonly chunks: readonly Uint8Array[]
  readonly chunkOf: Uint32Array
  readonly starts: Uint32Array
  readonly lengths: Uint32Array
}

type Group = { readonly start: number; readonly end: number; readonly depth: number }

const DIGITS = 65_536
/** bytes of a key that one pass over a group orders: two words */
const WORD_BYTES = 4
/** below this size comparing is faster than counting */
const SMALL_GROUP = 2048
/** below this size inserting one by one is faster than a call */
const TINY_GROUP = 16

/** What sorting holds for an entry, besides the order itself. */
export const sortingBytesPerEntry = 20

/**
 * Sorts entry numbers bytewise by their keys, in place and stable: a radix sort over eight bytes at a time, behind
 * what all keys of a group have in common. A million keys take about a third of a second.
 */
export function sortKeys(keys: KeyColumns, order: Uint32Array): void {
  if (order.length < SMALL_GROUP) order.sort((left, right) => compareKeys(keys, left, right, 0))
  else new KeySorter(keys, order).sort()
}

class KeySorter {
  readonly #keys: KeyColumns
  readonly #order: Uint32Array
  readonly #otherOrder: Uint32Array
  /** of entry order[i] its next eight bytes, as two big-endian words */
  readonly #high: Uint32Array
  readonly #low: Uint32Array
  readonly #otherHigh: Uint32Array
  readonly #otherLow: Uint32Array
  readonly #counts = new Uint32Array(DIGITS)
  readonly #groups: Group[] = []

  constructor(keys: KeyColumns, order: Uint32Array) {
    this.#keys = keys
    this.#order = order
    this.#otherOrder = new Uint32Array(order.length)
    this.#high = new Uint32Array(order.length)
    this.#low = new Uint32Array(order.length)
    this.#otherHigh = new Uint32Array(order.length)
    this.#otherLow = new Uint32Array(order.length)
  }

  sort(): void {
    this.#groups.push({ start: 0, end: this.#order.length, depth: 0 })
    for (let group = this.#groups.pop(); group !== undefined; group = this.#groups.pop()) this.#sortGroup(group)
  }

  /** Comes to an end: a group made by #split has a longer common prefix, or loses the keys that end in it. */
  #sortGroup({ start, end, depth }: Group): void {
    const from = depth + this.#commonBytes(start, end, depth)
    if (end - start < SMALL_GROUP) {
      this.#order.subarray(start, end).sort((left, right) => compareKeys(this.#keys, left, right, from))
      return
    }
    const rest = this.#endedFirst(start, end, from)
    this.#loadPrefixes(rest, end, from)
    this.#sortByWord(this.#low, rest, end)
    this.#sortByWord(this.#high, rest, end)
    this.#split(rest, end, from)
  }

  /** How many bytes behind `depth` all keys of the group share. */
  #commonBytes(start: number, end: number, depth: number): number {
    const { chunks, chunkOf, starts, lengths } = this.#keys
    const first = this.#order[start] as number
    const chunk = chunks[chunkOf[first] as number] as Uint8Array
    const at = (starts[first] as number) + depth
    let common = (lengths[first] as number) - depth
    for (let index = start + 1; index < end && common > 0; index += 1) {
      const entry = this.#order[index] as number
      const other = chunks[chunkOf[entry] as number] as Uint8Array
      const otherAt = (starts[entry] as number) + depth
      common = Math.min(common, (lengths[entry] as number) - depth)
      let same = 0
      while (same < common && chunk[at + same] === other[otherAt + same]) same += 1
      common = same
    }
    return common
  }

  /** Keys that end at `depth` are before those that go on; returns where these start. */
  #endedFirst(start: number, end: number, depth: number): number {
    const { lengths } = this.#keys
    let ended = start
    let kept = 0
    for (let index = start; index < end; index += 1) {
      const entry = this.#order[index] as number
      if ((lengths[entry] as number) <= depth) this.#order[ended++] = entry
      else this.#otherOrder[kept++] = entry
    }
    this.#order.set(this.#otherOrder.subarray(0, kept), ended)
    return ended
  }

  #loadPrefixes(start: number, end: number, depth: number): void {
    for (let index = start; index < end; index += 1) {
      const entry = this.#order[index] as number
      this.#high[index] = this.#wordAt(entry, depth)
      this.#low[index] = this.#wordAt(entry, depth + WORD_BYTES)
    }
  }

  /** Four bytes of a key, zeros behind its end. */
  #wordAt(entry: number, depth: number): number {
    const { chunks, chunkOf, starts, lengths } = this.#keys
    const chunk = chunks[chunkOf[entry] as number] as Uint8Array
    const at = (starts[entry] as number) + depth
    const left = (lengths[entry] as number) - depth
    let word = 0
    for (let index = 0; index < WORD_BYTES; index += 1) {
      word = (word << 8) | (index < left ? (chunk[at + index] as number) : 0)
    }
    return word >>> 0
  }

  /** Two stable passes, the lower half of the word first. */
  #sortByWord(word: Uint32Array, start: number, end: number): void {
    this.#pass(word, 0, start, end)
    this.#pass(word, 16, start, end)
  }

  #pass(word: Uint32Array, shift: number, start: number, end: number): void {
    const counts = this.#counts
    counts.fill(0)
    for (let index = start; index < end; index += 1) {
      const digit = ((word[index] as number) >>> shift) & 0xffff
      counts[digit] = (counts[digit] as number) + 1
    }
    if (counts[((word[start] as number) >>> shift) & 0xffff] === end - start) return
    let total = start
    for (let digit = 0; digit < DIGITS; digit += 1) {
      const count = counts[digit] as number
      counts[digit] = total
      total += count
    }
    for (let index = start; index < end; index += 1) {
      const digit = ((word[index] as number) >>> shift) & 0xffff
      const to = counts[digit] as number
      counts[digit] = to + 1
      this.#otherOrder[to] = this.#order[index] as number
      this.#otherHigh[to] = this.#high[index] as number
      this.#otherLow[to] = this.#low[index] as number
    }
    this.#order.set(this.#otherOrder.subarray(start, end), start)
    this.#high.set(this.#otherHigh.subarray(start, end), start)
    this.#low.set(this.#otherLow.subarray(start, end), start)
  }

  /** Runs of keys that are alike in these eight bytes still need an order. */
  #split(start: number, end: number, depth: number): void {
    let from = start
    for (let index = start + 1; index <= end; index += 1) {
      const isAlike = index < end && this.#high[index] === this.#high[from] && this.#low[index] === this.#low[from]
      if (isAlike) continue
      if (index - from > TINY_GROUP) this.#groups.push({ start: from, end: index, depth })
      else if (index - from > 1) this.#insert(from, index, depth)
      from = index
    }
  }

  #insert(start: number, end: number, depth: number): void {
    const order = this.#order
    for (let index = start + 1; index < end; index += 1) {
      const entry = order[index] as number
      let hole = index
      while (hole > start && compareKeys(this.#keys, order[hole - 1] as number, entry, depth) > 0) {
        order[hole] = order[hole - 1] as number
        hole -= 1
      }
      order[hole] = entry
    }
  }
}

/** Of two keys that are alike up to `depth`. */
function compareKeys(keys: KeyColumns, left: number, right: number, depth: number): number {
  const { chunks, chunkOf, starts, lengths } = keys
  const leftChunk = chunks[chunkOf[left] as number] as Uint8Array
  const rightChunk = chunks[chunkOf[right] as number] as Uint8Array
  const leftLength = lengths[left] as number
  const rightLength = lengths[right] as number
  const leftStart = starts[left] as number
  const rightStart = starts[right] as number
  const shorter = Math.min(leftLength, rightLength)
  for (let at = depth; at < shorter; at += 1) {
    const difference = (leftChunk[leftStart + at] as number) - (rightChunk[rightStart + at] as number)
    if (difference !== 0) return difference
  }
  return leftLength - rightLength
}
