import type { Redis } from 'ioredis'
import { AppError } from '#base/app-error.ts'
import { assert } from '#base/assert.ts'
import { limits } from '#base/limits.ts'
import { errorTextOf, type ReceivedReply } from '../reply-tree.ts'
import { addressText, type ServerAddress } from '../server-address.ts'
import { credentialsRefused } from './credentials-refused.ts'
import { openSocket, unreachable } from './open-socket.ts'
import { redisOver } from './redis-client.ts'
import { ReplyGate } from './reply-gate.ts'
import { ReplyFormatError } from './reply-scalars.ts'

/** Why no reply came. `isSent` false: the command never left, so nothing can have happened. */
export class LostReplyError extends Error {
  override readonly name = 'LostReplyError'
  readonly reason: 'closed' | 'deadline' | 'format'
  readonly isSent: boolean

  constructor(reason: LostReplyError['reason'], isSent: boolean, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
    this.isSent = isSent
  }
}

export type ConnectionTimeouts = { readonly connectMs: number; readonly readMs: number }

/** One connection. One command at a time; after a lost reply it is closed and never used again. */
export class ServerConnection {
  readonly #gate: ReplyGate
  readonly #redis: Redis
  #failure: Error | null = null
  #isAsking = false

  private constructor(gate: ReplyGate) {
    this.#gate = gate
    this.#redis = redisOver(gate)
    gate.on('error', (error) => {
      this.#failure ??= error
    })
  }

  /**
   * Connects, and logs in when the address has credentials.
   * @throws AppError SERVER_UNREACHABLE, SERVER_REFUSED
   */
  static async open(address: ServerAddress, timeouts: ConnectionTimeouts): Promise<ServerConnection> {
    const connection = new ServerConnection(new ReplyGate(await openSocket(address, timeouts.connectMs)))
    try {
      await connection.#redis.connect()
      await connection.#logIn(address, timeouts.readMs)
      return connection
    } catch (error) {
      connection.close()
      if (error instanceof AppError) throw error
      throw unreachable(
        address,
        error instanceof Error ? error.message : 'connection closed',
        connection.#failure ?? error,
      )
    }
  }

  get isOpen(): boolean {
    return !this.#gate.destroyed
  }

  /** True when `command` may still go over this connection: see `limits.serverConnectionSentBytesMax`. */
  hasRoomFor(command: readonly string[]): boolean {
    return this.#gate.bytesSent + encodedBytes(command) <= limits.serverConnectionSentBytesMax
  }

  /**
   * Sends one command in one write, and waits for its reply.
   * @param command name and arguments
   * @param bytesMax more than the default is for servers that are known to take it
   * @throws LostReplyError and the connection is closed; AppError BAD_REQUEST when the command is too long to be sent safely
   */
  async ask(
    command: readonly string[],
    deadlineMs: number,
    bytesMax: number = limits.serverCommandBytesMax,
  ): Promise<ReceivedReply> {
    assert(!this.#isAsking, 'one command at a time on a connection')
    if (encodedBytes(command) > bytesMax) {
      const message = `the command is longer than the ${bytesMax} bytes that every server takes in one piece`
      throw new AppError('BAD_REQUEST', { message, nextStep: 'Use a shorter label or fewer arguments.' })
    }
    if (!this.isOpen) throw new LostReplyError('closed', false, 'the connection was closed before')
    const [name, ...rest] = command
    assert(name !== undefined, 'a command has a name')
    const sentBefore = this.#gate.commandsSent
    const deadline = setTimeout(() => {
      this.#gate.destroy(new LostReplyError('deadline', true, `no reply within ${deadlineMs} ms`))
    }, deadlineMs)
    this.#isAsking = true
    try {
      const ticket = await this.#redis.callBuffer(name, ...rest)
      const reply = typeof ticket === 'number' ? this.#gate.redeem(ticket) : null
      assert(reply !== null, 'a ticket has a reply')
      return reply
    } catch (error) {
      this.close()
      throw this.#lostReply(error, this.#gate.commandsSent > sentBefore)
    } finally {
      clearTimeout(deadline)
      this.#isAsking = false
    }
  }

  close(): void {
    this.#redis.disconnect()
    this.#gate.destroy()
  }

  #lostReply(error: unknown, isSent: boolean): Error {
    const failure = this.#failure
    if (failure instanceof LostReplyError) return failure
    if (failure instanceof ReplyFormatError) {
      return new LostReplyError('format', isSent, `the server sent what is no reply: ${failure.message}`, {
        cause: failure,
      })
    }
    const half = this.#gate.isInsideReply ? ' in the middle of its reply' : ''
    const message = `the connection was closed${half}${failure === null ? '' : ` (${failure.message})`}`
    // the client's own error is no cause: it holds the command, and with it a password
    return error instanceof AppError
      ? error
      : new LostReplyError('closed', isSent, message, failure === null ? undefined : { cause: failure })
  }

  async #logIn(address: ServerAddress, deadlineMs: number): Promise<void> {
    if (address.credentials === undefined) return
    const { username, password } = address.credentials
    const reply = await this.ask(username === undefined ? ['AUTH', password] : ['AUTH', username, password], deadlineMs)
    const text = errorTextOf(reply.tree)
    if (text !== null) throw credentialsRefused(addressText(address), text)
  }
}

/** Bytes of a command as an array of bulk strings. */
function encodedBytes(command: readonly string[]): number {
  let bytes = `*${command.length}\r\n`.length
  for (const word of command) {
    const wordBytes = Buffer.byteLength(word)
    bytes += `$${wordBytes}\r\n\r\n`.length + wordBytes
  }
  return bytes
}
