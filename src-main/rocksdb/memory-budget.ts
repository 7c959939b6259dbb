import { AppError } from '#base/app-error.ts'

/** What a refusal says besides the limit. */
export type MemoryBudgetFacts = {
  /** what takes the memory, as the subject of a sentence in the plural */
  readonly what: string
  readonly nextStep: string
}

/** Counts the memory that hostile input may make this process hold. */
export class MemoryBudget {
  readonly #bytesMax: number
  readonly #facts: MemoryBudgetFacts
  #usedBytes = 0

  constructor(bytesMax: number, facts: MemoryBudgetFacts) {
    this.#bytesMax = bytesMax
    this.#facts = facts
  }

  /** @param bytes negative to give memory back @throws AppError LIMIT_EXCEEDED */
  take(bytes: number): void {
    this.#usedBytes += bytes
    if (this.#usedBytes <= this.#bytesMax) return
    throw new AppError('LIMIT_EXCEEDED', {
      message: `${this.#facts.what} need more than ${this.#bytesMax} bytes of memory`,
      unharmed: 'Nothing was changed.',
      nextStep: this.#facts.nextStep,
    })
  }
}
