import { afterAll, expect, test } from 'vitest'
import { FuzzThread } from '../../../support/fuzz/fuzz-thread.ts'

const targetsUrl = new URL('./broken-targets.ts', import.meta.url).href
const thread = new FuzzThread()
afterAll(() => thread.close())

/** enough for a measurement that collects garbage again and again on a busy machine */
const HANG_MS = 10_000
const SHORT_HANG_MS = 1000
const TIMEOUT_MS = 60_000

async function problemsOf(targetName: string): Promise<string[]> {
  const hangMs = targetName === 'endless' ? SHORT_HANG_MS : HANG_MS
  const { failures } = await thread.run({ targetsUrl, targetName, seed: 1, from: 0, to: 1, hangMs })
  return failures.map(({ problem }) => problem)
}

test.each([
  ['type-error', /^threw TypeError/],
  ['range-error', /^threw RangeError/],
  ['array-100-mib', /^held \d{8,9} bytes at once, at most 67108864$/],
  ['buffer-100-mib', /^held \d{8,9} bytes at once/],
  ['many-arrays', /^held \d{8,9} bytes at once/],
  ['heap-that-stays', /^held \d{8,9} bytes at once/],
  ['whole-heap', /ERR_WORKER_OUT_OF_MEMORY|reaching memory limit/],
  ['invented-row', /^invented "c"$/],
  ['row-twice', /^gave something twice$/],
  ['row-lost', /^gave 1 of 2 without a word of damage$/],
  ['damage-outside', /^damage outside a file of 33 bytes/],
  ['damage-elsewhere', /^damage of a file that is not there/],
  ['damage-unsaid', /^damage with an unfinished text/],
  ['slow', /^took 2\d\d ms, at most 200$/],
  ['endless', /^did not end within 1000 ms$/],
])('a decoder with the planted fault %s is reported', { timeout: TIMEOUT_MS }, async (targetName, problem) => {
  // what takes much memory may take too long as well
  expect(await problemsOf(targetName)).toContainEqual(expect.stringMatching(problem))
})

test.each(['right', 'refusing', 'many-one-after-another'])(
  'a decoder that is %s is not',
  { timeout: TIMEOUT_MS },
  async (targetName) => {
    expect(await problemsOf(targetName)).toEqual([])
  },
)

test('a case that ends the thread is named, and the cases behind it run', { timeout: TIMEOUT_MS }, async () => {
  const order = { targetsUrl, targetName: 'whole-heap', seed: 1, from: 0, to: 2 }
  const { caseCount, failures } = await thread.run(order)
  expect([caseCount, failures.map(({ caseIndex }) => caseIndex)]).toEqual([2, [0, 1]])
})
