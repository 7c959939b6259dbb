import { createServer, type Server, type Socket } from 'node:net'
import type { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import { type Command, CommandTable } from './command-table.ts'
import { Connection, type ConnectionContext } from './connection.ts'
import { connectionCommands } from './connection-commands.ts'
import type { InfoSection } from './info-text.ts'
import { InputBudget } from './input-budget.ts'
import { checkListenAddress, type ListenAddress } from './listen-address.ts'
import { listenOn } from './listen-on.ts'
import type { ServerIdentity } from './login-commands.ts'
import { refuseConnection } from './refuse-connection.ts'
import type { ErrorReply } from './reply.ts'
import { defaultServerLimits, type ServerLimits } from './server-limits.ts'
import { createTlsServer, type TlsSettings } from './tls-server.ts'
import { type UserSettings, Users } from './users.ts'

export type RespServerOptions = {
  /** besides what every server answers: PING ECHO AUTH HELLO INFO COMMAND CLIENT SELECT QUIT RESET */
  readonly commands: readonly Command[]
  readonly listen: ListenAddress
  readonly tls?: TlsSettings | undefined
  /** none: nobody has to log in */
  readonly users?: readonly UserSettings[] | undefined
  readonly limits?: Partial<ServerLimits> | undefined
  /** serve other machines without TLS or without a login */
  readonly isInsecure?: boolean | undefined
  readonly identity: ServerIdentity
  /** what INFO says; how many are connected is added */
  readonly infoSections: () => readonly InfoSection[]
  /** the words for an expected failure of a command */
  readonly errorReply: (error: AppError) => ErrorReply
  /** is told what else went wrong; the client reads `ERR internal error` */
  readonly onBug: (error: unknown) => void
  readonly clock: Clock
}

/** how often times are looked at: a limit is kept within a quarter of it, and within a second */
const checkMsMax = 1000
const checkMsMin = 10

/** Serves commands over RESP 2 and 3, by TCP or TLS. Whatever a client does harms nobody but itself. */
export class RespServer {
  readonly #server: Server
  readonly #limits: ServerLimits
  readonly #context: ConnectionContext
  readonly #connections = new Map<number, Connection>()
  readonly #sockets = new Set<Socket>()
  readonly #clock: Clock
  readonly #hasTls: boolean
  #timer: NodeJS.Timeout | null = null
  #lastId = 0
  #whenEmpty: (() => void) | null = null
  #closing: Promise<void> | null = null

  private constructor(options: RespServerOptions) {
    const users = new Users(options.users ?? [])
    this.#limits = { ...defaultServerLimits, ...options.limits }
    this.#clock = options.clock
    this.#hasTls = options.tls !== undefined
    const protection = {
      hasTls: this.#hasTls,
      hasUsers: users.isLoginNeeded,
      isInsecure: options.isInsecure === true,
    }
    checkListenAddress(options.listen, protection)
    this.#context = {
      table: this.#commandTable(options, users),
      users,
      limits: this.#limits,
      clock: options.clock,
      budget: new InputBudget(this.#limits.inputBytesMax),
      errorReply: options.errorReply,
      onBug: quietly(options.onBug),
    }
    this.#server = this.#createServer(options.tls)
  }

  /**
   * Starts to serve; resolves when clients can connect.
   * @throws AppError BAD_REQUEST for an address that other machines reach without TLS and a login (unless `isInsecure`),
   * for unusable TLS settings or users; IO_FAILED or ACCESS_DENIED when the address cannot be listened on
   */
  static async start(options: RespServerOptions): Promise<RespServer> {
    const server = new RespServer(options)
    await listenOn(server.#server, options.listen)
    server.#server.on('error', server.#context.onBug)
    server.#startTimer()
    return server
  }

  /** Where clients connect, with the port that was chosen. */
  get address(): ListenAddress {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') return { host: '', port: 0 }
    return { host: address.address, port: address.port }
  }

  get connectionCount(): number {
    return this.#sockets.size
  }

  /**
   * Accepts nobody more, lets running commands finish and their replies be read for `graceMs`, then cuts off who is left.
   * Commands that wait behind a running one are not run.
   */
  close(graceMs: number): Promise<void> {
    this.#closing ??= this.#close(graceMs)
    return this.#closing
  }

  async #close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const connection of this.#connections.values()) connection.shutDown()
    const cutOff = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, graceMs)
    await closed
    await this.#empty()
    clearTimeout(cutOff)
    if (this.#timer !== null) clearInterval(this.#timer)
  }

  #empty(): Promise<void> {
    if (this.#sockets.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#whenEmpty = resolve
    })
  }

  #commandTable(options: RespServerOptions, users: Users): CommandTable {
    const clients = () => ({
      name: 'Clients',
      fields: { connected_clients: this.#connections.size, maxclients: this.#limits.connectionsMax },
    })
    const ours = connectionCommands({
      users,
      identity: options.identity,
      commands: () => table.all,
      sessions: () => [...this.#connections.values()].map((connection) => connection.session),
      infoSections: () => [...options.infoSections(), clients()],
      monotonicUs: () => this.#clock.monotonicUs(),
    })
    const table = new CommandTable([...ours, ...options.commands])
    return table
  }

  #createServer(tls: TlsSettings | undefined): Server {
    // a TLS client counts from its first packet: handshakes take places, too
    const accept = (socket: Socket) => {
      if (this.#admit(socket) && tls === undefined) this.#serve(socket)
    }
    if (tls === undefined) return createServer({ allowHalfOpen: true }, accept)
    return createTlsServer(tls, this.#limits.commandTimeoutMs)
      .on('connection', accept)
      .on('secureConnection', (socket: Socket) => this.#serve(socket))
  }

  #admit(socket: Socket): boolean {
    if (this.#closing !== null || this.#sockets.size >= this.#limits.connectionsMax) {
      refuseConnection(socket, this.#hasTls)
      return false
    }
    this.#sockets.add(socket)
    socket.on('close', () => {
      this.#sockets.delete(socket)
      if (this.#sockets.size === 0) this.#whenEmpty?.()
    })
    return true
  }

  #serve(socket: Socket): void {
    this.#lastId += 1
    const id = this.#lastId
    this.#connections.set(id, new Connection(socket, id, this.#context))
    socket.on('close', () => this.#connections.delete(id))
    if (this.#closing !== null) this.#connections.get(id)?.shutDown()
  }

  #startTimer(): void {
    const { idleTimeoutMs, commandTimeoutMs, stalledTimeoutMs } = this.#limits
    const quarterMs = Math.min(idleTimeoutMs, commandTimeoutMs, stalledTimeoutMs) / 4
    this.#timer = setInterval(
      () => {
        const nowUs = this.#clock.monotonicUs()
        for (const connection of this.#connections.values()) connection.checkTimes(nowUs)
      },
      Math.max(checkMsMin, Math.min(checkMsMax, quarterMs)),
    )
    this.#timer.unref()
  }
}

/** Who tells of a bug must not become one: no client may end the process through it. */
function quietly(onBug: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      onBug(error)
    } catch {}
  }
}
