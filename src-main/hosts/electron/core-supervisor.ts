import { type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron'
import type { FromCore, ToCore } from './channels.ts'
import { RestartBudget } from './restart-budget.ts'

/** How long a closing core may take to bring its jobs to rest before it is killed. */
const closeGraceMs = 5000

export type SupervisorEvents = {
  /** The core answers; every port given to an earlier one is dead. */
  onReady(): void
  /** It stopped too often and stays down until `start` is called again. */
  onGaveUp(lastFailure: string | null): void
  onOpenFailed(path: string, message: string): void
}

/** Keeps the core's process running: hostile bytes may take it down, never the window. */
export class CoreSupervisor {
  readonly #entry: string
  readonly #args: string[]
  readonly #events: SupervisorEvents
  readonly #budget = new RestartBudget()
  #child: UtilityProcess | null = null
  #isReady = false
  #stopped: Promise<void> | null = null
  #lastFailure: string | null = null
  #openWhenReady: string[] = []

  constructor(entry: string, args: string[], events: SupervisorEvents) {
    this.#entry = entry
    this.#args = args
    this.#events = events
  }

  start(): void {
    const child = utilityProcess.fork(this.#entry, this.#args, { serviceName: 'Lifeboat core' })
    this.#child = child
    child.on('message', (message: FromCore) => this.#onMessage(message))
    child.once('exit', () => this.#onExit())
  }

  /** Starts over after `onGaveUp`. */
  startAgain(): void {
    this.#budget.reset()
    this.start()
  }

  /** Hands one end of a channel to the core; false when there is none to hand it to: `onReady` will say when. */
  serve(port: MessagePortMain): boolean {
    if (!this.#isReady) return false
    this.#post({ type: 'serve' }, [port])
    return true
  }

  /** Has the core open a backup directory, now or as soon as it answers. */
  open(path: string): void {
    if (this.#isReady) this.#post({ type: 'open', path })
    else this.#openWhenReady.push(path)
  }

  /** Lets the core end its work; resolves when its process is gone. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    const child = this.#child
    if (child === null) return
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const timer = setTimeout(() => child.kill(), closeGraceMs)
    if (this.#isReady) this.#post({ type: 'close' })
    else child.kill()
    await exited
    clearTimeout(timer)
  }

  #post(message: ToCore, ports: MessagePortMain[] = []): void {
    this.#child?.postMessage(message, ports)
  }

  #onMessage(message: FromCore): void {
    switch (message.type) {
      case 'ready':
        this.#isReady = true
        this.#lastFailure = null
        for (const path of this.#openWhenReady.splice(0)) this.open(path)
        this.#events.onReady()
        break
      case 'failed':
        this.#lastFailure = message.message
        break
      case 'open-failed':
        this.#events.onOpenFailed(message.path, message.message)
        break
    }
  }

  #onExit(): void {
    this.#child = null
    this.#isReady = false
    if (this.#stopped !== null) return
    const delayMs = this.#budget.take(Date.now())
    if (delayMs === null) this.#events.onGaveUp(this.#lastFailure)
    else
      setTimeout(() => {
        if (this.#stopped === null) this.start()
      }, delayMs)
  }
}
