import { limits } from '#base/limits.ts'
import type { FamilyRows } from './count-family.ts'
import type { Differences } from './differences.ts'
import type { RecoveryProof } from './proof-task.ts'

type Counts = { expectedCount: number; foundCount: number }
type FamilyTally = Counts & { readonly labels: Map<string, Counts> }

/** Adds up what the parts of two states hold, family by family. */
export class ProofTally {
  readonly #families = new Map<string, FamilyTally>()
  readonly #differences: Differences

  constructor(differences: Differences) {
    this.#differences = differences
  }

  /** @param side whose rows these are */
  add(side: keyof Counts, family: string, { rowCount, labels, damages }: FamilyRows): void {
    for (const damage of damages) this.#differences.add(`${damage}.`)
    let tally = this.#families.get(family)
    if (tally === undefined) {
      tally = { expectedCount: 0, foundCount: 0, labels: new Map() }
      this.#families.set(family, tally)
    }
    tally[side] += rowCount
    for (const [label, count] of labels) {
      const counts = tally.labels.get(label) ?? { expectedCount: 0, foundCount: 0 }
      counts[side] += count
      tally.labels.set(label, counts)
    }
  }

  /** The counts, and what differs among them as sentences. Of labels those with the most rows; a difference counts in all. */
  result(): Pick<RecoveryProof, 'families' | 'labels'> {
    const families = Array.from(this.#families, ([name, { expectedCount, foundCount }]) => {
      this.#compare(`Family ${name}`, { expectedCount, foundCount })
      return { name, expectedCount, foundCount }
    })
    const labels = [...this.#families.values()].flatMap((family) =>
      Array.from(family.labels, ([label, counts]) => {
        this.#compare(`Label ${label}`, counts)
        return { label, ...counts }
      }),
    )
    labels.sort((left, right) => right.expectedCount - left.expectedCount)
    return { families, labels: labels.slice(0, limits.labelsShownMax) }
  }

  #compare(what: string, { expectedCount, foundCount }: Counts): void {
    if (expectedCount !== foundCount)
      this.#differences.add(`${what} has ${foundCount} rows instead of ${expectedCount}.`)
  }
}
