/** Quantiles of what operations took, in milliseconds; the nearest rank, so that each is a time that was measured. */
export function latencyFigures(milliseconds: readonly number[]): Record<'p50Ms' | 'p99Ms' | 'p999Ms', number> {
  const sorted = milliseconds.toSorted((left, right) => left - right)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
  return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999) }
}
