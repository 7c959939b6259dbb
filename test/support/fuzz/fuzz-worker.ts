import { parentPort } from 'node:worker_threads'
import type { WorkerOrder, WorkerReport } from './fuzz-thread.ts'
import { installMemoryMeter } from './memory-meter.ts'
import { CaseRunner } from './run-cases.ts'
import type { Target } from './target.ts'

let isMetered = false

parentPort?.on('message', async (order: WorkerOrder) => {
  const { targetsUrl, targetName, folder = null, expected = [], seed, from, to, tally, position } = order
  const report = (isDone: boolean): void => parentPort?.postMessage({ tally, isDone } satisfies WorkerReport)
  const { targets } = (await import(targetsUrl)) as { targets: readonly Target[] }
  const target = targets.find((candidate) => candidate.name === targetName)
  if (target === undefined) throw new Error(`${targetsUrl} has no target ${targetName}`)
  const runner = new CaseRunner(target, seed, await target.inputs(folder), expected)
  if (!isMetered) installMemoryMeter()
  isMetered = true
  for (let caseIndex = from; caseIndex < to; caseIndex += 1) {
    Atomics.store(position, 0, caseIndex)
    const failuresBefore = tally.failureCount
    await runner.run(caseIndex, tally)
    if (tally.failureCount > failuresBefore) report(false)
  }
  report(true)
})
