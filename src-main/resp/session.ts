import type { ProtocolVersion } from './encode-reply.ts'
import type { User } from './users.ts'

/** What CLIENT REPLY said: `skip` counts for one command. */
export type ReplyMode = 'on' | 'off' | 'skip'

export type SessionStart = {
  readonly id: number
  /** host:port of the client */
  readonly address: string
  readonly connectedAtUs: number
  /** closes the connection at once */
  readonly kill: () => void
}

/** One client's connection as commands see it. Handlers read it; the connection commands change it. */
export class Session {
  readonly id: number
  readonly address: string
  /** on the monotonic clock */
  readonly connectedAtUs: number
  /** closes the connection at once, whatever runs */
  readonly kill: () => void
  readonly #leaving = new AbortController()
  protocol: ProtocolVersion = 2
  /** who logged in, null before that and where nobody needs to */
  user: User | null = null
  /** CLIENT SETNAME */
  name = ''
  libraryName = ''
  libraryVersion = ''
  replyMode: ReplyMode = 'on'
  /** the connection ends when the reply of the running command is sent */
  isEnding = false
  /** in lower case, '' before the first */
  lastCommand = ''
  lastCommandAtUs: number
  /** since when the client could have logged in: the connect, or the last RESET */
  startedAtUs: number

  constructor(start: SessionStart) {
    this.id = start.id
    this.address = start.address
    this.connectedAtUs = start.connectedAtUs
    this.lastCommandAtUs = start.connectedAtUs
    this.startedAtUs = start.connectedAtUs
    this.kill = start.kill
  }

  /**
   * Aborted when the client is gone. A client that closed its sending side counts as gone, as in Redis: between a
   * crashed client and one that listens on, nothing can be seen.
   */
  get signal(): AbortSignal {
    return this.#leaving.signal
  }

  /** RESET: as a new connection. */
  reset(nowUs: number): void {
    this.startedAtUs = nowUs
    this.protocol = 2
    this.user = null
    this.name = ''
    this.replyMode = 'on'
  }

  /** The client is gone. */
  leave(): void {
    this.#leaving.abort()
  }
}
