const FIRST_CAPACITY = 1024

/**
 * Old ids with the new ones: sixteen bytes for each pair that comes in ascending order, as nearly all do. Others are kept
 * beside.
 */
export class IdMap {
  #olds = new BigUint64Array(FIRST_CAPACITY)
  #news = new BigUint64Array(FIRST_CAPACITY)
  #count = 0
  readonly #others = new Map<bigint, bigint>()

  get size(): number {
    return this.#count + this.#others.size
  }

  get(oldId: bigint): bigint | null {
    const index = this.#indexOf(oldId)
    return index === null ? (this.#others.get(oldId) ?? null) : (this.#news[index] as bigint)
  }

  has(oldId: bigint): boolean {
    return this.get(oldId) !== null
  }

  /** The last pair of an old id counts. */
  set(oldId: bigint, newId: bigint): void {
    const index = this.#indexOf(oldId)
    if (index !== null) {
      this.#news[index] = newId
      return
    }
    const isInOrder = this.#count === 0 || (this.#olds[this.#count - 1] as bigint) < oldId
    if (!isInOrder || this.#others.has(oldId)) {
      this.#others.set(oldId, newId)
      return
    }
    if (this.#count === this.#olds.length) this.#grow()
    this.#olds[this.#count] = oldId
    this.#news[this.#count] = newId
    this.#count += 1
  }

  #indexOf(oldId: bigint): number | null {
    let [low, high] = [0, this.#count]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#olds[middle] as bigint) < oldId) low = middle + 1
      else high = middle
    }
    return low < this.#count && this.#olds[low] === oldId ? low : null
  }

  #grow(): void {
    const [olds, news] = [this.#olds, this.#news]
    this.#olds = new BigUint64Array(olds.length * 2)
    this.#news = new BigUint64Array(olds.length * 2)
    this.#olds.set(olds)
    this.#news.set(news)
  }
}
