import { afterAll, expect, type TestContext, test } from 'vitest'
import { FuzzThread } from './fuzz-thread.ts'
import type { Target } from './target.ts'

/** A known failure that is open work. */
export type ExpectedFailure = {
  readonly targets: RegExp
  /** the target that shows it in a normal run: when it no longer does, the entry must go; null: only longer runs do */
  readonly shownBy: string | null
  readonly problem: RegExp
  readonly why: string
}

export type FuzzTests = {
  /** the module that exports `targets`, for the threads */
  readonly targetsUrl: string
  readonly targets: readonly Target[]
  readonly group: string
  /** as the command line names it */
  readonly testFile: string
  /** makes the folder that the inputs come from, or skips the test */
  readonly prepare?: (context: TestContext) => Promise<string>
  readonly expectedFailures?: readonly ExpectedFailure[]
}

const DEFAULT_SEED = 20_260_807
/** the sum over all tables of targets, which LIFEBOAT_FUZZ_CASES replaces */
export const CASES_OF_A_NORMAL_RUN = 24_500
const TIMEOUT_MS = 120_000
const environment = process.env
const seed = Number(environment.LIFEBOAT_FUZZ_SEED ?? DEFAULT_SEED)
const factor = Number(environment.LIFEBOAT_FUZZ_CASES ?? CASES_OF_A_NORMAL_RUN) / CASES_OF_A_NORMAL_RUN
const [chosenTarget, chosenCase] = environment.LIFEBOAT_FUZZ_CASE?.split(':') ?? []

/**
 * One test for every target of a group. `LIFEBOAT_FUZZ_SEED` is another seed, `LIFEBOAT_FUZZ_CASES` the number of cases
 * of all targets together, for a longer run, `LIFEBOAT_FUZZ_CASE=<target>:<case>` one case alone.
 */
export function fuzzTests({ targetsUrl, targets, group, testFile, prepare, expectedFailures = [] }: FuzzTests): void {
  console.log(`mutated files, ${group}: LIFEBOAT_FUZZ_SEED=${seed}`)
  const thread = new FuzzThread()
  afterAll(() => thread.close())
  for (const target of targets.filter((candidate) => candidate.group === group)) {
    test(`mutated, ${target.name} gives damage or a right answer, soon and in little memory`, {
      timeout: TIMEOUT_MS * Math.max(1, factor),
    }, async (context) => {
      if (chosenTarget !== undefined && chosenTarget !== target.name) {
        context.skip(`did not run: LIFEBOAT_FUZZ_CASE names a case of ${chosenTarget}`)
      }
      const from = chosenCase === undefined ? 0 : Number(chosenCase)
      const to = chosenCase === undefined ? Math.ceil(target.cases * factor) : from + 1
      const folder = (await prepare?.(context)) ?? null
      // who asks for one case wants to see what is wrong with it
      const isKnown = (failure: ExpectedFailure) => chosenCase === undefined && failure.targets.test(target.name)
      const known = expectedFailures.filter(isKnown)
      const expected = known.map((failure) => failure.problem)
      const tally = await thread.run({ targetsUrl, targetName: target.name, folder, expected, seed, from, to })
      const failures = tally.failures.map(({ caseIndex, what, problem }) => {
        const again = `LIFEBOAT_FUZZ_SEED=${seed} LIFEBOAT_FUZZ_CASE=${target.name}:${caseIndex} npm test -- ${testFile}`
        return `${target.name}, seed ${seed}, case ${caseIndex}: ${what}\n  ${problem}\n  again: ${again}`
      })
      expect(failures.join('\n')).toBe('')
      if (chosenCase !== undefined) return
      expect(tally.caseCount).toBe(to)
      const isNormalRun = seed === DEFAULT_SEED && factor === 1
      const gone = known.filter((_, index) => !tally.expectedMet.includes(index))
      const mustGo = gone.filter((failure) => isNormalRun && failure.shownBy === target.name)
      expect(mustGo, 'expected failures that no longer happen: take them off the list').toEqual([])
      // a fuzz that never reaches a decoder, or never breaks anything, shows nothing
      expect(tally.refusedCount).toBeGreaterThan(to / 20)
      expect(tally.readCount).toBeGreaterThan(0)
    })
  }
}
