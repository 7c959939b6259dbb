/** How many operations are due at a steady rate, and have not been taken yet. */
export class Pace {
  readonly #perSecond: number
  readonly #startedMs: number
  #taken = 0

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#startedMs = nowMs
  }

  /** Takes what is due by now. */
  take(nowMs: number): number {
    const due = Math.floor(((nowMs - this.#startedMs) / 1000) * this.#perSecond)
    const count = Math.max(0, due - this.#taken)
    this.#taken += count
    return count
  }
}
