import { assert } from '#base/assert.ts'
import type { Clock } from '#base/clock.ts'

/** smaller steps back are the usual work of time synchronisation */
const REPORTED_STEP_US = 1_000_000

/** Called once for each step back of the machine's clock, with its size. */
export type ClockStepReport = (backUs: number) => void

/**
 * Commit times: those of the clock, but each later than the one before, also where the clock stands still or is set back.
 * The order of commits is that of their times; what a clock that was set back cannot give is told by the report.
 */
export class CommitClock {
  readonly #clock: Clock
  readonly #report: ClockStepReport
  #lastUs: number
  #isBehind = false

  /** @param lastUs the time of the last commit, 0 without any */
  constructor(clock: Clock, lastUs: number, report: ClockStepReport) {
    this.#clock = clock
    this.#report = report
    this.#lastUs = lastUs
  }

  /** Of the last commit. */
  get lastUs(): number {
    return this.#lastUs
  }

  /** The time of the next commit, Unix microseconds. */
  next(): number {
    const nowUs = this.#clock.nowUs()
    const backUs = this.#lastUs - nowUs
    if (backUs > REPORTED_STEP_US) {
      if (!this.#isBehind) this.#report(backUs)
      this.#isBehind = true
    } else {
      this.#isBehind = false
    }
    return this.advanceTo(Math.max(nowUs, this.#lastUs + 1))
  }

  /** For histories that are made up: a time of the caller's choice, later than the last. */
  advanceTo(timeUs: number): number {
    assert(Number.isSafeInteger(timeUs) && timeUs > this.#lastUs, 'commit times ascend')
    this.#lastUs = timeUs
    return timeUs
  }
}
