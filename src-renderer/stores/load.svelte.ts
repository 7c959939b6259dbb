import type { ErrorInfo } from '#contract'
import { errorInfoOf } from '../api/errors.ts'

/** Something loaded: its value, whether it is on the way, and why it failed. A newer run makes older ones void. */
export class Load<Value> {
  /** The last value that came; it stays in view while a newer one is on the way. */
  value = $state.raw<Value | null>(null)
  error = $state.raw<ErrorInfo | null>(null)
  isLoading = $state(false)
  #run = 0

  async run(call: () => Promise<Value>): Promise<void> {
    this.#run += 1
    const run = this.#run
    this.isLoading = true
    try {
      const value = await call()
      if (run !== this.#run) return
      this.value = value
      this.error = null
    } catch (thrown) {
      if (run !== this.#run) return
      this.error = errorInfoOf(thrown)
    } finally {
      if (run === this.#run) this.isLoading = false
    }
  }

  /** Drops the value and whatever is on the way. */
  clear(): void {
    this.#run += 1
    this.value = null
    this.error = null
    this.isLoading = false
  }
}
