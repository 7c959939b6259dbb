import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'

/** Electron's MessagePortMain over a port of Node's. */
export class MessagePortMain extends EventEmitter {
  #port: MessagePort | null

  constructor(port: MessagePort) {
    super()
    this.#port = port
    port.on('close', () => this.emit('close'))
  }

  postMessage(data: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0) throw new Error('electron double: ports in messages of ports are not implemented')
    this.#port?.postMessage(data)
  }

  start(): void {
    this.#port?.on('message', (data) => this.emit('message', { data, ports: [] }))
  }

  close(): void {
    this.#port?.close()
  }

  /** Takes the port out, as a transfer does. */
  detach(): MessagePort {
    if (this.#port === null) throw new Error('electron double: this port was transferred before')
    const port = this.#port
    this.#port = null
    port.removeAllListeners('close')
    return port
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain
  readonly port2: MessagePortMain

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new MessagePortMain(port1)
    this.port2 = new MessagePortMain(port2)
  }
}

/** What travels between two processes for a port that both know by its id; without data, it was closed. */
export type PortMessage = { portId: string; data?: unknown; isClosed?: true }

/** Carries ports to another process: a local port and its other half there share an id. */
export class PortRelay {
  readonly #ports = new Map<string, MessagePort>()
  readonly #send: (message: PortMessage) => void

  constructor(send: (message: PortMessage) => void) {
    this.#send = send
  }

  /** Gives a port away: from now on its messages go to the other process. */
  give(port: MessagePortMain): string {
    const portId = randomUUID()
    this.#carry(portId, port.detach())
    return portId
  }

  /** The local half of a port that the other process gave away. */
  take(portId: string): MessagePortMain {
    const { port1, port2 } = new MessageChannel()
    this.#carry(portId, port1)
    return new MessagePortMain(port2)
  }

  receive({ portId, data, isClosed }: PortMessage): void {
    if (isClosed) this.#ports.get(portId)?.close()
    else this.#ports.get(portId)?.postMessage(data)
  }

  /** The other process or document is gone: so are the halves there. */
  closeAll(): void {
    for (const port of this.#ports.values()) port.close()
  }

  #carry(portId: string, port: MessagePort): void {
    this.#ports.set(portId, port)
    port.on('message', (data) => this.#send({ portId, data }))
    port.on('close', () => {
      this.#ports.delete(portId)
      this.#send({ portId, isClosed: true })
    })
  }
}
