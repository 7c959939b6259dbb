import type { AccidentThresholds } from './thresholds.ts'

/** commits that the assumption at the start weighs as much as */
const START_WEIGHT = 4

/**
 * What a commit usually has of something: a mean that forgets, in which one commit counts at most about twice what was
 * usual before, so that an accident does not become usual while it goes on.
 */
export class UsualAmount {
  readonly #thresholds: AccidentThresholds
  readonly #rate: number
  #commitCount = 0
  #amount: number

  constructor(thresholds: AccidentThresholds) {
    this.#thresholds = thresholds
    this.#rate = 1 - 0.5 ** (1 / thresholds.usualHalfLifeCommits)
    this.#amount = thresholds.usualRowsAtStart
  }

  get amount(): number {
    return this.#amount
  }

  /** What a commit may have without being remarkable. */
  get allowance(): number {
    return this.#thresholds.rowsAllowed + this.#thresholds.usualFactor * this.#amount
  }

  /** @param isInRun what is remarkable now becomes usual only slowly */
  learn(amount: number, isInRun: boolean): void {
    const { startCommits, usualRowsAtStartMax, runLearningSlowness } = this.#thresholds
    const step = Math.min(amount, 2 * this.#amount + 1) - this.#amount
    this.#commitCount += 1
    if (this.#commitCount <= startCommits) {
      this.#amount = Math.min(this.#amount + step / (START_WEIGHT + this.#commitCount), usualRowsAtStartMax)
    } else this.#amount += (isInRun ? this.#rate / runLearningSlowness : this.#rate) * step
  }
}
