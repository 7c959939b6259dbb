import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import { tempDir } from '../../support/temp-dir.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const program = join(root, 'src-main', 'hosts', 'cli', 'main.ts')

export type TestSandbox = {
  readonly port: number
  /** as a power cut: it says nothing more */
  kill(): Promise<void>
  /** the same sandbox at the same address */
  restart(): Promise<void>
  /** a command by a client of its own */
  call(...words: string[]): Promise<unknown>
}

/** A real sandbox as a process of its own, with a little data; it ends with the test. */
export async function startSandbox(options: { password?: string; isTls?: boolean } = {}): Promise<TestSandbox> {
  const folder = tempDir()
  const passwordFile = join(folder, 'password')
  if (options.password !== undefined) writeFileSync(passwordFile, `${options.password}\n`)
  const tls = (name: string) => join(root, 'test', 'fixtures', 'tls', `${name}.pem`)
  const args = [
    ...['--data-folder', join(folder, 'own'), '--json', 'sandbox', '--log-level', 'error'],
    ...['--data', join(folder, 'data'), '--repo', join(folder, 'repository')],
    ...(options.password === undefined ? [] : ['--password-file', passwordFile]),
    ...(options.isTls === true ? ['--tls-cert', tls('server'), '--tls-key', tls('server-key')] : []),
  ]
  let running = await listening(args, 0)
  const { port } = running
  onTestFinished(() => void running.child.kill('SIGKILL'))
  const call = async (...[name = '', ...words]: string[]) => {
    const client = new Redis({ port, host: '127.0.0.1', ...(options.password === undefined ? {} : options) })
    try {
      return await client.call(name, ...words)
    } finally {
      client.disconnect()
    }
  }
  if (options.isTls !== true) await call('GRAPH.QUERY', 'default', "CREATE (:Customer {name: 'Ada'})")
  return {
    port,
    call,
    kill: () => ended(running.child),
    restart: async () => {
      running = await listening(args, port)
    },
  }
}

async function listening(args: readonly string[], port: number): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [program, ...args, '--listen', `127.0.0.1:${port}`], { stdio: 'pipe' })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
      const [line, rest] = stdout.split('\n')
      if (rest === undefined || line === undefined) return
      const event = JSON.parse(line) as { event?: string; port: number }
      if (event.event === 'listening') resolve({ child, port: event.port })
    })
    child.on('close', (code) => reject(new Error(`the sandbox ended with ${code}: ${stderr}${stdout}`)))
  })
}

async function ended(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGKILL')
  await closed
}
