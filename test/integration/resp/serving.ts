import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import { AppError } from '#base/app-error.ts'
import { systemClock } from '#base/clock.ts'
import { textOf } from '../../../src-main/resp/argument-text.ts'
import type { Command } from '../../../src-main/resp/command-table.ts'
import {
  array,
  boolean,
  bulk,
  double,
  errorReply,
  integer,
  map,
  nullReply,
  simple,
} from '../../../src-main/resp/reply.ts'
import { RespServer, type RespServerOptions } from '../../../src-main/resp/resp-server.ts'
import type { Session } from '../../../src-main/resp/session.ts'

const facts = { arity: -1, summary: 'For tests.', group: 'test', flags: [] }

/** Commands with every shape of reply; HOLD runs until `release` is called. */
function testCommands() {
  const holds: { readonly session: Session; readonly release: (text: string) => void }[] = []
  const ran: string[] = []
  const commands: readonly Command[] = [
    {
      ...facts,
      name: 'SHAPES',
      run: () =>
        map({
          id: integer(5),
          ok: boolean(true),
          rate: double(2.5),
          none: nullReply,
          list: array([bulk('a'), integer(2n)]),
        }),
    },
    {
      ...facts,
      name: 'HOLD',
      run: ([label = new Uint8Array(0)], session) =>
        new Promise((resolve) => {
          ran.push(textOf(label))
          holds.push({ session, release: (text) => resolve(simple(text)) })
        }),
    },
    {
      ...facts,
      name: 'MARK',
      run: ([label = new Uint8Array(0)]) => {
        ran.push(textOf(label))
        return integer(ran.length)
      },
    },
    {
      ...facts,
      name: 'BYTES',
      run: ([size = new Uint8Array(0)]) => bulk(new Uint8Array(Number(textOf(size))).fill(120)),
    },
    { ...facts, name: 'LENGTH', run: (args) => array(args.map((arg) => integer(arg.length))) },
    {
      ...facts,
      name: 'REFUSE',
      run: () => {
        throw new AppError('BACKUP_NOT_FOUND', { message: 'no such backup', subject: '9' })
      },
    },
    {
      ...facts,
      name: 'BREAK',
      run: () => {
        throw new TypeError('broken')
      },
    },
    { ...facts, name: 'INEXACT', run: () => array([integer(1), integer(2 ** 60)]) },
  ]
  return { commands, holds, ran }
}

export type Serving = ReturnType<typeof testCommands> & {
  readonly server: RespServer
  readonly port: number
  readonly bugs: unknown[]
}

/** A server for the running test, on a free port, closed when the test ends. */
export async function serve(options: Partial<RespServerOptions> = {}): Promise<Serving> {
  const bugs: unknown[] = []
  const test = testCommands()
  const server = await RespServer.start({
    commands: test.commands,
    listen: { host: '127.0.0.1', port: 0 },
    identity: { name: 'lifeboat', version: '7.2.0' },
    infoSections: () => [{ name: 'Server', fields: { redis_version: '7.2.0', redis_mode: 'standalone' } }],
    errorReply: (error) => errorReply('NOTFOUND', error.message),
    onBug: (error) => bugs.push(error),
    clock: systemClock,
    ...options,
  })
  onTestFinished(() => server.close(0))
  return { ...test, server, port: server.address.port, bugs }
}

/** A client that does what it is told with bytes. */
export class RawClient {
  readonly socket: Socket
  received = Buffer.alloc(0)
  /** by the server */
  isClosed = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (piece: Buffer) => {
      this.received = Buffer.concat([this.received, piece])
    })
    socket.on('error', () => {})
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.isClosed = true
      })
    }
    onTestFinished(() => {
      socket.destroy()
    })
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const client = new RawClient(socket)
    await once(socket, 'connect')
    return client
  }

  send(text: string | Uint8Array): void {
    this.socket.write(text)
  }

  get text(): string {
    return this.received.toString('latin1')
  }

  async reads(text: string): Promise<void> {
    await expect.poll(() => this.text, { timeout: 10_000, interval: 5 }).toBe(text)
  }

  async closes(): Promise<void> {
    await expect.poll(() => this.isClosed, { timeout: 10_000, interval: 5 }).toBe(true)
  }
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean, timeoutMs = 15_000): Promise<void> {
  await expect.poll(condition, { timeout: timeoutMs, interval: 5 }).toBe(true)
}
