import { AppError } from '#base/app-error.ts'

/** Counts the bytes that logs take in memory. */
export class MemoryBudget {
  readonly #bytesMax: number
  #usedBytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** @throws AppError LIMIT_EXCEEDED */
  take(bytes: number): void {
    this.#usedBytes += bytes
    if (this.#usedBytes <= this.#bytesMax) return
    throw new AppError('LIMIT_EXCEEDED', {
      message: `the write-ahead logs hold more than ${this.#bytesMax} bytes of unflushed data`,
      unharmed: 'Nothing was changed.',
      nextStep: 'Raise the limit for logs in memory, or make a backup after a flush.',
    })
  }
}
