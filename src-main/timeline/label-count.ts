/** labels counted in one commit; a graph has dozens */
const LABELS_MAX = 1000

/** How many nodes of each label one commit has. */
export class LabelCount {
  readonly #counts = new Map<string, number>()
  #nodeCount = 0

  add(labels: readonly string[]): void {
    this.#nodeCount += 1
    for (const label of labels) {
      const count = this.#counts.get(label)
      if (count !== undefined) this.#counts.set(label, count + 1)
      else if (this.#counts.size < LABELS_MAX) this.#counts.set(label, 1)
    }
  }

  /** The label that at least this share of the nodes has, with their number; of several the most frequent. */
  common(shareMin: number): { readonly label: string; readonly count: number } | null {
    let best: { label: string; count: number } | null = null
    for (const [label, count] of this.#counts) {
      if (best === null || count > best.count) best = { label, count }
    }
    return best !== null && best.count >= shareMin * this.#nodeCount ? best : null
  }

  clear(): void {
    if (this.#nodeCount === 0) return
    this.#counts.clear()
    this.#nodeCount = 0
  }
}
