import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { serve } from './serving.ts'

const users = [{ name: 'boss', password: 'secret word', commands: 'all' as const }]
const login = { username: 'boss', password: 'secret word' }
const flat = ['id', 5, 'ok', 1, 'rate', '2.5', 'none', null, 'list', ['a', 2]]

describe.each([2, 3] as const)('ioredis 6, RESP%d', (protocol) => {
  async function connect(port: number, options = {}) {
    const client = new Redis({
      port,
      host: '127.0.0.1',
      protocol,
      lazyConnect: true,
      retryStrategy: () => null,
      ...options,
    })
    client.on('error', () => {})
    onTestFinished(() => client.disconnect())
    await client.connect()
    return client
  }

  test('connects, pings, names itself and quits', async () => {
    const { port, server } = await serve()
    const client = await connect(port, { connectionName: 'desk', db: 0 })
    expect([await client.ping(), await client.client('GETNAME'), await client.echo('hello')]).toEqual([
      'PONG',
      'desk',
      'hello',
    ])
    expect(await client.quit()).toBe('OK')
    await expect.poll(() => server.connectionCount).toBe(0)
  })

  test('logs in', async () => {
    const { port } = await serve({ users })
    expect(await (await connect(port, login)).ping()).toBe('PONG')
    await expect(connect(port, { ...login, password: 'wrong' }).then((client) => client.ping())).rejects.toThrow()
  })

  test('a pipeline of 10,000 is answered in order', async () => {
    const { port } = await serve()
    const client = await connect(port)
    const pipeline = client.pipeline()
    for (let index = 0; index < 10_000; index += 1) pipeline.echo(`${index}`)
    const answers = await pipeline.exec()
    expect(answers).toEqual(Array.from({ length: 10_000 }, (_, index) => [null, `${index}`]))
  })

  test('maps, errors and bytes', async () => {
    const { port } = await serve()
    const client = await connect(port)
    expect(await client.call('SHAPES')).toEqual(flat)
    await expect(client.call('REFUSE')).rejects.toThrow('NOTFOUND no such backup: 9')
    expect(await client.callBuffer('BYTES', '3000000')).toEqual(Buffer.alloc(3_000_000, 'x'))
    expect(await client.call('LENGTH', Buffer.alloc(3_000_000), '')).toEqual([3_000_000, 0])
  })
})

test('ioredis 6 that wants RESP3 as it is gets maps, booleans and doubles', async () => {
  const { port } = await serve()
  const client = new Redis({ port, host: '127.0.0.1', protocol: 3, replyMapping: 'resp3', retryStrategy: () => null })
  onTestFinished(() => client.disconnect())
  expect(await client.call('SHAPES')).toEqual({ id: 5, ok: true, rate: 2.5, none: null, list: ['a', 2] })
})

describe.each([2, 3] as const)('node-redis 6, RESP%d', (protocol) => {
  async function connect(port: number, options = {}) {
    const socket = { host: '127.0.0.1', port, reconnectStrategy: false as const }
    const client = createClient({ RESP: protocol, socket, ...options })
    client.on('error', () => {})
    onTestFinished(() => {
      if (client.isOpen) client.destroy()
    })
    await client.connect()
    return client
  }

  test('connects, pings, names itself and closes', async () => {
    const { port, server } = await serve()
    const client = await connect(port, { name: 'desk', database: 0 })
    expect([await client.ping(), await client.clientGetName(), await client.echo('hello')]).toEqual([
      'PONG',
      'desk',
      'hello',
    ])
    const info = await client.clientInfo()
    expect([info.libName?.startsWith('node-redis'), info.resp, info.name]).toEqual([true, protocol, 'desk'])
    await client.close()
    await expect.poll(() => server.connectionCount).toBe(0)
  })

  test('logs in', async () => {
    const { port } = await serve({ users })
    expect(await (await connect(port, login)).ping()).toBe('PONG')
    await expect(connect(port, { ...login, password: 'wrong' })).rejects.toThrow('WRONGPASS')
  })

  test('10,000 commands at once are answered in order', async () => {
    const { port } = await serve()
    const client = await connect(port)
    const answers = await Promise.all(Array.from({ length: 10_000 }, (_, index) => client.echo(`${index}`)))
    expect(answers).toEqual(Array.from({ length: 10_000 }, (_, index) => `${index}`))
  })

  test('maps, errors and bytes', async () => {
    const { port } = await serve()
    const client = await connect(port)
    const shapes = { id: 5, ok: true, rate: 2.5, none: null, list: ['a', 2] }
    const found = await client.sendCommand(['SHAPES'])
    expect(protocol === 2 ? found : { ...(found as object) }).toEqual(protocol === 2 ? flat : shapes)
    await expect(client.sendCommand(['REFUSE'])).rejects.toThrow('NOTFOUND no such backup: 9')
    expect(await client.sendCommand(['BYTES', '3000000'])).toBe('x'.repeat(3_000_000))
    expect(await client.sendCommand(['LENGTH', Buffer.alloc(3_000_000), ''])).toEqual([3_000_000, 0])
  })
})
