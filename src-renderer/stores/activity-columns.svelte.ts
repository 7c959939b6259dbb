import type { ActivityBucket } from '#contract'
import { LatestCall } from './latest-call.svelte.ts'
import type { ActivityRange, Recoveries } from './recoveries.ts'

const delayMs = 120

/** What was written in the stretch of time that is looked at. */
export class ActivityColumns {
  readonly #call = new LatestCall<readonly ActivityBucket[]>()
  readonly #recoveries: Recoveries
  #asked = ''

  constructor(recoveries: Recoveries) {
    this.#recoveries = recoveries
  }

  get buckets(): readonly ActivityBucket[] {
    return this.#call.value ?? []
  }

  get error() {
    return this.#call.error
  }

  get isLoading(): boolean {
    return this.#call.isLoading
  }

  /** @param revision another text whenever the same range has to be asked for again */
  show(sourceId: number, timeline: string | null, range: ActivityRange, revision: string): void {
    const question = [sourceId, timeline, range.fromUs, range.toUs, range.bucketCount, revision].join(' ')
    if (question === this.#asked) return
    this.#asked = question
    this.#call.ask(this.#call.value === null ? 0 : delayMs, (signal) =>
      this.#recoveries.activity(sourceId, timeline, range, signal),
    )
  }

  stop(): void {
    this.#call.stop()
  }
}
