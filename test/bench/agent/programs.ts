import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

const root = join(import.meta.dirname, '..', '..', '..')
const sourceCli = join(root, 'src-main', 'hosts', 'cli', 'main.ts')
const builtCli = join(root, 'out', 'main', 'cli.js')
const storeProcess = join(import.meta.dirname, 'store-process.ts')

/** A server of ours in its own process. */
export type RunningProgram = {
  readonly port: number
  /** Resolves with the first event of this name that the program tells. */
  readonly event: (name: string) => Promise<void>
  readonly close: () => Promise<void>
}

export type ServerPaths = { readonly data: string; readonly repository: string }

/** `lifeboat sandbox` or `lifeboat agent`, and further options. */
export function startServer(
  program: 'sandbox' | 'agent',
  { data, repository }: ServerPaths,
  options: readonly string[] = [],
  isBuilt = false,
): Promise<RunningProgram> {
  const places = ['--data', data, '--repo', repository, '--listen', '127.0.0.1:0']
  const cli = isBuilt ? builtCli : sourceCli
  return start([cli, program, ...places, '--json', '--log-level', 'warn', ...options])
}

/** The store of the sandbox alone: nothing archives it. */
export function startStore(data: string): Promise<RunningProgram> {
  return start([storeProcess, data])
}

async function start(programArguments: readonly string[]): Promise<RunningProgram> {
  const child = spawn(process.execPath, programArguments, { stdio: ['pipe', 'pipe', 'inherit'] })
  const events = eventsOf(child)
  const close = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  const { port } = (await events('listening')) as { port: number }
  return { port, close, event: async (name) => void (await events(name)) }
}

/** What a program tells: a JSON object in each line. */
function eventsOf(child: ChildProcessByStdio<Writable, Readable, null>): (name: string) => Promise<object> {
  const told = new Map<string, object>()
  const waiting = new Map<string, (event: object) => void>()
  createInterface(child.stdout).on('line', (line) => {
    const event = JSON.parse(line) as { event: string }
    told.set(event.event, event)
    waiting.get(event.event)?.(event)
  })
  return (name) => {
    const known = told.get(name)
    if (known !== undefined) return Promise.resolve(known)
    return new Promise((resolve, reject) => {
      waiting.set(name, resolve)
      child.once('exit', (code) => reject(new Error(`a server ended with ${code} before it told: ${name}`)))
    })
  }
}
