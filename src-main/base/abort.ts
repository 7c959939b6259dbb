const RUN = 0
const PAUSE = 1
const STOP = 2

/** Thrown by checkpoint() when the job was asked to stop. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}

/**
 * Pause and stop for code that runs synchronously in a worker thread: such code never sees a posted message,
 * so the request travels through shared memory. One switch may be shared by any number of threads.
 */
export class ControlSwitch {
  readonly shared: SharedArrayBuffer
  readonly #word: Int32Array

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(4)) {
    this.shared = shared
    this.#word = new Int32Array(shared)
  }

  pause(): void {
    Atomics.compareExchange(this.#word, 0, RUN, PAUSE)
    Atomics.notify(this.#word, 0)
  }

  resume(): void {
    Atomics.compareExchange(this.#word, 0, PAUSE, RUN)
    Atomics.notify(this.#word, 0)
  }

  stop(): void {
    Atomics.store(this.#word, 0, STOP)
    Atomics.notify(this.#word, 0)
  }

  get isStopped(): boolean {
    return Atomics.load(this.#word, 0) === STOP
  }

  get isPaused(): boolean {
    return Atomics.load(this.#word, 0) === PAUSE
  }

  /**
   * Call it in every loop of a worker: waits while paused, throws when stopped. Never on the core's thread.
   * @throws StoppedError
   */
  checkpoint(): void {
    let state = Atomics.load(this.#word, 0)
    while (state === PAUSE) {
      Atomics.wait(this.#word, 0, PAUSE)
      state = Atomics.load(this.#word, 0)
    }
    if (state === STOP) throw new StoppedError('stopped on request')
  }
}
