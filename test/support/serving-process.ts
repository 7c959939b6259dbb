import { Redis, type RedisOptions } from 'ioredis'
import { expect, onTestFinished } from 'vitest'
import { type Answer, type CommandOptions, type RunningCommand, startCommand } from './command-line.ts'
import { eventually } from './eventually.ts'

type Program = 'agent' | 'sandbox'
type ClientOptions = Pick<RedisOptions, 'tls' | 'password' | 'enableReadyCheck'>
export type Places = { readonly data: string; readonly repo: string }
type StartOptions = CommandOptions & { readonly args?: readonly string[] }

/** An agent or a sandbox as a process of its own, which answers. */
export type Serving = {
  readonly command: RunningCommand
  readonly port: number
  readonly metricsPort: number | null
  /** what it wrote to its log so far, one object a line */
  log(): { readonly msg: string; readonly [field: string]: unknown }[]
  /** Asks it to end, and waits. */
  end(): Promise<Answer>
  /** Ends it without asking, and waits. */
  kill(): Promise<void>
}

/** The words after `lifeboat`; any free port. */
export function servingArguments(program: Program, { data, repo }: Places, more: readonly string[] = []): string[] {
  return ['--json', program, '--data', data, '--repo', repo, '--listen', '127.0.0.1:0', ...more]
}

/** Starts one and waits until it answers; it is killed when the running test ends. */
export async function startServing(program: Program, places: Places, options: StartOptions = {}): Promise<Serving> {
  const { args = [], ...commandOptions } = options
  const command = startCommand(servingArguments(program, places, args), commandOptions)
  let stderr = ''
  command.child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  let isOver = false
  void command.ended.then(() => {
    isOver = true
  })
  await eventually(() => isOver || /"listening".*\n/.test(command.stdout())).toBe(true)
  if (isOver) throw new Error(`the ${program} ended: ${JSON.stringify(await command.ended)}`)
  const [line = ''] = command.stdout().split('\n')
  const { port, metricsPort = null } = JSON.parse(line) as { port: number; metricsPort?: number | null }
  return {
    command,
    port,
    metricsPort,
    log: () => logLines(stderr),
    end() {
      command.child.kill('SIGTERM')
      return command.ended
    },
    async kill() {
      command.child.kill('SIGKILL')
      await command.ended
    },
  }
}

/** What a program that cannot start says. */
export async function refusalToStart(program: Program, places: Places, more: readonly string[] = []): Promise<Answer> {
  const listen = more.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']
  const args = [program, '--data', places.data, '--repo', places.repo, ...listen, ...more]
  const answer = await startCommand(args).ended
  expect(answer.stdout).toBe('')
  return answer
}

/** A connection that neither waits for a server nor tries again; it is closed when the running test ends. */
export async function connectTo(port: number, options: ClientOptions = {}): Promise<Redis> {
  const client: Redis = new Redis(port, '127.0.0.1', {
    protocol: 2,
    lazyConnect: true,
    retryStrategy: () => null,
    ...options,
  })
  client.on('error', () => {})
  onTestFinished(() => client.disconnect())
  await client.connect()
  return client
}

function logLines(text: string): { msg: string }[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as { msg: string }]
    } catch {
      return []
    }
  })
}
