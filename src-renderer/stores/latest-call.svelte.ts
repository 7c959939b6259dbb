import type { ErrorInfo } from '#contract'
import { errorInfoOf } from '../api/errors.ts'

/** Something that is asked for again while a person moves about: only the last question counts, the others are called off. */
export class LatestCall<Value> {
  /** The last answer; it stays in view while the next one is on the way. */
  value = $state.raw<Value | null>(null)
  error = $state.raw<ErrorInfo | null>(null)
  isLoading = $state(false)
  #called = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Asks when nothing else was asked for so long. */
  ask(delayMs: number, call: (signal: AbortSignal) => Promise<Value>, take?: (value: Value) => void): void {
    this.#callOff()
    const called = new AbortController()
    this.#called = called
    this.isLoading = true
    this.#timer = setTimeout(() => void this.#run(call, called.signal, take), delayMs)
  }

  /** Calls off what is on the way; the last answer stays. */
  stop(): void {
    this.#callOff()
    this.isLoading = false
  }

  #callOff(): void {
    clearTimeout(this.#timer)
    this.#called.abort()
  }

  async #run(
    call: (signal: AbortSignal) => Promise<Value>,
    signal: AbortSignal,
    take?: (value: Value) => void,
  ): Promise<void> {
    try {
      const value = await call(signal)
      if (signal.aborted) return
      this.value = value
      this.error = null
      take?.(value)
    } catch (thrown) {
      if (!signal.aborted) this.error = errorInfoOf(thrown)
    } finally {
      if (!signal.aborted) this.isLoading = false
    }
  }
}
