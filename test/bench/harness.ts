/** One timed run. */
export type Measurement = {
  readonly seconds: number
  /** the work that was done, in bytes; the same for every subject, or the comparison is void */
  readonly bytes: number
  /** what was really read for it: less than `bytes` where work was saved */
  readonly readBytes: number
}

/** One side of a comparison, ready to run: processes are up, pools are warm. */
export type Subject = {
  readonly name: string
  measure(): Promise<Measurement>
  close(): Promise<void>
}

/** What a `<name>.bench.ts` exports as `prepare`. The first subject is the one that ratios refer to. */
export type Benchmark = {
  readonly parameters: Readonly<Record<string, string | number>>
  readonly subjects: readonly Subject[]
}

/** Why a comparison cannot run on this machine: one line. */
export type Unavailable = { readonly missing: string }

export type SubjectResult = {
  readonly name: string
  readonly bytes: number
  readonly readBytes: number
  readonly seconds: { readonly median: number; readonly min: number; readonly max: number; readonly all: number[] }
  readonly gigabytesPerSecond: number
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
  const { bytes, readBytes } = runs[0] ?? { bytes: 0, readBytes: 0 }
  return { name, bytes, readBytes, seconds, gigabytesPerSecond: bytes / seconds.median / 1e9 }
}

function checkSameWork(summaries: readonly Omit<SubjectResult, 'ratio'>[]): void {
  const [first] = summaries
  const other = summaries.find((summary) => summary.bytes !== first?.bytes)
  if (first === undefined || other === undefined) return
  throw new Error(`${first.name} did ${first.bytes} bytes of work, ${other.name} did ${other.bytes}`)
}
