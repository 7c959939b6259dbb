import { parseArgs } from 'node:util'
import { ORPCError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { toErrorInfo } from '#base/error-info.ts'
import { ErrorInfo } from '#contract'
import { createCore } from '../../core/create-core.ts'
import type { FromCore, ToCore } from './channels.ts'

const { values } = parseArgs({
  args: process.argv.slice(1),
  options: { 'data-folder': { type: 'string' }, 'app-version': { type: 'string' } },
  strict: false,
})

const post = (message: FromCore): void => process.parentPort.postMessage(message)

/** For a native dialog: what happened, what was not harmed, what to do, each on its line. */
function explain(error: unknown): string {
  const declared = error instanceof ORPCError ? ErrorInfo.safeParse(error.data).data : undefined
  const { message, subject, unharmed, nextStep, details } = declared ?? toErrorInfo(error)
  const firstCause = details?.split('\n')[0]
  const lines = [subject === null ? message : `${message}: ${subject}`, firstCause, unharmed, nextStep]
  return lines.filter((line) => line !== null && line !== undefined).join('\n')
}

/** The packaged program does not run as Node (electron-builder.yml): started again, it would open a window. */
function cliEntry(): URL | undefined {
  return import.meta.url.includes('.asar/') ? undefined : new URL('./cli.js', import.meta.url)
}

async function startCore() {
  try {
    return await createCore({
      dataFolder: String(values['data-folder']),
      version: String(values['app-version']),
      workerEntry: new URL('./worker.js', import.meta.url),
      cliEntry: cliEntry(),
      // Electron's program is Node only when it is told so
      cliEnvironment: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    })
  } catch (error) {
    // the main process shows it when it gives up restarting
    post({ type: 'failed', message: explain(error) })
    throw error
  }
}

const core = await startCore()
const handler = new RPCHandler(core.router)

process.parentPort.on('message', ({ data, ports }) => {
  const message = data as ToCore
  switch (message.type) {
    case 'serve':
      for (const port of ports) {
        handler.upgrade(port, { context: {} })
        port.start()
      }
      break
    case 'open':
      core.client.sources.open({ path: message.path }).catch((error: unknown) => {
        post({ type: 'open-failed', path: message.path, message: explain(error) })
      })
      break
    case 'close':
      void core.close().finally(() => process.exit(0))
      break
  }
})
post({ type: 'ready' })
