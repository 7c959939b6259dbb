import type { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import { ReadChannel } from '../connection/read-channel.ts'
import { LostReplyError, ServerConnection } from '../connection/server-connection.ts'
import { type ServerError, serverErrorOf } from '../read-reply/server-error.ts'
import { type ReceivedReply, type Reply, textOf } from '../reply-tree.ts'
import { addressText, type ServerAddress } from '../server-address.ts'
import { appErrorOf, lostRead, outcomeUnknown } from './server-app-error.ts'

/** Milliseconds. A backup may take hours: the longest published figure is two. */
export type ServerTimeouts = {
  readonly connectMs: number
  readonly readMs: number
  readonly changeMs: number
  readonly verifyMs: number
  readonly createMs: number
}

export const defaultTimeouts: ServerTimeouts = {
  connectMs: 10_000,
  readMs: 30_000,
  changeMs: 600_000,
  verifyMs: 7_200_000,
  createMs: 7_200_000,
}

/** What a changing command brought: the reply, or that it was lost after the command had left. */
export type ChangeResult =
  | { readonly received: ReceivedReply; readonly lost: null }
  | { readonly received: ReceivedReply | null; readonly lost: AppError }

/** The two ways a command may be sent, and what their failures mean. */
export class ServerCommands {
  readonly subject: string
  readonly clock: Clock
  readonly timeouts: ServerTimeouts
  readonly #address: ServerAddress
  readonly #reads: ReadChannel
  readonly #single = new Set<ServerConnection>()
  /** set once LIST was answered: from then on "unknown command" means that the server misread it */
  knowsAdminBackup = false

  constructor(address: ServerAddress, timeouts: ServerTimeouts, clock: Clock) {
    this.subject = addressText(address)
    this.clock = clock
    this.timeouts = timeouts
    this.#address = address
    this.#reads = new ReadChannel(address, timeouts)
  }

  /**
   * Reads, over a kept connection, a second time when the reply was lost or foreign. Error replies are returned.
   * @throws AppError SERVER_UNREACHABLE, SERVER_REFUSED, REPLY_NOT_UNDERSTOOD
   */
  async read(command: readonly string[]): Promise<ReceivedReply> {
    try {
      return await this.#reads.ask(command, (reply) => this.#isForeign(command, reply))
    } catch (error) {
      throw error instanceof LostReplyError ? lostRead(error, this.subject) : error
    }
  }

  /** Connects for reading, when it is not connected. @throws AppError SERVER_UNREACHABLE, SERVER_REFUSED */
  async connect(): Promise<void> {
    await this.#reads.connected([])
  }

  /** The same, with an error reply thrown. */
  async readAnswer(command: readonly string[]): Promise<ReceivedReply> {
    const received = await this.read(command)
    const error = serverErrorOf(received.tree)
    if (error !== null) throw appErrorOf(error, this.subject, 'Nothing was changed.')
    return received
  }

  /**
   * Reads something long, once, over a connection of its own. Error replies are returned.
   * @throws AppError SERVER_UNREACHABLE, SERVER_REFUSED, REPLY_NOT_UNDERSTOOD
   */
  async readOnce(command: readonly string[], deadlineMs: number): Promise<ReceivedReply> {
    try {
      return await this.#askOnce(command, deadlineMs)
    } catch (error) {
      throw error instanceof LostReplyError ? lostRead(error, this.subject) : error
    }
  }

  /**
   * Sends a changing command once, over a connection of its own, and never again.
   * @throws AppError the server's error reply, or a failure before the command left
   */
  async change(command: readonly string[], deadlineMs: number): Promise<ChangeResult> {
    try {
      const received = await this.#askOnce(command, deadlineMs)
      const error = serverErrorOf(received.tree)
      if (error === null) return { received, lost: null }
      if (this.#isMisread(error)) return { received, lost: outcomeUnknown(this.subject, error.text.slice(0, 300)) }
      throw appErrorOf(error, this.subject)
    } catch (error) {
      if (!(error instanceof LostReplyError)) throw error
      if (!error.isSent) throw lostRead(error, this.subject)
      return { received: null, lost: outcomeUnknown(this.subject, error.message, error) }
    }
  }

  /** Cuts what runs: a changing command under way has an unknown outcome then. */
  close(): void {
    this.#reads.end()
    for (const connection of this.#single) connection.close()
  }

  async #askOnce(command: readonly string[], deadlineMs: number): Promise<ReceivedReply> {
    const connection = await ServerConnection.open(this.#address, this.timeouts)
    this.#single.add(connection)
    try {
      return await connection.ask(command, deadlineMs)
    } finally {
      this.#single.delete(connection)
      connection.close()
    }
  }

  #isForeign(command: readonly string[], reply: Reply): boolean {
    const error = serverErrorOf(reply)
    if (error !== null) return this.#isMisread(error)
    const isPong = textOf(reply)?.toUpperCase() === 'PONG'
    return command[0] === 'PING' ? !isPong : isPong
  }

  #isMisread(error: ServerError): boolean {
    return error.class === 'protocol' || (error.class === 'unknown-command' && this.knowsAdminBackup)
  }
}
