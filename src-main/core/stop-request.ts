import type { ControlSwitch } from '#base/abort.ts'

const LOOK_INTERVAL_MS = 50

/** The request to stop a job, for code that waits on the core's thread. */
export class StopRequest {
  readonly #control: ControlSwitch
  readonly #whenStopped: Promise<void>
  #timer: NodeJS.Timeout | null = null

  constructor(control: ControlSwitch) {
    this.#control = control
    this.#whenStopped = new Promise((resolve) => {
      this.#timer = setInterval(() => {
        if (control.isStopped) resolve()
      }, LOOK_INTERVAL_MS)
    })
  }

  get isStopped(): boolean {
    return this.#control.isStopped
  }

  /** What `work` brings, or null as soon as the job is to stop; `work` goes on then. */
  async orStopped<Value>(work: Promise<Value>): Promise<{ value: Value } | null> {
    return Promise.race([work.then((value) => ({ value })), this.#whenStopped.then(() => null)])
  }

  /** Waits; ends early when the job is to stop. */
  async pause(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, delayMs)
    await this.orStopped(promise)
    clearTimeout(timer)
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
  }
}
