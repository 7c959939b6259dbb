import type { Commit } from '../rocksdb/commits/commit.ts'
import { Tally } from './tally.ts'
import type { AccidentThresholds } from './thresholds.ts'
import { TrailingWindow } from './trailing-window.ts'

/** Neighbouring time buckets with unusually many operations or bytes. */
export type Burst = {
  readonly tally: Tally
  readonly measure: 'operations' | 'bytes'
  /** of the busiest bucket */
  readonly peak: number
  readonly usual: number
}

type Heat = { readonly measure: Burst['measure']; readonly amount: number; readonly usual: number }

/**
 * Compares operations and bytes per time bucket with the buckets before (median and median absolute deviation, which
 * a burst hardly moves). Only buckets with commits count: a server that sleeps at night is not unusual by day. A
 * level that stays becomes usual within half a window. Commits of unknown time are not looked at; a time that goes back
 * counts as the latest.
 */
export class RateWatch {
  readonly #thresholds: AccidentThresholds
  readonly #report: (burst: Burst) => void
  readonly #operations: TrailingWindow
  readonly #bytes: TrailingWindow
  #bucket = -1
  #tally = new Tally()
  #burst: Burst | null = null

  constructor(thresholds: AccidentThresholds, report: (burst: Burst) => void) {
    this.#thresholds = thresholds
    this.#report = report
    this.#operations = new TrailingWindow(thresholds.trailingBuckets)
    this.#bytes = new TrailingWindow(thresholds.trailingBuckets)
  }

  add(commit: Commit, sequenceBefore: number | null): void {
    if (commit.committedAtUs === null) return
    const bucket = Math.floor(commit.committedAtUs / this.#thresholds.bucketUs)
    if (bucket > this.#bucket) {
      this.#endBucket()
      if (bucket > this.#bucket + 1) this.#endBurst()
      this.#bucket = bucket
    }
    this.#tally.add(commit, sequenceBefore)
  }

  /** The burst that has not ended, with the bucket that has not. */
  current(): Burst | null {
    const heat = this.#heat()
    return heat === null ? this.#burst : grown(this.#burst, this.#tally, heat)
  }

  #endBucket(): void {
    if (this.#tally.commitCount === 0) return
    const heat = this.#heat()
    if (heat === null) this.#endBurst()
    else this.#burst = grown(this.#burst, this.#tally, heat)
    this.#operations.push(this.#tally.operations)
    this.#bytes.push(this.#tally.bytes)
    this.#tally = new Tally()
  }

  #endBurst(): void {
    if (this.#burst !== null) this.#report(this.#burst)
    this.#burst = null
  }

  #heat(): Heat | null {
    const { operations, bytes } = this.#tally
    const { bucketOperationsMin, bucketBytesMin } = this.#thresholds
    return (
      this.#heatOf('operations', operations, bucketOperationsMin, this.#operations) ??
      this.#heatOf('bytes', bytes, bucketBytesMin, this.#bytes)
    )
  }

  #heatOf(measure: Burst['measure'], amount: number, amountMin: number, window: TrailingWindow): Heat | null {
    const { trailingBucketsMin, rateDeviations, rateFactor } = this.#thresholds
    if (amount < amountMin || window.size < trailingBucketsMin) return null
    const { median, deviation } = window.spread()
    const isHot = amount >= rateFactor * median && amount >= median + rateDeviations * deviation
    return isHot ? { measure, amount, usual: median } : null
  }
}

/** The burst with one more bucket; a burst keeps what it was first noticed by. */
function grown(burst: Burst | null, bucket: Tally, heat: Heat): Burst {
  const tally = new Tally()
  if (burst !== null) tally.append(burst.tally)
  tally.append(bucket)
  if (burst === null) return { tally, measure: heat.measure, peak: heat.amount, usual: heat.usual }
  const amount = burst.measure === 'operations' ? bucket.operations : bucket.bytes
  return { ...burst, tally, peak: Math.max(burst.peak, amount) }
}
