import { type Client, createClient } from '../api/client.ts'
import { NotConnectedError } from '../api/errors.ts'
import { pause, retryDelayMs } from '../api/reconnect.ts'
import type { Host } from '../host/host.ts'

type Follower = (client: Client) => Promise<void>

/** The line to the core: opened, kept, and opened again for as long as the page lives. */
export class Connection {
  /** connecting: for the first time. lost: it was there, or the first try failed; tried again by itself. */
  status = $state<'connecting' | 'live' | 'lost'>('connecting')
  /** How many lines there were. Who loads something reads it, and so loads again after a reconnect. */
  lineCount = $state(0)
  readonly #host: Host
  readonly #followers = new Set<Follower>()
  #client: Client | null = null
  #line: AbortSignal | null = null
  #firstClient = Promise.withResolvers<Client>()
  #wake: AbortController | null = null

  constructor(host: Host) {
    this.#host = host
  }

  /** Keeps a line open until the signal ends. */
  async start(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      if (await this.#holdLine(signal)) attempt = 0
      if (signal.aborted) return
      this.status = 'lost'
      this.#wake = new AbortController()
      await pause(retryDelayMs(attempt), AbortSignal.any([signal, this.#wake.signal]))
    }
  }

  retryNow(): void {
    this.#wake?.abort()
  }

  /** Makes a call. Waits for the first line; once there was one and it is lost, fails at once. */
  async call<Result>(run: (client: Client) => Promise<Result>): Promise<Result> {
    if (this.#client !== null) return run(this.#client)
    if (this.lineCount > 0) throw new NotConnectedError('The line to the core is lost.')
    return run(await this.#firstClient.promise)
  }

  /** Runs the follower on every line that comes up, and again when it ends while its line still lives. */
  follow(signal: AbortSignal, follower: Follower): void {
    this.#followers.add(follower)
    signal.addEventListener('abort', () => this.#followers.delete(follower), { once: true })
    if (this.#client !== null && this.#line !== null) void this.#runFollower(follower, this.#client, this.#line)
  }

  async #holdLine(signal: AbortSignal): Promise<boolean> {
    const ended = new AbortController()
    try {
      const transport = await this.#host.openTransport(signal)
      signal.addEventListener('abort', () => transport.close(), { once: true })
      this.#goLive(createClient(transport), ended.signal)
      await transport.closed
      return true
    } catch {
      // why a try failed is of no use to a person: the next one comes by itself, and the banner says so
      return false
    } finally {
      ended.abort()
      this.#client = null
      this.#line = null
    }
  }

  #goLive(client: Client, line: AbortSignal): void {
    this.#client = client
    this.#line = line
    this.status = 'live'
    this.lineCount += 1
    this.#firstClient.resolve(client)
    for (const follower of this.#followers) void this.#runFollower(follower, client, line)
  }

  async #runFollower(follower: Follower, client: Client, line: AbortSignal): Promise<void> {
    for (let attempt = 0; !line.aborted && this.#followers.has(follower); attempt += 1) {
      await follower(client).catch(() => {})
      await pause(retryDelayMs(attempt), line)
    }
  }
}
