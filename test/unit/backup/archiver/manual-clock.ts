import type { Clock } from '#base/clock.ts'

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  wallUs = 1_700_000_000_000_000
  steadyUs = 0

  pass(us: number): void {
    this.wallUs += us
    this.steadyUs += us
  }

  nowUs(): number {
    return this.wallUs
  }

  monotonicUs(): number {
    return this.steadyUs
  }
}
