const windowMs = 10 * 60 * 1000
const maxRestarts = 5
const firstDelayMs = 100

/** When a crashed core may start again: with growing delay, at most 5 times in 10 minutes. */
export class RestartBudget {
  #startedAtMs: number[] = []

  /** Takes one restart: how long to wait before it, in milliseconds; null when the budget is used up. */
  take(nowMs: number): number | null {
    this.#startedAtMs = this.#startedAtMs.filter((atMs) => nowMs - atMs < windowMs)
    if (this.#startedAtMs.length >= maxRestarts) return null
    this.#startedAtMs.push(nowMs)
    return firstDelayMs * 2 ** (this.#startedAtMs.length - 1)
  }

  reset(): void {
    this.#startedAtMs = []
  }
}
