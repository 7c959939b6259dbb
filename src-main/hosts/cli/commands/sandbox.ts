import { systemClock } from '#base/clock.ts'
import { errorCodes } from '#contract'
import { createSandbox, type RunningSandbox } from '../../../core/create-sandbox.ts'
import { runDemo } from '../../../core/run-demo.ts'
import { untilEnded } from '../ended.ts'
import { type ServingOptions, servingSettings } from '../protection-options.ts'
import { preciseTime } from '../render.ts'
import { packageVersion } from '../session.ts'
import { workerEntry } from '../worker-entry.ts'

export type SandboxOptions = ServingOptions & {
  data: string
  demo: boolean
  sync: boolean
  endWithInput: boolean
  json: boolean
}

/** `lifeboat sandbox`: a small graph server with backups, until it is told to end. */
export async function sandbox(options: SandboxOptions): Promise<void> {
  const ended = untilEnded()
  const running = await createSandbox({
    ...servingSettings(options),
    version: packageVersion(),
    dataPath: options.data,
    workerEntry: workerEntry(),
    isSynchronous: options.sync,
    random: Math.random,
    onLost(failure) {
      process.exitCode = errorCodes[failure.code]
      ended.end()
    },
  })
  const tell: Tell = (event, text) =>
    void process.stdout.write(options.json ? `${JSON.stringify(event)}\n` : `${text}\n`)
  // whoever started it as a child is gone
  if (options.endWithInput) process.stdin.on('end', ended.end).resume().unref?.()
  const { host, port } = running.address
  tell({ event: 'listening', host, port }, `The sandbox answers at ${host}:${port}. Ctrl-C ends it.`)
  if (options.demo) await Promise.race([demo(running, tell), ended.promise])
  await ended.promise
  await running.close()
}

type Tell = (event: object, text: string) => void

/** Makes the demo's data; what is left of it when the process is to end fails on the closed store, and nobody waits. */
async function demo(running: RunningSandbox, tell: Tell): Promise<void> {
  const made = await runDemo(running, systemClock, (step) =>
    tell({ event: 'demo', ...step }, `${step.step}: ${step.doneCount} of ${step.totalCount}`),
  )
  tell(
    { event: 'demo-ready', ...made },
    `The accident: at ${preciseTime(made.accidentAtUs)} all customers were deleted. The last good sequence is ${made.lastGoodSequence}.`,
  )
}
