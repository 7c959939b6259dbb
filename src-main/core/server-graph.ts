import { AppError } from '#base/app-error.ts'
import { limits } from '#base/limits.ts'
import { LostReplyError, ServerConnection } from '../servers/connection/server-connection.ts'
import { serverErrorOf } from '../servers/read-reply/server-error.ts'
import { errorTextOf, itemsOf, type Reply, textOf } from '../servers/reply-tree.ts'
import { addressText, type ServerAddress } from '../servers/server-address.ts'
import { defaultTimeouts } from '../servers/session/commands.ts'
import { productOf } from '../servers/session/product.ts'
import { appErrorOf, lostRead } from '../servers/session/server-app-error.ts'
import type { Answer, Cell, LiveGraph } from '../undo/replay/live-graph.ts'

const QUERY_MS_MAX = 120_000
/** of our own servers, which take commands of any size */
const OWN_QUERY_BYTES_MAX = 2 * 1024 * 1024
/** name and length of each word around a query */
const FRAME_BYTES = 64

/** A server that graphs are written to: each query is sent once, and a connection that failed is not used again. */
export class ServerGraph implements LiveGraph {
  readonly queryBytesMax: number
  readonly #address: ServerAddress
  readonly #isOwn: boolean
  #connection: ServerConnection | null

  private constructor(address: ServerAddress, connection: ServerConnection, isOwn: boolean, graph: string) {
    this.#address = address
    this.#connection = connection
    this.#isOwn = isOwn
    const room = limits.serverCommandBytesMax - FRAME_BYTES - Buffer.byteLength(graph)
    this.queryBytesMax = isOwn ? OWN_QUERY_BYTES_MAX : room
  }

  /** Connects, and asks what runs there. @throws AppError SERVER_UNREACHABLE, SERVER_REFUSED */
  static async open(address: ServerAddress, graph: string): Promise<ServerGraph> {
    const connection = await ServerConnection.open(address, defaultTimeouts)
    try {
      const { tree } = await connection.ask(['INFO'], defaultTimeouts.readMs)
      const error = serverErrorOf(tree)
      if (error?.class === 'credentials') throw appErrorOf(error, addressText(address), 'Nothing was changed.')
      const isOwn = error === null && productOf(tree, null).kind === 'lifeboat'
      return new ServerGraph(address, connection, isOwn, graph)
    } catch (error) {
      connection.close()
      throw error instanceof LostReplyError ? lostRead(error, addressText(address)) : error
    }
  }

  async query(graph: string, cypher: string): Promise<Answer> {
    const command = ['GRAPH.QUERY', graph, cypher]
    const subject = addressText(this.#address)
    try {
      const connection = await this.#connected(command)
      const bytesMax = this.#isOwn ? limits.respCommandBytesMax : limits.serverCommandBytesMax
      const { tree } = await connection.ask(command, QUERY_MS_MAX, bytesMax)
      const error = errorTextOf(tree) === null ? null : serverErrorOf(tree)
      if (error !== null) throw appErrorOf(error, subject)
      return answerOf(tree, subject)
    } catch (error) {
      if (!(error instanceof LostReplyError)) throw error
      throw error.isSent ? outcomeUnknown(subject, error) : lostRead(error, subject)
    }
  }

  close(): void {
    this.#connection?.close()
    this.#connection = null
  }

  /** Other servers lose commands behind the first few kilobytes of a connection: they get a new one in time. */
  async #connected(command: readonly string[]): Promise<ServerConnection> {
    const isFit = this.#connection?.isOpen === true && (this.#isOwn || this.#connection.hasRoomFor(command))
    if (this.#connection !== null && isFit) return this.#connection
    this.close()
    this.#connection = await ServerConnection.open(this.#address, defaultTimeouts)
    return this.#connection
  }
}

function answerOf(tree: Reply, subject: string): Answer {
  const rows = itemsOf(tree)?.slice(1).map(itemsOf)
  if (rows === undefined || rows.includes(null)) throw notUnderstood(subject)
  return rows.map((row) => (row ?? []).map(cellOf))
}

function cellOf(reply: Reply): Cell {
  if (reply.type === 'integer') return { kind: 'integer', value: reply.value }
  if (reply.type === 'boolean') return { kind: 'text', text: String(reply.value) }
  if (reply.type === 'double') return { kind: 'text', text: String(reply.value) }
  const items = itemsOf(reply)
  if (items !== null) return { kind: 'list', items: items.map(cellOf) }
  const text = textOf(reply)
  return text === null ? { kind: 'null' } : { kind: 'text', text }
}

function outcomeUnknown(subject: string, cause: LostReplyError): AppError {
  return new AppError(
    'OUTCOME_UNKNOWN',
    {
      message: `the answer to the last batch was lost (${cause.message})`,
      subject,
      unharmed: 'The batch was sent once, and what came before it is in the journal.',
      nextStep: 'Run the same undo again: it looks what is there, and goes on.',
    },
    { cause },
  )
}

function notUnderstood(subject: string): AppError {
  return new AppError('REPLY_NOT_UNDERSTOOD', {
    message: 'the reply to GRAPH.QUERY is no table',
    subject,
    nextStep: 'Check that a graph server answers at this address.',
  })
}
