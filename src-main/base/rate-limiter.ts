import type { Clock } from './clock.ts'

const SLEEP_MS_MAX = 50
/** what was not used for longer than this is lost, so that a pause is not followed by a burst */
const CREDIT_US_MAX = 100_000
const CHUNKS_PER_SECOND = 10
const CHUNK_BYTES_MIN = 16 * 1024

/** Slows a copying thread down, so that a disk has time for the database. */
export class RateLimiter {
  readonly #bytesPerSecond: number
  readonly #clock: Clock
  readonly #sleep: (durationMs: number) => void
  #dueUs: number

  /** @param bytesPerSecond 0: no limit */
  constructor(bytesPerSecond: number, clock: Clock, sleep: (durationMs: number) => void = sleepInThread) {
    this.#bytesPerSecond = bytesPerSecond
    this.#clock = clock
    this.#sleep = sleep
    this.#dueUs = clock.monotonicUs()
  }

  get isLimited(): boolean {
    return this.#bytesPerSecond > 0
  }

  /** How much to move at once, so that what is moved is even. */
  chunkBytes(bytesMax: number): number {
    if (!this.isLimited) return bytesMax
    const wanted = Math.floor(this.#bytesPerSecond / CHUNKS_PER_SECOND)
    return Math.min(bytesMax, Math.max(CHUNK_BYTES_MIN, wanted))
  }

  /** Waits until as much may be moved. @param checkpoint called while it waits: may throw to stop */
  take(bytes: number, checkpoint: () => void): void {
    if (!this.isLimited) return
    this.#dueUs = Math.max(this.#dueUs, this.#clock.monotonicUs() - CREDIT_US_MAX)
    this.#dueUs += (bytes / this.#bytesPerSecond) * 1_000_000
    for (;;) {
      const waitMs = (this.#dueUs - this.#clock.monotonicUs()) / 1000
      if (waitMs <= 0) return
      this.#sleep(Math.min(SLEEP_MS_MAX, Math.ceil(waitMs)))
      checkpoint()
    }
  }
}

function sleepInThread(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs)
}
