import { systemClock } from '#base/clock.ts'
import { createSandbox } from '../../../core/create-sandbox.ts'
import { runDemo } from '../../../core/run-demo.ts'
import { untilEnded } from '../ended.ts'
import { type ServingOptions, servingSettings } from '../protection-options.ts'
import { preciseTime } from '../render.ts'
import { packageVersion } from '../session.ts'
import { workerEntry } from '../worker-entry.ts'

export type SandboxOptions = ServingOptions & { data: string; demo: boolean; sync: boolean; json: boolean }

/** `lifeboat sandbox`: a small graph server with backups, until it is told to end. */
export async function sandbox(options: SandboxOptions): Promise<void> {
  const ended = untilEnded()
  const running = await createSandbox({
    ...servingSettings(options),
    version: packageVersion(),
    dataPath: options.data,
    workerEntry: workerEntry(),
    isSynchronous: options.sync,
    onLost: ended.end,
  })
  const tell = (event: object, text: string) =>
    process.stdout.write(options.json ? `${JSON.stringify(event)}\n` : `${text}\n`)
  // whoever started it as a child is gone
  if (options.json) process.stdin.on('end', ended.end).resume()
  const { host, port } = running.address
  tell({ event: 'listening', host, port }, `The sandbox answers at ${host}:${port}. Ctrl-C ends it.`)
  if (options.demo) {
    const demo = await runDemo(running, systemClock, (step) =>
      tell({ event: 'demo', ...step }, `${step.step}: ${step.doneCount} of ${step.totalCount}`),
    )
    tell(
      { event: 'demo-ready', ...demo },
      `The accident: at ${preciseTime(demo.accidentAtUs)} all customers were deleted. The last good sequence is ${demo.lastGoodSequence}.`,
    )
  }
  await ended.promise
  await running.close()
}
