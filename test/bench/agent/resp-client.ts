import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { ReplyDecoder } from '../../../src-main/servers/connection/reply-decoder.ts'
import { errorTextOf, type Reply } from '../../../src-main/servers/reply-tree.ts'

/** A connection that sends one command at a time; an error reply rejects. As little work as possible beside the server. */
export class RespClient {
  readonly #socket: Socket
  readonly #decoder = new ReplyDecoder()
  #waiting: { readonly resolve: (reply: Reply) => void; readonly reject: (cause: unknown) => void } | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => {
      for (const { tree } of this.#decoder.push(chunk)) this.#answer(tree)
    })
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')))
    socket.on('error', (cause) => this.#waiting?.reject(cause))
  }

  static async connect(port: number): Promise<RespClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    await once(socket, 'connect')
    return new RespClient(socket)
  }

  send(words: readonly string[]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(encodeCommand(words))
    })
  }

  close(): void {
    this.#waiting = null
    this.#socket.destroy()
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting
    this.#waiting = null
    const error = errorTextOf(reply)
    if (error === null) waiting?.resolve(reply)
    else waiting?.reject(new Error(error))
  }
}

function encodeCommand(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}
