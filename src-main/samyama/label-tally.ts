import { compareBytes } from '#base/bytes.ts'

/** labels of one family that are counted; more of them is no graph anybody made */
const LABELS_COUNTED_MAX = 100_000

/** Counts by label, bounded. */
export class LabelTally<Counts extends object> {
  readonly #counts = new Map<string, Counts>()
  readonly #empty: () => Counts
  #otherCount = 0

  constructor(empty: () => Counts) {
    this.#empty = empty
  }

  /** The counts of a label, to be changed; null when there are too many labels. */
  of(label: string): Counts | null {
    let counts = this.#counts.get(label)
    if (counts === undefined) {
      if (this.#counts.size === LABELS_COUNTED_MAX) {
        this.#otherCount += 1
        return null
      }
      counts = this.#empty()
      this.#counts.set(label, counts)
    }
    return counts
  }

  /** The labels with the largest weight first, and how many are left out. */
  top(
    limit: number,
    weightOf: (counts: Counts) => number,
  ): { labels: (Counts & { name: string })[]; otherCount: number } {
    const all = [...this.#counts].map(([name, counts]) => ({ ...counts, name }))
    all.sort((left, right) => weightOf(right) - weightOf(left) || compareText(left.name, right.name))
    return { labels: all.slice(0, limit), otherCount: Math.max(0, all.length - limit) + this.#otherCount }
  }
}

function compareText(left: string, right: string): number {
  return compareBytes(Buffer.from(left), Buffer.from(right))
}
