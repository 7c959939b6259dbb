import type { Clock } from '#base/clock.ts'
import type { RecoveryReport } from '#contract'

type Phase = RecoveryReport['phases'][number]

/** How long the phases of a recovery took, and how many bytes each moved. */
export class PhaseTimes {
  readonly all: Phase[] = []
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async time<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
    const startedUs = this.#clock.monotonicUs()
    const result = await run()
    this.all.push({ name, durationUs: this.#clock.monotonicUs() - startedUs, bytes: 0 })
    return result
  }

  /** To the phase that ended last. */
  addBytes(bytes: number): void {
    const phase = this.all.at(-1)
    if (phase !== undefined) phase.bytes += bytes
  }
}
