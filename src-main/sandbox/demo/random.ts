/** Repeatable random numbers (mulberry32): one seed is one history. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** From 0 to below `end`. */
  integer(end: number): number {
    return Math.floor(this.next() * end)
  }

  /** From `first` to `last`, both included. */
  between(first: number, last: number): number {
    return first + this.integer(last - first + 1)
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(items.length)] as Item
  }

  isLucky(probability: number): boolean {
    return this.next() < probability
  }
}
