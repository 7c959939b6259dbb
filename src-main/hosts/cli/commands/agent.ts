import { errorCodes } from '#contract'
import { createAgent } from '../../../core/create-agent.ts'
import { untilEnded } from '../ended.ts'
import { type ServingOptions, servingSettings } from '../protection-options.ts'
import { packageVersion } from '../session.ts'
import { workerEntry } from '../worker-entry.ts'

/** `lifeboat agent`: protects the database of another process until it is told to end. */
export async function agent(options: ServingOptions & { data: string; json: boolean }): Promise<void> {
  const ended = untilEnded()
  const running = await createAgent({
    ...servingSettings(options),
    program: 'agent',
    version: packageVersion(),
    databaseDirectory: options.data,
    workerEntry: workerEntry(),
    onLost(failure) {
      process.exitCode = errorCodes[failure.code]
      ended.end()
    },
  })
  const { host, port } = running.address
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ event: 'listening', host, port, metricsPort: running.metricsPort })}\n`
      : `The agent answers at ${host}:${port}. Ctrl-C ends it.\n`,
  )
  await ended.promise
  await running.close()
}
