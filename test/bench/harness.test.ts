import { expect, test } from 'vitest'
import { type Measurement, median, runRounds, type Subject } from './harness.ts'
import { formatTable } from './report.ts'

/** A subject whose runs take the given seconds, the warm-up first, and that writes its name down at each run. */
function scripted(name: string, seconds: readonly number[], log: string[], bytes = 2e9): Subject {
  const left = [...seconds]
  return {
    name,
    async measure(): Promise<Measurement> {
      log.push(name)
      return { seconds: left.shift() ?? Number.NaN, bytes, readBytes: bytes / 2 }
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
      seconds: { median: 4, min: 3, max: 5, all: [4, 5, 3] },
      gigabytesPerSecond: 0.5,
      ratio: 1,
    },
    {
      name: 'fast',
      bytes: 2e9,
      readBytes: 1e9,
      seconds: { median: 1, min: 1, max: 2, all: [1, 1, 2] },
      gigabytesPerSecond: 2,
      ratio: 4,
    },
  ])
  expect(log).toEqual(['slow', 'fast', 'slow', 'fast', 'fast', 'slow', 'slow', 'fast'])
})

test('subjects that did different work are not compared', async () => {
  const subjects = [scripted('all', [1, 1], []), scripted('less', [1, 1], [], 1e9)]
  await expect(runRounds(subjects, 1)).rejects.toThrow('all did 2000000000 bytes of work, less did 1000000000')
})

test('the median of an even number of values lies between the two in the middle', () => {
  expect([median([3]), median([5, 1, 3]), median([4, 1, 3, 2])]).toEqual([3, 3, 2.5])
})

test('the table has names to the left and numbers to the right', async () => {
  const results = await runRounds([scripted('reference', [1, 2], []), scripted('ours', [1, 0.5], [])], 1)
  expect(formatTable(results).split('\n')).toEqual([
    'subject         bytes        read  median s  min s  max s  GB/s  ratio',
    'reference  2000000000  1000000000     2.000  2.000  2.000  1.00  1.00x',
    'ours       2000000000  1000000000     0.500  0.500  0.500  4.00  4.00x',
  ])
})
