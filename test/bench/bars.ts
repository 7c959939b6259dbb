import type { SubjectResult } from './harness.ts'

/** What a subject must reach: so many times the speed of the group's first one, or at most so much of a figure. */
export type Bar = { readonly subject: string } & (
  | { readonly ratioMin: number }
  | { readonly figure: string; readonly max: number }
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
  const isMet = 'figure' in bar ? ours <= bar.max : ratio !== null && ratio >= bar.ratioMin
  const text = 'figure' in bar ? `<= ${bar.max}` : `>= ${bar.ratioMin}x`
  return { subject: bar.subject, measure, bar: text, ours, reference, ratio, isMet }
}

function amountOf(result: SubjectResult, measure: string): number | null {
  return measure === 'seconds' ? result.seconds.median : (result.figures[measure] ?? null)
}
