import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { AppError } from '#base/app-error.ts'
import { limits } from '#base/limits.ts'
import { type DemoEvent, DemoEventReader } from './demo-events.ts'

const KILL_AFTER_MS = 5000

/** Starts a process of Lifeboat's command line with all three streams as pipes. */
export type SpawnSandbox = (args: readonly string[]) => ChildProcess

/**
 * @param cliEntry the command line's program: hosts/cli/main, as source or built
 * @param environment undefined: that of this process
 */
export function spawnFrom(cliEntry: URL, environment: NodeJS.ProcessEnv | undefined): SpawnSandbox {
  return (args) =>
    spawn(process.execPath, [fileURLToPath(cliEntry), ...args], {
      // it ends by itself when its input does: when this process is gone
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environment,
      windowsHide: true,
    })
}

/** The sandbox of a demo as a process of its own. */
export class DemoProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  #log = ''
  #isEnded = false

  /** @param onEvent what it tells, in order */
  constructor(child: ChildProcess, onEvent: (event: DemoEvent) => void) {
    this.#child = child
    const reader = new DemoEventReader()
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      for (const event of reader.push(chunk)) onEvent(event)
    })
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => this.#note(chunk))
    // it may be gone before its input is closed
    child.stdin?.on('error', () => {})
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#note(`${error.message}\n`)
        this.#isEnded = true
        resolve()
      })
      child.once('close', () => {
        this.#isEnded = true
        resolve()
      })
    })
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  /** Resolves when it has ended, by itself or not. */
  get ended(): Promise<void> {
    return this.#ended
  }

  /** Why it ended before it was ready, with the last lines of its log in the details. */
  endedError(): AppError {
    const { exitCode, signalCode } = this.#child
    const how = signalCode === null ? `exit status ${exitCode ?? 'unknown'}` : signalCode
    return new AppError(
      'SERVER_FAILED',
      {
        message: `the demo's sandbox ended before it was ready (${how})`,
        unharmed: 'No backup of yours was touched.',
        nextStep: 'Look at its log in the details, then start the demo again.',
      },
      this.#log === '' ? undefined : { cause: new Error(this.#log.trim()) },
    )
  }

  /** Ends it: asks first, then does not. */
  async stop(): Promise<void> {
    if (this.#isEnded) return
    // an open input would keep it waiting for more
    this.#child.stdin?.end()
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), KILL_AFTER_MS)
    await this.#ended
    clearTimeout(timer)
  }

  #note(chunk: string): void {
    this.#log = (this.#log + chunk).slice(-limits.demoLogCharactersMax)
  }
}
