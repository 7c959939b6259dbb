/** Time comes in from outside, so that tests own it. Microseconds. */
export interface Clock {
  /** since 1970 UTC; may jump when the machine's clock is set */
  nowUs(): number
  /** never goes back; only differences mean something */
  monotonicUs(): number
}

export const systemClock: Clock = {
  nowUs: () => Date.now() * 1000,
  monotonicUs: () => Math.round(performance.now() * 1000),
}
