import type { Socket } from 'node:net'
import type { Clock } from '#base/clock.ts'
import { keywordOf } from './argument-text.ts'
import { internalError } from './command-errors.ts'
import { type DispatchContext, dispatch } from './dispatch.ts'
import { encodeReply, type ProtocolVersion } from './encode-reply.ts'
import type { InputBudget } from './input-budget.ts'
import { Outbox } from './outbox.ts'
import { errorReply, type Reply } from './reply.ts'
import { RequestDecoder } from './request-decoder.ts'
import { argumentOverheadBytes, fullRequestLimits, loginRequestLimits } from './request-limits.ts'
import type { ServerLimits } from './server-limits.ts'
import { Session } from './session.ts'

/** more than this unread: no further command of the client is run */
const unsentPauseBytes = 1024 * 1024
/** received while a command runs; with more, the socket is not read, and the end of the client is not seen */
const waitingBytesMax = 256 * 1024
/** then the other connections have their turn */
const commandsInOneTurnMax = 256
/** the client reads its last reply and closes; after this it is cut off */
const lingerMs = 1000
/** what one connection may hold when the server holds too much */
const fairInputBytes = 1024 * 1024

export type ConnectionContext = DispatchContext & {
  readonly limits: ServerLimits
  readonly clock: Clock
  readonly budget: InputBudget
}

/** What a browser can be made to send to a port of its own machine: the first words of an HTTP request. */
const httpWords = new Set(['POST', 'HOST:'])

/**
 * One client: reads commands, runs them one after another, sends the replies in that order. Reads on while a command
 * runs, within a bound, so that a client that leaves is seen.
 */
export class Connection {
  readonly session: Session
  readonly #socket: Socket
  readonly #context: ConnectionContext
  readonly #decoder = new RequestDecoder()
  readonly #outbox: Outbox
  #state: 'open' | 'lingering' | 'closed' = 'open'
  #stateSinceUs: number
  #hasInputEnded = false
  #isShuttingDown = false
  /** ends the wait for input; null while commands are run */
  #wake: (() => void) | null = null
  #insideCommandSinceUs: number | null = null
  #heldBytes = 0
  #runningBytes = 0

  constructor(socket: Socket, id: number, context: ConnectionContext) {
    const nowUs = context.clock.monotonicUs()
    this.#socket = socket
    this.#context = context
    this.#stateSinceUs = nowUs
    const address = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`
    this.session = new Session({ id, address, connectedAtUs: nowUs, kill: () => this.destroy() })
    this.#outbox = new Outbox({
      // what a closed socket gives back has not been sent
      write: (bytes, sent) => socket.write(bytes, (error) => (error == null ? sent() : undefined)),
      monotonicUs: () => context.clock.monotonicUs(),
    })
    this.#listen()
    void this.#serve().catch((error: unknown) => {
      context.onBug(error)
      this.destroy()
    })
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#socket.destroy()
  }

  /** Lets the running command finish and its reply be read; runs no other. */
  shutDown(): void {
    this.#isShuttingDown = true
    this.#wakeUp()
  }

  /** To be called now and then: cuts off who does not keep the times. */
  checkTimes(nowUs: number): void {
    if (this.#isOverdue(nowUs)) this.destroy()
  }

  #isOverdue(nowUs: number): boolean {
    const { idleTimeoutMs, commandTimeoutMs, stalledTimeoutMs } = this.#context.limits
    const isPast = (sinceUs: number | null, timeMs: number) => sinceUs !== null && nowUs - sinceUs > timeMs * 1000
    if (isPast(this.#outbox.stalledSinceUs, stalledTimeoutMs)) return true
    if (this.#state === 'lingering') return isPast(this.#stateSinceUs, lingerMs)
    if (this.#wake === null) return false
    return (
      isPast(this.#insideCommandSinceUs, commandTimeoutMs) ||
      isPast(this.session.lastCommandAtUs, idleTimeoutMs) ||
      (this.#isStranger && isPast(this.session.startedAtUs, commandTimeoutMs))
    )
  }

  #listen(): void {
    this.#socket.setNoDelay(true)
    this.#socket.setKeepAlive(true, 60_000)
    this.#socket.on('data', (piece: Buffer) => this.#receive(piece))
    this.#socket.on('end', () => {
      this.#hasInputEnded = true
      this.session.leave()
      this.#wakeUp()
    })
    // a broken connection is no event of its own: it closes
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => {
      this.#state = 'closed'
      this.session.leave()
      this.#outbox.stop()
      this.#context.budget.change(-this.#heldBytes)
      this.#heldBytes = 0
      this.#wakeUp()
    })
  }

  #receive(piece: Buffer): void {
    if (this.#state !== 'open') return
    this.#decoder.push(piece)
    this.#account()
    if (this.#wake === null && this.#decoder.waitingBytes > waitingBytesMax) this.#socket.pause()
    this.#wakeUp()
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }

  async #serve(): Promise<void> {
    let commandsInTurn = 0
    while (this.#state === 'open' && !this.#socket.destroyed) {
      if (this.#outbox.unsentBytes > unsentPauseBytes) await this.#outbox.whenAtMost(unsentPauseBytes)
      if (this.#isShuttingDown) return this.#finish()
      const next = await this.#step()
      if (next === 'finished') return this.#finish()
      commandsInTurn = next === 'waited' ? 0 : commandsInTurn + 1
      if (commandsInTurn < commandsInOneTurnMax) continue
      commandsInTurn = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async #step(): Promise<'ran' | 'waited' | 'finished'> {
    this.#decoder.setLimits(this.#isStranger ? loginRequestLimits : fullRequestLimits)
    const decoded = this.#decoder.next()
    if (decoded.kind === 'command') {
      await this.#run(decoded.args)
      return this.session.isEnding ? 'finished' : 'ran'
    }
    this.#account()
    if (decoded.kind === 'protocol-error') {
      this.#send(errorReply('ERR', decoded.message))
      return 'finished'
    }
    if (this.#hasInputEnded) return 'finished'
    if (this.#context.budget.isExceeded && this.#heldBytes > fairInputBytes) {
      this.#send(errorReply('ERR', 'the server holds too many commands that are not complete'))
      return 'finished'
    }
    await this.#moreInput()
    return 'waited'
  }

  get #isStranger(): boolean {
    return this.#context.users.isLoginNeeded && this.session.user === null
  }

  #moreInput(): Promise<void> {
    const nowUs = this.#context.clock.monotonicUs()
    if (!this.#decoder.isInsideCommand) this.#insideCommandSinceUs = null
    else this.#insideCommandSinceUs ??= nowUs
    this.#socket.resume()
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  async #run(words: readonly Uint8Array[]): Promise<void> {
    if (httpWords.has(keywordOf(words[0]))) {
      this.destroy()
      return
    }
    this.#insideCommandSinceUs = null
    this.#runningBytes = words.reduce((bytes, word) => bytes + word.length + argumentOverheadBytes, 0)
    this.#account()
    const replyModeBefore = this.session.replyMode
    const answer = dispatch(words, this.session, this.#context)
    const reply = answer instanceof Promise ? await answer : answer
    this.#runningBytes = 0
    this.#account()
    this.session.lastCommandAtUs = this.#context.clock.monotonicUs()
    if (this.session.replyMode === 'on') this.#send(reply)
    if (replyModeBefore === 'skip' && this.session.replyMode === 'skip') this.session.replyMode = 'on'
  }

  #account(): void {
    if (this.#state === 'closed') return
    const heldBytes = this.#decoder.heldBytes + this.#runningBytes
    this.#context.budget.change(heldBytes - this.#heldBytes)
    this.#heldBytes = heldBytes
  }

  #send(reply: Reply): void {
    for (const chunk of this.#encode(reply)) this.#outbox.push(chunk)
  }

  /** The whole reply or, when it cannot be sent, an error in its place: a client counts replies. */
  #encode(reply: Reply): readonly Uint8Array[] {
    const { unsentBytesMax } = this.#context.limits
    try {
      return encodeWithin(reply, this.session.protocol, unsentBytesMax) ?? this.#encode(tooLarge(unsentBytesMax))
    } catch (error) {
      this.#context.onBug(error)
      return this.#encode(internalError)
    }
  }

  /** What was answered goes out, then the connection ends; what the client still sends is thrown away. */
  async #finish(): Promise<void> {
    await this.#outbox.whenAtMost(0)
    if (this.#state === 'closed') return
    this.#state = 'lingering'
    this.#stateSinceUs = this.#context.clock.monotonicUs()
    this.#socket.end()
    this.#socket.resume()
  }
}

function tooLarge(bytesMax: number): Reply {
  return errorReply('ERR', `the reply is larger than ${bytesMax} bytes; ask for less at once`)
}

/** @returns null when it takes more than `bytesMax` */
function encodeWithin(reply: Reply, protocol: ProtocolVersion, bytesMax: number): readonly Uint8Array[] | null {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for (const chunk of encodeReply(reply, protocol)) {
    bytes += chunk.length
    if (bytes > bytesMax) return null
    chunks.push(chunk)
  }
  return chunks
}
