/** standard deviations of a normal distribution for one median absolute deviation */
const DEVIATIONS_PER_MAD = 1.4826

/** The last amounts of something, and how they spread. */
export class TrailingWindow {
  readonly #amounts: number[] = []
  readonly #sizeMax: number
  #next = 0

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax
  }

  get size(): number {
    return this.#amounts.length
  }

  push(amount: number): void {
    this.#amounts[this.#next] = amount
    this.#next = (this.#next + 1) % this.#sizeMax
  }

  /** Median and standard deviation, the latter estimated robustly; the window must not be empty. */
  spread(): { readonly median: number; readonly deviation: number } {
    const median = medianOf(this.#amounts)
    return { median, deviation: DEVIATIONS_PER_MAD * medianOf(this.#amounts.map((each) => Math.abs(each - median))) }
  }
}

function medianOf(amounts: readonly number[]): number {
  const sorted = amounts.toSorted((left, right) => left - right)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
