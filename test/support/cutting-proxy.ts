import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** Between a client and a server on this machine: cuts both off where a test says. */
export class CuttingProxy {
  readonly #sockets = new Set<Socket>()
  readonly #serverPort: number
  #port = 0
  #cuts: ((command: string) => boolean) | null = null
  /** the server answered the command that the connection was cut behind */
  wasCarriedOut = false
  /** the server does not say that it is one of ours */
  hidesProduct = false
  readonly bytesByConnection: number[] = []

  private constructor(serverPort: number) {
    this.#serverPort = serverPort
  }

  static async start(serverPort: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(serverPort)
    const server = createServer((client) => proxy.#join(client))
    onTestFinished(() => {
      server.close()
      for (const socket of proxy.#sockets) socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    proxy.#port = address.port
    return proxy
  }

  get port(): number {
    return this.#port
  }

  /** The first command that is chosen is carried out, and its answer lost together with the connection. */
  cutBehind(cuts: (command: string) => boolean): void {
    this.#cuts = cuts
    this.wasCarriedOut = false
  }

  #join(client: Socket): void {
    const server = connect(this.#serverPort, '127.0.0.1')
    const end = () => {
      client.destroy()
      server.destroy()
    }
    let isCut = false
    const number = this.bytesByConnection.push(0) - 1
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.on('error', end).on('close', end)
    }
    client.on('data', (chunk) => {
      if (this.#cuts?.(chunk.toString('utf8')) === true) {
        this.#cuts = null
        isCut = true
      }
      this.bytesByConnection[number]! += chunk.byteLength
      server.write(chunk)
    })
    server.on('data', (chunk) => {
      if (!isCut) {
        const text = this.hidesProduct ? chunk.toString('latin1').replace('lifeboat_version', 'xxxxxxxx_version') : null
        client.write(text === null ? chunk : Buffer.from(text, 'latin1'))
        return
      }
      this.wasCarriedOut = true
      end()
    })
  }
}
