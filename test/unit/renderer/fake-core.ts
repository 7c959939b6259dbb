import { type AnyRouter, os } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import type { Transport } from '../../../src-renderer/base/transport.ts'
import type { Host } from '../../../src-renderer/host/host.ts'

/** A core behind message ports, whose lines can be cut. Its calls are what the test gives. */
export class FakeCore {
  readonly host: Host
  /** While set, no line can be opened. */
  isDown = false
  #cut: () => void = () => {}

  constructor(router: AnyRouter) {
    const handler = new RPCHandler(router)
    this.host = {
      kind: 'electron',
      openTransport: () => this.#open(handler),
      chooseDirectory: null,
      revealPath: null,
      pathOfFile: () => null,
      setTheme: () => {},
    }
  }

  cut(): void {
    this.#cut()
  }

  async #open(handler: RPCHandler<Record<never, never>>): Promise<Transport> {
    if (this.isDown) throw new Error('the core is down')
    const { port1, port2 } = new MessageChannel()
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    handler.upgrade(port2)
    port1.start()
    port2.start()
    this.#cut = () => {
      port1.close()
      resolve()
    }
    return { channel: { kind: 'port', port: port1 }, closed, close: this.#cut }
  }
}

/** Events that a test pushes, for a call that streams them. Every reader gets those that come after it began. */
export class Pushed<Event> {
  readonly #readers = new Set<(event: Event) => void>()

  push(event: Event): void {
    for (const take of this.#readers) take(event)
  }

  /** @param first what each reader begins with */
  handler(first: () => Event) {
    const readers = this.#readers
    return os.handler(async function* () {
      const waiting: Event[] = [first()]
      let wake = () => {}
      const take = (event: Event) => {
        waiting.push(event)
        wake()
      }
      readers.add(take)
      try {
        for (;;) {
          const event = waiting.shift()
          if (event !== undefined) yield event
          else
            await new Promise<void>((resolve) => {
              wake = resolve
            })
        }
      } finally {
        readers.delete(take)
      }
    })
  }
}
