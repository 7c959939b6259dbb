/** Input held for all clients together. One connection gives back what it took. */
export class InputBudget {
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get isExceeded(): boolean {
    return this.#bytes > this.#bytesMax
  }

  /** @param bytes negative: given back */
  change(bytes: number): void {
    this.#bytes += bytes
  }
}
