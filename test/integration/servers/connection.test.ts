import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../src-main/base/app-error.ts'
import { LostReplyError, ServerConnection } from '../../../src-main/servers/connection/server-connection.ts'
import type { ServerAddress } from '../../../src-main/servers/server-address.ts'
import { parse } from '../../unit/servers/support/encode-reply.ts'
import { fixtures, nonUtf8Name } from '../../unit/servers/support/fixtures.ts'
import { type Peer, startScriptedServer, unusedPort } from '../../unit/servers/support/scripted-server.ts'
import { testCertificates } from '../../unit/servers/support/test-certificates.ts'

const timeouts = { connectMs: 5000, readMs: 5000 }
const local = (port: number, more: Partial<ServerAddress> = {}): ServerAddress => ({ host: '127.0.0.1', port, ...more })

async function open(address: ServerAddress, times = timeouts): Promise<ServerConnection> {
  const connection = await ServerConnection.open(address, times)
  onTestFinished(() => connection.close())
  return connection
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('it did not fail')
}

async function lost(promise: Promise<unknown>) {
  const error = await failureOf(promise)
  expect(error).toBeInstanceOf(LostReplyError)
  const { reason, isSent, message } = error as LostReplyError
  return { reason, isSent, message }
}

/** Everything that an error tells, with its causes. */
function whole(error: unknown): string {
  const parts: string[] = []
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    parts.push(each.message, JSON.stringify(each, Object.getOwnPropertyNames(each)))
  }
  return parts.join('\n')
}

describe('a connection', () => {
  test('sends nothing of its own, and each command in one write', async () => {
    const server = await startScriptedServer((_, peer) => peer.send('+PONG\r\n'))
    const connection = await open(local(server.port))
    const reply = await connection.ask(['PING'], 5000)
    await connection.ask(['ADMIN.BACKUP', 'CREATE', 'LABEL', 'nächtlich\r\n✓'], 5000)
    expect(reply).toEqual({ tree: parse(fixtures.pong), rawBytes: new Uint8Array(Buffer.from(fixtures.pong)) })
    expect(server.commands).toEqual([['PING'], ['ADMIN.BACKUP', 'CREATE', 'LABEL', 'nächtlich\r\n✓']])
    expect(server.chunks.map((chunks) => chunks.map(String))).toEqual([
      ['*1\r\n$4\r\nPING\r\n', '*4\r\n$12\r\nADMIN.BACKUP\r\n$6\r\nCREATE\r\n$5\r\nLABEL\r\n$15\r\nnächtlich\r\n✓\r\n'],
    ])
  })

  test('gets every fixture as it was sent, cut at every byte', async () => {
    const sources = [...Object.values(fixtures).map((text) => Buffer.from(text)), Buffer.from(nonUtf8Name)]
    const server = await startScriptedServer((command, peer) => {
      const source = sources[Number(command[1])]!
      const cut = Number(command[2])
      peer.send(source.subarray(0, cut))
      setImmediate(() => peer.send(source.subarray(cut)))
    })
    let connection = await open(local(server.port))
    let replies = 0
    for (const [index, source] of sources.entries()) {
      const expected = { tree: parse(source), rawBytes: new Uint8Array(source) }
      for (let cut = 1; cut < source.length; cut += 1) {
        const command = ['X', String(index), String(cut)]
        if (!connection.hasRoomFor(command)) {
          connection.close()
          connection = await open(local(server.port))
        }
        const reply = await connection.ask(command, 5000)
        // a push is set aside before the reply begins
        const push = source.toString().startsWith('>') ? source.indexOf(':5') : 0
        expect(reply).toEqual({ ...expected, rawBytes: expected.rawBytes.slice(push) })
        replies += 1
      }
    }
    expect(replies).toBe(sources.reduce((sum, source) => sum + source.length - 1, 0))
    for (const chunks of server.chunks) expect(Buffer.concat(chunks).length).toBeLessThanOrEqual(3500)
  })

  test.each<[string, (peer: Peer) => void, object]>([
    ['closed instead', (peer) => peer.end(), { reason: 'closed', isSent: true, message: 'the connection was closed' }],
    [
      'reset instead',
      (peer) => peer.reset(),
      { reason: 'closed', isSent: true, message: 'the connection was closed (read ECONNRESET)' },
    ],
    [
      'cut in the middle',
      (peer) => {
        peer.send('*2\r\n$10\r\nabc')
        peer.end()
      },
      { reason: 'closed', isSent: true, message: 'the connection was closed in the middle of its reply' },
    ],
    [
      'no RESP',
      (peer) => peer.send('HTTP/1.1 400 Bad Request\r\n'),
      {
        reason: 'format',
        isSent: true,
        message: 'the server sent what is no reply: an answer of another protocol, perhaps HTTP',
      },
    ],
    [
      'too long',
      (peer) => peer.send('*4294967295\r\n'),
      {
        reason: 'format',
        isSent: true,
        message: 'the server sent what is no reply: 4294967295 elements in one value, more than 100000',
      },
    ],
    [
      'two replies at once',
      (peer) => peer.send('+PONG\r\n*0\r\n'),
      { reason: 'closed', isSent: true, message: 'the connection was closed (a reply came that nobody had asked for)' },
    ],
    ['silence', () => {}, { reason: 'deadline', isSent: true, message: 'no reply within 60 ms' }],
    [
      'half a reply, then silence',
      (peer) => peer.send('$100\r\nabc'),
      { reason: 'deadline', isSent: true, message: 'no reply within 60 ms' },
    ],
  ])('is dropped when the reply is %s, and says that the command had left', async (_, act, expected) => {
    const server = await startScriptedServer((_command, peer) => act(peer))
    const connection = await open(local(server.port))
    expect(await lost(connection.ask(['PING'], 60))).toEqual(expected)
    expect([connection.isOpen, server.commands]).toEqual([false, [['PING']]])
    expect(await lost(connection.ask(['PING'], 60))).toEqual(expect.objectContaining({ isSent: false }))
    expect(server.commands).toEqual([['PING']])
  })

  test('is dropped when a reply comes that nobody asked for', async () => {
    const server = await startScriptedServer((_, peer) => {
      peer.send('+PONG\r\n')
      setImmediate(() => setImmediate(() => peer.send('+PONG\r\n')))
    })
    const connection = await open(local(server.port))
    await connection.ask(['PING'], 5000)
    await expect.poll(() => connection.isOpen).toBe(false)
  })

  test('refuses a command that a server might read in pieces', async () => {
    const server = await startScriptedServer((_, peer) => peer.send('+OK\r\n'))
    const connection = await open(local(server.port))
    const error = await failureOf(connection.ask(['ADMIN.BACKUP', 'CREATE', 'LABEL', 'x'.repeat(1200)], 5000))
    expect([error, server.commands]).toEqual([expect.objectContaining({ code: 'BAD_REQUEST' }), []])
  })
})

describe('credentials', () => {
  const withPassword = (port: number, password: string, username?: string) =>
    local(port, { credentials: { password, username } })
  const auth = (...right: string[]) =>
    startScriptedServer((command, peer) => {
      const isRight = command.slice(1).join(' ') === right.join(' ')
      if (command[0] === 'AUTH') peer.send(isRight ? '+OK\r\n' : '-WRONGPASS invalid username-password pair\r\n')
      else peer.send('+PONG\r\n')
    })

  test('go first, by password alone or as a user', async () => {
    const alone = await auth('hunter2')
    await (await open(withPassword(alone.port, 'hunter2'))).ask(['PING'], 5000)
    const user = await auth('ops', 'hunter2')
    await (await open(withPassword(user.port, 'hunter2', 'ops'))).ask(['PING'], 5000)
    expect([alone.commands, user.commands]).toEqual([
      [['AUTH', 'hunter2'], ['PING']],
      [['AUTH', 'ops', 'hunter2'], ['PING']],
    ])
  })

  test('that are wrong are told as such, and the password is in no error', async () => {
    const server = await auth('right')
    const error = await failureOf(open(withPassword(server.port, 'very-secret')))
    expect(error).toBeInstanceOf(AppError)
    expect([(error as AppError).code, error.message]).toEqual([
      'SERVER_REFUSED',
      `the server refused the credentials (WRONGPASS invalid username-password pair): 127.0.0.1:${server.port}`,
    ])
    expect(whole(error)).not.toContain('very-secret')
  })

  test('for a server without any are refused by it, with what to do', async () => {
    const server = await startScriptedServer((_, peer) => peer.send("-ERR unknown command 'AUTH'\r\n"))
    const error = (await failureOf(open(withPassword(server.port, 'x')))) as AppError
    expect([error.code, error.facts.nextStep]).toEqual(['SERVER_REFUSED', 'Connect without a password.'])
  })

  test('are in no error either when the server dies over them', async () => {
    const server = await startScriptedServer((_, peer) => peer.reset())
    const error = await failureOf(open(withPassword(server.port, 'very-secret')))
    expect((error as AppError).code).toBe('SERVER_UNREACHABLE')
    expect(whole(error)).not.toContain('very-secret')
  })
})

describe('TLS', () => {
  const serverTls = { cert: testCertificates.server, key: testCertificates.serverKey }
  const pong = (_: readonly string[], peer: Peer) => peer.send('+PONG\r\n')

  test('carries commands to a server whose authority is trusted', async () => {
    const server = await startScriptedServer(pong, serverTls)
    const connection = await open(local(server.port, { tls: { ca: testCertificates.authority } }))
    expect((await connection.ask(['PING'], 5000)).tree).toEqual(parse(fixtures.pong))
  })

  test.each([
    ['authority', {}, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['name', { ca: testCertificates.authority, servername: 'db.example' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])(
    'refuses a certificate whose %s is not the expected one, shows its fingerprint, and sends nothing',
    async (_, tls, reason) => {
      const server = await startScriptedServer(pong, serverTls)
      const error = (await failureOf(open(local(server.port, { tls, credentials: { password: 'x' } })))) as AppError
      expect([error.code, error.facts.message, server.commands]).toEqual([
        'SERVER_UNREACHABLE',
        `the server's certificate is not trusted (${reason}); its SHA-256 fingerprint is ${testCertificates.serverFingerprint}`,
        [],
      ])
    },
  )

  test('takes any certificate when it was told so', async () => {
    const server = await startScriptedServer(pong, serverTls)
    const connection = await open(local(server.port, { tls: { rejectUnauthorized: false } }))
    expect((await connection.ask(['PING'], 5000)).tree).toEqual(parse(fixtures.pong))
  })

  test('shows a client certificate to a server that asks for one', async () => {
    const asking = { ...serverTls, ca: testCertificates.authority, requestCert: true, rejectUnauthorized: true }
    const server = await startScriptedServer(pong, asking)
    const tls = {
      ca: testCertificates.authority,
      certificate: testCertificates.client,
      key: testCertificates.clientKey,
    }
    expect((await (await open(local(server.port, { tls }))).ask(['PING'], 5000)).tree).toEqual(parse(fixtures.pong))
    const without = await open(local(server.port, { tls: { ca: testCertificates.authority } }))
    expect(await lost(without.ask(['PING'], 5000))).toEqual(expect.objectContaining({ reason: 'closed' }))
  })

  test('to a port that speaks none fails with a word about it, answered or not', async () => {
    const silent = await startScriptedServer(() => {})
    const tls = { ca: testCertificates.authority }
    const quiet = (await failureOf(open(local(silent.port, { tls }), { connectMs: 100, readMs: 100 }))) as AppError
    expect([quiet.code, quiet.facts.message]).toEqual([
      'SERVER_UNREACHABLE',
      'the server cannot be reached (no answer within 100 ms, or the port does not speak TLS)',
    ])
    const talking = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end('-ERR Protocol error\r\n'))
    })
    const port = await new Promise<number>((resolve) => {
      talking.listen(0, '127.0.0.1', () => resolve((talking.address() as AddressInfo).port))
    })
    onTestFinished(() => void talking.close())
    const told = (await failureOf(open(local(port, { tls })))) as AppError
    expect([told.code, told.facts.message]).toEqual([
      'SERVER_UNREACHABLE',
      'the server cannot be reached (the port does not speak TLS)',
    ])
  })

  test('expected by the server and not spoken is said to be expected', async () => {
    const server = await startScriptedServer(pong, serverTls)
    const connection = await open(local(server.port))
    const failure = await lost(connection.ask(['PING'], 5000))
    expect(failure.isSent).toBe(true)
    expect(['closed', 'format']).toContain(failure.reason)
  })
})

describe('a server that is not there', () => {
  test('is unreachable, with the reason in words', async () => {
    const port = await unusedPort()
    const error = (await failureOf(open(local(port)))) as AppError
    expect([error.code, error.message]).toEqual([
      'SERVER_UNREACHABLE',
      `the server cannot be reached (nothing listens there): 127.0.0.1:${port}`,
    ])
  })

  test('is unreachable by a name that cannot exist', async () => {
    const error = (await failureOf(open({ host: 'no-such-host.invalid', port: 1 }))) as AppError
    expect([error.code, error.facts.subject]).toEqual(['SERVER_UNREACHABLE', 'no-such-host.invalid:1'])
  })
})
