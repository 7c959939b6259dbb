import { Pace } from './pace.ts'
import { RespClient } from './resp-client.ts'

export type LoadResult = { readonly seconds: number; readonly milliseconds: readonly number[] }

/** Clients that send commands, each its next one when the last is answered. */
export class Load {
  readonly #clients: readonly RespClient[]
  readonly #nextCommand: () => readonly string[]

  private constructor(clients: readonly RespClient[], nextCommand: () => readonly string[]) {
    this.#clients = clients
    this.#nextCommand = nextCommand
  }

  static async connect(port: number, clientCount: number, nextCommand: () => readonly string[]): Promise<Load> {
    const clients = await Promise.all(Array.from({ length: clientCount }, () => RespClient.connect(port)))
    return new Load(clients, nextCommand)
  }

  /** As fast as the server answers, until the promise resolves. */
  async saturate(until: Promise<unknown>): Promise<LoadResult> {
    const ending = noted(until)
    const milliseconds: number[] = []
    const startedMs = performance.now()
    await Promise.all(
      this.#clients.map(async (client) => {
        while (!ending.hasEnded) milliseconds.push(await this.#timed(client, performance.now()))
      }),
    )
    await until
    return { seconds: (performance.now() - startedMs) / 1000, milliseconds }
  }

  /**
   * At a steady rate, until the promise resolves. A command that finds no free client waits, and its wait counts: a server
   * that stands still is not asked less.
   */
  async steady(commandsPerSecond: number, until: Promise<unknown>): Promise<LoadResult> {
    const ending = noted(until)
    const milliseconds: number[] = []
    const startedMs = performance.now()
    const pace = new Pace(commandsPerSecond, startedMs)
    const idle = [...this.#clients]
    const dueMs: number[] = []
    const running = new Set<Promise<void>>()
    let failure: unknown = null
    const serve = async (client: RespClient) => {
      for (let due = dueMs.shift(); due !== undefined; due = dueMs.shift()) {
        milliseconds.push(await this.#timed(client, due))
      }
      idle.push(client)
    }
    while (!ending.hasEnded && failure === null) {
      await nextMillisecond()
      const nowMs = performance.now()
      for (let count = pace.take(nowMs); count > 0; count -= 1) dueMs.push(nowMs)
      for (let count = Math.min(idle.length, dueMs.length); count > 0; count -= 1) {
        const client = idle.shift()
        if (client === undefined) break
        const serving: Promise<void> = serve(client)
          .catch((cause: unknown) => {
            failure ??= cause
          })
          .finally(() => running.delete(serving))
        running.add(serving)
      }
    }
    await Promise.all(running)
    if (failure !== null) throw failure
    await until
    return { seconds: (performance.now() - startedMs) / 1000, milliseconds }
  }

  close(): void {
    for (const client of this.#clients) client.close()
  }

  async #timed(client: RespClient, sinceMs: number): Promise<number> {
    await client.send(this.#nextCommand())
    return performance.now() - sinceMs
  }
}

function noted(until: Promise<unknown>): { hasEnded: boolean } {
  const state = { hasEnded: false }
  const end = () => {
    state.hasEnded = true
  }
  until.then(end, end)
  return state
}

function nextMillisecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1))
}
