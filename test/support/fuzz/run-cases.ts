import { damagesOf, type Original, type Outcome, problemOf } from './judge.ts'
import { peakBytes, QuickMeter } from './memory-meter.ts'
import { differences, type MutatedFiles, mutateFiles } from './mutate-files.ts'
import { caseRandom } from './random.ts'
import type { Input, Target } from './target.ts'

const CASE_MS_MAX = 200
const CASE_BYTES_MAX = 64 * 1024 * 1024
const RERUNS_MAX = 3
const FAILURES_KEPT_MAX = 20

export type Failure = { readonly caseIndex: number; readonly what: string; readonly problem: string }

export type Tally = {
  readonly failures: Failure[]
  /** which of the expected problems were met, by their place in the list */
  readonly expectedMet: number[]
  failureCount: number
  caseCount: number
  /** cases with damage or an error with a code, and cases with none */
  refusedCount: number
  readCount: number
  slowestMs: number
  largestBytes: number
}

export function emptyTally(): Tally {
  const counts = { failureCount: 0, caseCount: 0, refusedCount: 0, readCount: 0, slowestMs: 0, largestBytes: 0 }
  return { failures: [], expectedMet: [], ...counts }
}

export function addFailure(tally: Tally, failure: Failure): void {
  tally.failureCount += 1
  if (tally.failures.length < FAILURES_KEPT_MAX) tally.failures.push(failure)
}

/** Runs cases of one target and keeps what they found. */
export class CaseRunner {
  readonly #target: Target
  readonly #seed: number
  readonly #inputs: readonly Input[]
  readonly #expected: readonly RegExp[]
  readonly #originals = new Map<Input, Original>()

  /** @param expected problems that are no failures */
  constructor(target: Target, seed: number, inputs: readonly Input[], expected: readonly RegExp[]) {
    this.#target = target
    this.#seed = seed
    this.#expected = expected
    this.#inputs = inputs
    if (inputs.length === 0) throw new Error(`${target.name} has no inputs`)
  }

  async run(caseIndex: number, tally: Tally): Promise<void> {
    const input = this.#inputs[caseIndex % this.#inputs.length]!
    const original = await this.#original(input)
    const random = caseRandom(this.#seed, this.#target.name, caseIndex)
    const mutated = mutateFiles(this.#target, input, this.#inputs, random)
    const { outcome, elapsedMs, takenBytes } = await this.#measured(mutated, input)
    const fastestMs = await this.#fastest(mutated, input, elapsedMs)
    const problems = [
      problemOf(this.#target, mutated, outcome, original),
      fastestMs > CASE_MS_MAX ? `took ${Math.round(fastestMs)} ms, at most ${CASE_MS_MAX}` : null,
      await this.#memoryProblem(mutated, input, takenBytes),
    ]
    for (const problem of problems) {
      if (problem === null) continue
      const expected = this.#expected.findIndex((pattern) => pattern.test(problem))
      if (expected >= 0) {
        if (!tally.expectedMet.includes(expected)) tally.expectedMet.push(expected)
        continue
      }
      const what = `${input.name}; ${mutated.what}; ${differences(input.files, mutated.files)}`
      addFailure(tally, { caseIndex, what, problem })
    }
    tally.caseCount += 1
    if ('answer' in outcome && damagesOf(outcome).length === 0) tally.readCount += 1
    else tally.refusedCount += 1
    tally.slowestMs = Math.max(tally.slowestMs, fastestMs)
    tally.largestBytes = Math.max(tally.largestBytes, takenBytes)
  }

  async #measured(mutated: MutatedFiles, input: Input) {
    const meter = new QuickMeter()
    const startedAt = process.hrtime.bigint()
    const outcome = await this.#read(mutated, input)
    const elapsedMs = Number(process.hrtime.bigint() - startedAt) / 1e6
    return { outcome, elapsedMs, takenBytes: meter.takenBytes() }
  }

  async #read(mutated: MutatedFiles, input: Input): Promise<Outcome> {
    try {
      const answer = this.#target.read(mutated.files, input)
      return { answer: answer instanceof Promise ? await answer : answer }
    } catch (error) {
      return { error }
    }
  }

  /** Another process may have had the processor: only what is slow every time is slow. */
  async #fastest(mutated: MutatedFiles, input: Input, firstMs: number): Promise<number> {
    let fastestMs = firstMs
    for (let rerun = 0; rerun < RERUNS_MAX && fastestMs > CASE_MS_MAX; rerun += 1) {
      fastestMs = Math.min(fastestMs, (await this.#measured(mutated, input)).elapsedMs)
    }
    return fastestMs
  }

  async #memoryProblem(mutated: MutatedFiles, input: Input, takenBytes: number): Promise<string | null> {
    if (takenBytes <= CASE_BYTES_MAX) return null
    const peak = await peakBytes(() => this.#target.read(mutated.files, input))
    return peak > CASE_BYTES_MAX ? `held ${peak} bytes at once, at most ${CASE_BYTES_MAX}` : null
  }

  async #original(input: Input): Promise<Original> {
    const known = this.#originals.get(input)
    if (known !== undefined) return known
    const guarantee = this.#target.guarantee?.(input) ?? 'nothing'
    const given = guarantee === 'nothing' ? [] : (await this.#target.read(input.files, input)).items
    const items = new Set([...given, ...(guarantee === 'nothing' ? [] : (this.#target.original?.(input) ?? []))])
    const original = { guarantee, items, count: given.length }
    this.#originals.set(input, original)
    return original
  }
}
