import type { Bar } from './bars.ts'

/** One timed run. */
export type Measurement = {
  readonly seconds: number
  /** the work that was done, in bytes; the same for every subject, or the comparison is void */
  readonly bytes: number
  /** what was really read for it: less than `bytes` where work was saved */
  readonly readBytes: number
  /** rows or operations; the same for every subject that can count them */
  readonly entries?: number
  /** what else a bar may ask for; each name ends with its unit. `cpuSeconds` tells of a machine that others use. */
  readonly figures?: Readonly<Record<string, number>>
}

/** One side of a comparison, ready to run: processes are up, pools are warm. */
export type Subject = {
  readonly name: string
  measure(): Promise<Measurement>
  close(): Promise<void>
}

/** Subjects that do the same work. The first is the one that ratios refer to; a lone subject is its own. */
export type Group = {
  readonly parameters: Readonly<Record<string, string | number>>
  readonly subjects: readonly Subject[]
  readonly bars: readonly Bar[]
}

/** A group whose data and processes are not there yet: `prepare` makes them, `drop` removes what is too large to stay. */
export type PlannedGroup = {
  readonly name: string
  prepare(): Promise<Group>
  drop?(): void
}

export type BenchmarkOptions = {
  /** leave out what takes very much disk */
  readonly isSmall: boolean
  /** keep data that is too large to stay */
  readonly keepsData: boolean
}

/** What a `<name>.bench.ts` exports as `plan`. */
export type Benchmark = {
  readonly groups: readonly PlannedGroup[]
  /** names of the groups that the options leave out */
  readonly leftOut: readonly string[]
  /** it was smaller than it is to be: its figures are shown, and kept nowhere */
  readonly isTrial?: boolean
}

/** Why a comparison cannot run on this machine: one line. */
export type Unavailable = { readonly missing: string }

export type SubjectResult = {
  readonly name: string
  readonly bytes: number
  readonly readBytes: number
  readonly entries: number | undefined
  readonly seconds: { readonly median: number; readonly min: number; readonly max: number; readonly all: number[] }
  readonly gigabytesPerSecond: number
  /** the median of every figure */
  readonly figures: Readonly<Record<string, number>>
  /** how many times faster than the first subject, median against median */
  readonly ratio: number
}

/** Measures every subject once per round, in turns, so that a drift of the machine hits all of them alike. */
export async function runRounds(subjects: readonly Subject[], rounds: number): Promise<SubjectResult[]> {
  for (const subject of subjects) await subject.measure()
  const measured = new Map<Subject, Measurement[]>(subjects.map((subject) => [subject, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of rotated(subjects, round)) measured.get(subject)?.push(await subject.measure())
  }
  const summaries = [...measured].map(([subject, runs]) => summarise(subject.name, runs))
  checkSameWork(summaries)
  const reference = summaries[0]?.seconds.median ?? 0
  return summaries.map((summary) => ({ ...summary, ratio: reference / summary.seconds.median }))
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2
}

// Whoever runs first in a round may find a colder cache.
function rotated(subjects: readonly Subject[], round: number): Subject[] {
  const start = round % subjects.length
  return [...subjects.slice(start), ...subjects.slice(0, start)]
}

function summarise(name: string, runs: readonly Measurement[]): Omit<SubjectResult, 'ratio'> {
  const all = runs.map((run) => run.seconds)
  const seconds = { median: median(all), min: Math.min(...all), max: Math.max(...all), all }
  const { bytes, readBytes, entries } = runs[0] ?? { bytes: 0, readBytes: 0 }
  const gigabytesPerSecond = bytes / seconds.median / 1e9
  return { name, bytes, readBytes, entries, seconds, gigabytesPerSecond, figures: mediansOfFigures(runs) }
}

function mediansOfFigures(runs: readonly Measurement[]): Record<string, number> {
  const names = Object.keys(runs[0]?.figures ?? {})
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run.figures?.[name] ?? Number.NaN))]))
}

function checkSameWork(summaries: readonly Omit<SubjectResult, 'ratio'>[]): void {
  checkSame(summaries, 'bytes of work', (summary) => summary.bytes)
  checkSame(summaries, 'entries', (summary) => summary.entries)
}

function checkSame<Summary extends { readonly name: string }>(
  summaries: readonly Summary[],
  unit: string,
  amountOf: (summary: Summary) => number | undefined,
): void {
  const known = summaries.filter((summary) => amountOf(summary) !== undefined)
  const [first] = known
  const other = known.find((summary) => first !== undefined && amountOf(summary) !== amountOf(first))
  if (first === undefined || other === undefined) return
  throw new Error(`${first.name} did ${amountOf(first)} ${unit}, ${other.name} did ${amountOf(other)}`)
}
