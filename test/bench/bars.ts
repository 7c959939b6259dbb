import type { SubjectResult } from './harness.ts'

/**
 * What a subject must reach: so many times the speed of the group's first one, at most so much of a figure, or at most so
 * many times what the first one has of it.
 */
export type Bar = { readonly subject: string } & (
  | { readonly ratioMin: number }
  | { readonly figure: string; readonly max: number }
  | { readonly figure: string; readonly timesMax: number }
)

/** A bar held against what was measured. */
export type BarResult = {
  readonly subject: string
  /** `seconds` or the name of a figure */
  readonly measure: string
  readonly bar: string
  readonly ours: number
  /** null where nothing is compared */
  readonly reference: number | null
  /** the reference's value over ours: more is better */
  readonly ratio: number | null
  readonly isMet: boolean
}

/** @param results of one group, its reference first */
export function checkBars(results: readonly SubjectResult[], bars: readonly Bar[]): BarResult[] {
  return bars.map((bar) => checkBar(results, bar))
}

function checkBar(results: readonly SubjectResult[], bar: Bar): BarResult {
  const subject = results.find((result) => result.name === bar.subject)
  if (subject === undefined) throw new Error(`no subject is called ${bar.subject}`)
  const measure = 'figure' in bar ? bar.figure : 'seconds'
  const ours = amountOf(subject, measure)
  if (ours === null) throw new Error(`${bar.subject} has no figure ${measure}`)
  const [first] = results
  const reference = first === undefined || first === subject ? null : amountOf(first, measure)
  const ratio = reference === null ? null : reference / ours
  return { subject: bar.subject, measure, ...judged(bar, ours, reference), ours, reference, ratio }
}

function judged(bar: Bar, ours: number, reference: number | null): Pick<BarResult, 'bar' | 'isMet'> {
  if ('max' in bar) return { bar: `<= ${bar.max}`, isMet: ours <= bar.max }
  if ('timesMax' in bar) {
    return { bar: `<= ${bar.timesMax}x its`, isMet: reference !== null && ours <= bar.timesMax * reference }
  }
  return { bar: `>= ${bar.ratioMin}x`, isMet: reference !== null && reference / ours >= bar.ratioMin }
}

function amountOf(result: SubjectResult, measure: string): number | null {
  return measure === 'seconds' ? result.seconds.median : (result.figures[measure] ?? null)
}
