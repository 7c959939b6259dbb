import { AppError } from '#base/app-error.ts'
import type { ReceivedReply, Reply } from '../reply-tree.ts'
import type { ServerAddress } from '../server-address.ts'
import { type ConnectionTimeouts, LostReplyError, ServerConnection } from './server-connection.ts'

const ATTEMPTS = 2

/**
 * Commands that change nothing, over a connection that is kept while it is whole and has room. A reply that was lost or belongs to
 * another command is asked for once more over a new connection; one that did not come in time is not.
 */
export class ReadChannel {
  readonly #address: ServerAddress
  readonly #timeouts: ConnectionTimeouts
  #connection: ServerConnection | null = null
  #hasEnded = false

  constructor(address: ServerAddress, timeouts: ConnectionTimeouts) {
    this.#address = address
    this.#timeouts = timeouts
  }

  /**
   * @param isForeign tells a reply that cannot be this command's
   * @throws LostReplyError, AppError SERVER_UNREACHABLE, SERVER_REFUSED, BAD_REQUEST
   */
  async ask(command: readonly string[], isForeign: (reply: Reply) => boolean): Promise<ReceivedReply> {
    for (let attempt = 1; ; attempt += 1) {
      const connection = await this.connected(command)
      try {
        const reply = await connection.ask(command, this.#timeouts.readMs)
        if (!isForeign(reply.tree)) return reply
        this.close()
        if (attempt === ATTEMPTS) throw new LostReplyError('format', true, 'the server answered another question')
      } catch (error) {
        const mayRetry = error instanceof LostReplyError && error.reason !== 'deadline' && attempt < ATTEMPTS
        if (!mayRetry) throw error
      }
    }
  }

  /** The open connection, or a new one. */
  async connected(command: readonly string[]): Promise<ServerConnection> {
    if (this.#connection?.isOpen === true && this.#connection.hasRoomFor(command)) return this.#connection
    this.close()
    if (this.#hasEnded) throw ended()
    const connection = await ServerConnection.open(this.#address, this.#timeouts)
    this.#connection = connection
    // it ended while the connection was being made
    if (this.#hasEnded) this.close()
    return connection
  }

  /** Closes it for good: nothing is asked any more. */
  end(): void {
    this.#hasEnded = true
    this.close()
  }

  close(): void {
    this.#connection?.close()
    this.#connection = null
  }
}

function ended(): AppError {
  return new AppError('STOPPED', {
    message: 'the connection to the server was given up',
    unharmed: 'Nothing was sent.',
  })
}
