import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { ReceivedReply } from '../reply-tree.ts'
import { ReplyDecoder } from './reply-decoder.ts'

/** A reply came that no command had asked for: from then on replies would be paired with the wrong commands. */
class UnaskedReplyError extends Error {
  override readonly name = 'UnaskedReplyError'
}

/**
 * Stands between a socket and the Redis client. Outwards bytes pass as they are, one write for each command. Inwards the client gets a
 * ticket, `:n`, for each whole reply, and whoever asked redeems it here.
 *
 * The client's own parser does not see what a server sent: it tells no simple string from a bulk one and no boolean from 1, knows no
 * attributes, rounds large integers, and allocates an array at the length that the server claims.
 */
export class ReplyGate extends Duplex {
  readonly #socket: Socket
  readonly #decoder = new ReplyDecoder()
  readonly #replies = new Map<number, ReceivedReply>()
  #lastTicket = 0
  #commandsSent = 0
  #bytesSent = 0

  constructor(socket: Socket) {
    super({ decodeStrings: true })
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
    socket.on('end', () => this.destroy())
  }

  /** Commands and bytes written to the socket. */
  get commandsSent(): number {
    return this.#commandsSent
  }

  get bytesSent(): number {
    return this.#bytesSent
  }

  /** True while a reply has begun and not ended. */
  get isInsideReply(): boolean {
    return this.#decoder.isInsideReply
  }

  /** The reply of a ticket, once. */
  redeem(ticket: number): ReceivedReply | null {
    const reply = this.#replies.get(ticket) ?? null
    this.#replies.delete(ticket)
    return reply
  }

  setNoDelay(isOn: boolean): void {
    this.#socket.setNoDelay(isOn)
  }

  setKeepAlive(isOn: boolean, delayMs: number): void {
    this.#socket.setKeepAlive(isOn, delayMs)
  }

  override _read(): void {}

  override _write(command: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#commandsSent += 1
    this.#bytesSent += command.byteLength
    this.#socket.write(command, done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }

  #receive(chunk: Buffer): void {
    if (this.destroyed) return
    try {
      const replies = this.#decoder.push(chunk)
      const awaited = this.#commandsSent - this.#lastTicket
      const isBegun = this.isInsideReply ? 1 : 0
      // judged before any is handed out: of two replies to one command, nobody knows which is its own
      if (replies.length + isBegun > awaited) throw new UnaskedReplyError('a reply came that nobody had asked for')
      for (const reply of replies) this.#accept(reply)
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error('the reply could not be read', { cause: error }))
    }
  }

  #accept(reply: ReceivedReply): void {
    this.#lastTicket += 1
    this.#replies.set(this.#lastTicket, reply)
    this.push(`:${this.#lastTicket}\r\n`)
  }
}
