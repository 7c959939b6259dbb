import { expect, test } from 'vitest'
import { type Measurement, median, runRounds, type Subject } from './harness.ts'
import { formatFigures, formatResults } from './report.ts'

type Extra = Pick<Measurement, 'entries' | 'figures'>

/** A subject whose runs take the given seconds, the warm-up first, and that writes its name down at each run. */
function scripted(
  name: string,
  seconds: readonly number[],
  log: string[],
  bytes = 2e9,
  extra: (run: number) => Extra = () => ({}),
): Subject {
  let runs = 0
  return {
    name,
    async measure() {
      log.push(name)
      runs += 1
      return { seconds: seconds[runs - 1] ?? Number.NaN, bytes, readBytes: bytes / 2, ...extra(runs) }
    },
    async close() {},
  }
}

test('subjects take turns, the warm-up does not count, and ratios refer to the first', async () => {
  const log: string[] = []
  const slow = scripted('slow', [99, 4, 5, 3], log)
  const fast = scripted('fast', [99, 1, 1, 2], log)
  expect(await runRounds([slow, fast], 3)).toEqual([
    {
      name: 'slow',
      bytes: 2e9,
      readBytes: 1e9,
      entries: undefined,
      seconds: { median: 4, min: 3, max: 5, all: [4, 5, 3] },
      gigabytesPerSecond: 0.5,
      figures: {},
      ratio: 1,
    },
    {
      name: 'fast',
      bytes: 2e9,
      readBytes: 1e9,
      entries: undefined,
      seconds: { median: 1, min: 1, max: 2, all: [1, 1, 2] },
      gigabytesPerSecond: 2,
      figures: {},
      ratio: 4,
    },
  ])
  expect(log).toEqual(['slow', 'fast', 'slow', 'fast', 'fast', 'slow', 'slow', 'fast'])
})

test('of each figure the median over the rounds is kept, without the warm-up', async () => {
  const peaks = [900, 10, 30, 20]
  const extra = (run: number): Extra => ({ entries: 7, figures: { peakMebibytes: peaks[run - 1] ?? Number.NaN } })
  const [result] = await runRounds([scripted('ours', [1, 1, 1, 1], [], 2e9, extra)], 3)
  expect([result?.entries, result?.figures]).toEqual([7, { peakMebibytes: 20 }])
})

test('subjects that did different work are not compared', async () => {
  const subjects = [scripted('all', [1, 1], []), scripted('less', [1, 1], [], 1e9)]
  await expect(runRounds(subjects, 1)).rejects.toThrow('all did 2000000000 bytes of work, less did 1000000000')
})

test('subjects that count other entries are not compared, one that cannot count is', async () => {
  const silent = scripted('silent', [1, 1], [])
  const all = scripted('all', [1, 1], [], 2e9, () => ({ entries: 5 }))
  const less = scripted('less', [1, 1], [], 2e9, () => ({ entries: 4 }))
  await expect(runRounds([silent, all], 1)).resolves.toHaveLength(2)
  await expect(runRounds([silent, all, less], 1)).rejects.toThrow('all did 5 entries, less did 4')
})

test('the median of an even number of values lies between the two in the middle', () => {
  expect([median([3]), median([5, 1, 3]), median([4, 1, 3, 2])]).toEqual([3, 3, 2.5])
})

test('the table has names to the left and numbers to the right', async () => {
  const cpu = (): Extra => ({ figures: { cpuSeconds: 0.75 } })
  const subjects = [scripted('reference', [1, 2], []), scripted('ours', [1, 0.5], [], 2e9, cpu)]
  expect(formatResults(await runRounds(subjects, 1)).split('\n')).toEqual([
    'subject         bytes        read  median s  min s  max s  cpu s  GB/s  ratio',
    'reference  2000000000  1000000000     2.000  2.000  2.000      -  1.00  1.00x',
    'ours       2000000000  1000000000     0.500  0.500  0.500  0.750  4.00  4.00x',
  ])
})

test('figures have a table of their own, processor time aside', async () => {
  const p99 = (): Extra => ({ figures: { cpuSeconds: 0.75, p99Ms: 2.5 } })
  const results = await runRounds([scripted('reference', [1, 2], []), scripted('ours', [1, 0.5], [], 2e9, p99)], 1)
  expect(formatFigures(results).trim().split('\n')).toEqual([
    'subject    p99Ms', //
    'reference      -',
    'ours        2.50',
  ])
  expect(formatFigures(results.slice(0, 1))).toBe('')
})
