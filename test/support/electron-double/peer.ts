import type { Serializable } from 'node:child_process'

/** One end of a child process's IPC channel: `process` in the child, the ChildProcess in the parent. */
type Channel = {
  send?: ((message: Serializable, callback: (error: Error | null) => void) => boolean) | undefined
  on(event: 'message', listener: (message: unknown) => void): unknown
}
// biome-ignore lint/suspicious/noExplicitAny: the handlers' own signatures say what they take
type Handlers = Record<string, (...args: any[]) => unknown>
type Message = { call?: number; method: string; args: unknown[] } | { reply: number; value?: unknown; error?: string }

/** Calls with answers, both ways, over a child process's IPC channel. */
export class Peer {
  readonly #channel: Channel
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #callCount = 0

  constructor(channel: Channel, handlers: Handlers) {
    this.#channel = channel
    channel.on('message', (raw) => {
      const message = raw as Message
      if (!('reply' in message)) return void this.#run(handlers, message)
      const waiting = this.#waiting.get(message.reply)
      this.#waiting.delete(message.reply)
      if (message.error === undefined) waiting?.resolve(message.value)
      else waiting?.reject(new Error(message.error))
    })
  }

  call(method: string, ...args: unknown[]): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(++this.#callCount, waiting)
    this.#send({ call: this.#callCount, method, args })
    return waiting.promise
  }

  tell(method: string, ...args: unknown[]): void {
    this.#send({ method, args })
  }

  /** Fails every call that waits for an answer: the other end is gone. */
  close(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('electron double: the other process is gone'))
    this.#waiting.clear()
  }

  #send(message: Message): void {
    // without a callback a dead peer raises EPIPE later and elsewhere; its exit is reported anyway
    this.#channel.send?.(message, () => {})
  }

  async #run(handlers: Handlers, { call, method, args }: Extract<Message, { method: string }>): Promise<void> {
    try {
      const value = await handlers[method]?.(...args)
      if (call !== undefined) this.#send({ reply: call, value })
    } catch (error) {
      if (call === undefined) throw error
      this.#send({ reply: call, error: String(error) })
    }
  }
}
