import { limits } from '#base/limits.ts'
import type { LostTally } from './lost.ts'

const NAMES_MAX = 100_000

/** Counts what was lost by name, for as many names as any graph has. */
export class NameTally {
  readonly #counts = new Map<string, LostTally>()

  add(name: string, isRemoved: boolean): void {
    let tally = this.#counts.get(name)
    if (tally === undefined) {
      if (this.#counts.size === NAMES_MAX) return
      tally = { removedCount: 0, changedCount: 0 }
      this.#counts.set(name, tally)
    }
    count(tally, isRemoved)
  }

  /** Most lost first. */
  list(): (LostTally & { readonly name: string })[] {
    return Array.from(this.#counts, ([name, tally]) => ({ name, ...tally }))
      .sort(
        (left, right) =>
          right.removedCount + right.changedCount - (left.removedCount + left.changedCount) ||
          (left.name < right.name ? -1 : 1),
      )
      .slice(0, limits.labelsShownMax)
  }
}

export function count(tally: LostTally, isRemoved: boolean): void {
  if (isRemoved) tally.removedCount += 1
  else tally.changedCount += 1
}
