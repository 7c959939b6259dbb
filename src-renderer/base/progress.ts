/** Rate, share and time left, computed from absolute counters that only grow. */

export type Counters = {
  readonly doneBytes: number
  readonly totalBytes: number | null
  readonly doneCount: number
  readonly totalCount: number | null
}

export type Estimate = {
  /** share of the whole, 0 to 1; null while the total is unknown */
  readonly fraction: number | null
  readonly bytesPerSecond: number | null
  readonly leftUs: number | null
}

type Sample = { readonly atMs: number; readonly doneBytes: number }

const windowMs = 10_000
const shortestMs = 500

/** Keeps the counters of the last ten seconds, so that a rate follows the disk and does not tremble. */
export class RateMeter {
  #samples: Sample[] = []

  /** Notes the counters at a moment and says what follows from them. Counters that fall start a new measurement. */
  observe(counters: Counters, atMs: number): Estimate {
    const last = this.#samples.at(-1)
    if (last !== undefined && counters.doneBytes < last.doneBytes) this.#samples = []
    this.#samples = this.#samples.filter((sample) => atMs - sample.atMs <= windowMs)
    this.#samples.push({ atMs, doneBytes: counters.doneBytes })
    const bytesPerSecond = this.#rate()
    return { fraction: fractionOf(counters), bytesPerSecond, leftUs: leftUsOf(counters, bytesPerSecond) }
  }

  #rate(): number | null {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (first === undefined || last === undefined || last.atMs - first.atMs < shortestMs) return null
    return ((last.doneBytes - first.doneBytes) * 1_000) / (last.atMs - first.atMs)
  }
}

/** Bytes tell more than counts; counts are the fallback. */
export function fractionOf(counters: Counters): number | null {
  if (counters.totalBytes !== null && counters.totalBytes > 0)
    return Math.min(1, counters.doneBytes / counters.totalBytes)
  if (counters.totalCount !== null && counters.totalCount > 0)
    return Math.min(1, counters.doneCount / counters.totalCount)
  return null
}

function leftUsOf(counters: Counters, bytesPerSecond: number | null): number | null {
  if (counters.totalBytes === null || bytesPerSecond === null || bytesPerSecond <= 0) return null
  return Math.round((Math.max(0, counters.totalBytes - counters.doneBytes) / bytesPerSecond) * 1_000_000)
}
