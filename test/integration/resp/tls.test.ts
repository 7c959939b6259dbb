import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { type ConnectionOptions, connect } from 'node:tls'
import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RawClient, serve, until } from './serving.ts'

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'tls')
const pem = (name: string) => readFileSync(join(folder, `${name}.pem`))
const tls = { key: pem('server-key'), cert: pem('server') }
const strictTls = { ...tls, ca: pem('ca'), requestClientCert: true }
const clientCertificate = { key: pem('client-key'), cert: pem('client') }
const strangersCertificate = { key: pem('stranger-key'), cert: pem('stranger') }

/** What a client reads after PING, '' when it was turned away. */
async function ping(port: number, options: ConnectionOptions = {}): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', ca: pem('ca'), servername: 'localhost', ...options })
  const client = new RawClient(socket)
  socket.on('secureConnect', () => socket.write('PING\r\n'))
  await until(() => client.isClosed || client.text !== '')
  return client.text
}

describe('TLS', () => {
  test('a client that trusts the authority is served', async () => {
    const { port, server } = await serve({ tls })
    expect(await ping(port)).toBe('+PONG\r\n')
    expect(server.connectionCount).toBe(1)
  })

  test('ioredis works through it, with a pipeline of 10,000', async () => {
    const { port } = await serve({ tls, users: [{ name: 'default', password: 'p', commands: 'all' }] })
    const client = new Redis({
      port,
      host: '127.0.0.1',
      password: 'p',
      tls: { ca: pem('ca') },
      retryStrategy: () => null,
    })
    onTestFinished(() => client.disconnect())
    const pipeline = client.pipeline()
    for (let index = 0; index < 10_000; index += 1) pipeline.echo(`${index}`)
    expect(await pipeline.exec()).toEqual(Array.from({ length: 10_000 }, (_, index) => [null, `${index}`]))
    expect(await client.callBuffer('BYTES', '3000000')).toEqual(Buffer.alloc(3_000_000, 'x'))
  })

  test('a client without TLS, one with an old version, and one that says nothing are turned away', async () => {
    const { port, server, bugs } = await serve({ tls, limits: { commandTimeoutMs: 200 } })
    const plain = await RawClient.connect(port)
    plain.send('PING\r\n')
    await plain.closes()
    expect(plain.text).not.toContain('PONG')
    expect(await ping(port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).toBe('')
    const silent = connectTcp(port, '127.0.0.1')
    silent.on('error', () => {})
    silent.resume()
    await once(silent, 'close')
    await until(() => server.connectionCount === 0)
    expect([await ping(port), bugs]).toEqual(['+PONG\r\n', []])
  })

  test('handshakes take places, and who is one too many is cut off', async () => {
    const { port } = await serve({ tls, limits: { connectionsMax: 1 } })
    const first = await RawClient.connect(port)
    expect(await ping(port)).toBe('')
    first.socket.destroy()
    await expect.poll(() => ping(port)).toBe('+PONG\r\n')
  })
})

describe('client certificates', () => {
  test.each<[string, ConnectionOptions, string]>([
    ['one of the authority is served', clientCertificate, '+PONG\r\n'],
    ['one of a stranger is turned away', strangersCertificate, ''],
    ['none is turned away', {}, ''],
  ])('%s', async (_what, certificate, reply) => {
    const { port, server, bugs } = await serve({ tls: strictTls })
    expect(await ping(port, certificate)).toBe(reply)
    await until(() => server.connectionCount === (reply === '' ? 0 : 1))
    expect(bugs).toEqual([])
  })
})

test.each([
  ['a key of another certificate', { ...tls, key: pem('client-key') }],
  ['no PEM', { key: 'x', cert: 'y' }],
  ['client certificates without an authority', { ...tls, requestClientCert: true }],
])('%s is refused at the start', async (_what, settings) => {
  await expect(serve({ tls: settings })).rejects.toMatchObject({ name: 'AppError', code: 'BAD_REQUEST' })
})
