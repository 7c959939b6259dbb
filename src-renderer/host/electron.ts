import type { Transport } from '../base/transport.ts'
import type { Host, Theme } from './host.ts'

/** What the preload script puts into the page. */
export type LifeboatHost = {
  readonly kind: 'electron'
  chooseDirectory(title: string): Promise<string | null>
  revealPath(path: string): unknown
  openExternal(url: string): unknown
  pathOfFile(file: File): string
  setTheme(theme: Theme): unknown
  requestPort(): unknown
}

/** The desktop host: the core is a process beside the window, reached over a port that the preload forwards. */
export function createElectronHost(bridge: LifeboatHost, page: Window): Host {
  const inbox = new PortInbox(page)
  return {
    kind: 'electron',
    openTransport: (signal) => inbox.open(signal, () => bridge.requestPort()),
    chooseDirectory: (title) => bridge.chooseDirectory(title),
    revealPath: (path) => void bridge.revealPath(path),
    pathOfFile: (file) => bridge.pathOfFile(file) || null,
    setTheme: (theme) => void bridge.setTheme(theme),
  }
}

/** Ports as they come. A new one means that the core was started again: the line over the old one is lost. */
class PortInbox {
  #waiting: ((port: MessagePort) => void) | null = null
  #unused: MessagePort | null = null
  #endCurrent: (() => void) | null = null

  constructor(page: Window) {
    page.addEventListener('message', (event) => {
      const port = event.ports[0]
      if (event.source === page && event.data?.type === 'lifeboat:port' && port !== undefined) this.#take(port)
    })
  }

  async open(signal: AbortSignal, request: () => unknown): Promise<Transport> {
    signal.throwIfAborted()
    const unused = this.#unused
    this.#unused = null
    return this.#transport(unused ?? (await this.#next(signal, request)))
  }

  #take(port: MessagePort): void {
    if (this.#waiting !== null) {
      this.#waiting(port)
      return
    }
    this.#unused?.close()
    this.#unused = port
    this.#endCurrent?.()
  }

  #next(signal: AbortSignal, request: () => unknown): Promise<MessagePort> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting = null
        reject(signal.reason)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting = (port) => {
        this.#waiting = null
        signal.removeEventListener('abort', onAbort)
        resolve(port)
      }
      request()
    })
  }

  #transport(port: MessagePort): Transport {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const close = () => {
      port.close()
      // closing one's own end is not announced; whoever waits for an answer on it has to hear of it
      port.dispatchEvent(new Event('close'))
    }
    port.addEventListener('close', () => resolve(), { once: true })
    port.start()
    this.#endCurrent = close
    return { channel: { kind: 'port', port }, closed, close }
  }
}
