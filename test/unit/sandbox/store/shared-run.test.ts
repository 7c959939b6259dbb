import { expect, test } from 'vitest'
import { SharedRun } from '../../../../src-main/sandbox/store/shared-run.ts'

/** A task that ends when it is told to. */
function controlledTask() {
  const runs: { end: () => void; fail: (error: Error) => void }[] = []
  const task = () => new Promise<void>((end, fail) => runs.push({ end, fail }))
  return { runs, shared: new SharedRun(task) }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('callers that come while a run is on share the next one, which begins after it', async () => {
  const { runs, shared } = controlledTask()
  const done: string[] = []
  const first = shared.run().then(() => done.push('first'))
  await turn()
  const second = shared.run().then(() => done.push('second'))
  const third = shared.run().then(() => done.push('third'))
  await turn()
  expect(runs).toHaveLength(1)
  runs[0]!.end()
  await first
  await turn()
  expect(done).toEqual(['first'])
  expect(runs).toHaveLength(2)
  runs[1]!.end()
  await Promise.all([second, third])
  expect(done).toEqual(['first', 'second', 'third'])
  expect(runs).toHaveLength(2)
})

test('a failed run fails its own callers alone', async () => {
  const { runs, shared } = controlledTask()
  const first = shared.run()
  await turn()
  const second = shared.run()
  runs[0]!.fail(new Error('disk'))
  await expect(first).rejects.toThrow('disk')
  await turn()
  runs[1]!.end()
  await expect(second).resolves.toBeUndefined()
})
