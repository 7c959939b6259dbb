import { expect, test } from 'vitest'
import { RawClient, serve, until } from './serving.ts'

const MiB = 1024 * 1024

function heldBytes(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return arrayBuffers + heapUsed
}

test('1,000 clients are served, the next one is told that it is one too many', { timeout: 60_000 }, async () => {
  const { port, server } = await serve()
  const clients: RawClient[] = []
  while (clients.length < 1000) {
    clients.push(...(await Promise.all(Array.from({ length: 100 }, () => RawClient.connect(port)))))
  }
  for (const client of clients) client.send('PING\r\n')
  await until(() => clients.every((client) => client.text === '+PONG\r\n'))
  const oneMore = await RawClient.connect(port)
  oneMore.send('PING\r\n')
  await until(() => oneMore.text !== '')
  expect([oneMore.text, server.connectionCount]).toEqual(['-ERR max number of clients reached\r\n', 1000])
  oneMore.socket.end()
  await oneMore.closes()
  clients[0]!.socket.destroy()
  await until(() => server.connectionCount === 999)
  const next = await RawClient.connect(port)
  next.send('PING\r\n')
  await next.reads('+PONG\r\n')
})

test('refused clients that stay are cut off', async () => {
  const { port } = await serve({ limits: { connectionsMax: 0 } })
  const client = await RawClient.connect(port)
  await client.closes()
  expect(client.text).toBe('-ERR max number of clients reached\r\n')
})

test('announced arguments take no memory, too long ones are refused', async () => {
  const { port, server } = await serve()
  const before = heldBytes()
  const clients = await Promise.all(Array.from({ length: 100 }, () => RawClient.connect(port)))
  for (const client of clients) client.send('*1048576\r\n$67108864\r\n')
  const refused = await RawClient.connect(port)
  refused.send('*2\r\n$4\r\nECHO\r\n$67108865\r\n')
  await refused.reads('-ERR Protocol error: invalid bulk length\r\n')
  await refused.closes()
  const many = await RawClient.connect(port)
  many.send('*1048577\r\n')
  await many.reads('-ERR Protocol error: invalid multibulk length\r\n')
  await until(() => server.connectionCount <= 101)
  expect(heldBytes() - before).toBeLessThan(64 * MiB)
})

test('who did not log in may send little', async () => {
  const { port } = await serve({ users: [{ name: 'default', password: 'p', commands: 'all' }] })
  const client = await RawClient.connect(port)
  client.send('*2\r\n$4\r\nECHO\r\n$16385\r\n')
  await client.reads('-ERR Protocol error: unauthenticated bulk length\r\n')
  const other = await RawClient.connect(port)
  other.send(`AUTH p\r\n*2\r\n$4\r\nECHO\r\n$16385\r\n${'x'.repeat(16385)}\r\n`)
  await other.reads(`+OK\r\n$16385\r\n${'x'.repeat(16385)}\r\n`)
})

test('a refusal is read even by a client that goes on sending', async () => {
  const { port } = await serve()
  const client = await RawClient.connect(port)
  client.send(`*1\r\n$99999999\r\n${'x'.repeat(8 * MiB)}`)
  await client.reads('-ERR Protocol error: invalid bulk length\r\n')
  await client.closes()
})

test('those who begin a command and do not end it are cut off, however they drip', async () => {
  const { port, server } = await serve({ limits: { commandTimeoutMs: 200 } })
  const [silent, begun, dripping] = await Promise.all([1, 2, 3].map(() => RawClient.connect(port)))
  begun!.send('*2\r\n$4\r\nECHO\r\n$5\r\nhe')
  const drip = setInterval(() => dripping!.send('x'), 10)
  await begun!.closes()
  await dripping!.closes()
  clearInterval(drip)
  expect([server.connectionCount, silent!.isClosed]).toEqual([1, false])
})

test('silent clients are cut off, those who wait for a command are not', async () => {
  const { port, server, holds } = await serve({ limits: { idleTimeoutMs: 200 } })
  const [silent, waiting] = await Promise.all([RawClient.connect(port), RawClient.connect(port)])
  waiting!.send('HOLD a\r\n')
  await silent!.closes()
  expect([server.connectionCount, waiting!.isClosed]).toEqual([1, false])
  holds[0]!.release('done')
  await waiting!.reads('+done\r\n')
  await waiting!.closes()
})

test('a stranger must log in in time', async () => {
  const users = [{ name: 'default', password: 'p', commands: 'all' as const }]
  const { port } = await serve({ users, limits: { commandTimeoutMs: 200 } })
  const [stranger, known] = await Promise.all([RawClient.connect(port), RawClient.connect(port)])
  known!.send('AUTH p\r\n')
  const asking = setInterval(() => stranger!.send('AUTH wrong\r\n'), 20)
  await stranger!.closes()
  clearInterval(asking)
  expect(known!.isClosed).toBe(false)
})

test('a client that never reads is not run on, and is cut off; its replies do not pile up', async () => {
  const { port, server, ran } = await serve({ limits: { stalledTimeoutMs: 500 } })
  const client = await RawClient.connect(port)
  client.socket.pause()
  const before = heldBytes()
  let peakBytes = 0
  // 1,000 replies of 1 MiB
  client.send('MARK x\r\nBYTES 1048576\r\n'.repeat(1000))
  await until(() => ran.length > 1)
  await until(() => {
    peakBytes = Math.max(peakBytes, heldBytes() - before)
    return server.connectionCount === 0
  })
  expect(ran.length).toBeLessThan(64)
  expect(peakBytes).toBeLessThan(64 * MiB)
})

test('a client that reads slowly gets everything', async () => {
  const { port } = await serve({ limits: { stalledTimeoutMs: 2000 } })
  const client = await RawClient.connect(port)
  let receivedBytes = 0
  client.socket.removeAllListeners('data')
  client.socket.on('data', (piece) => {
    receivedBytes += piece.length
    client.socket.pause()
    setImmediate(() => client.socket.resume())
  })
  client.send('BYTES 1048576\r\n'.repeat(100))
  await until(() => receivedBytes === 100 * (1048576 + '$1048576\r\n\r\n'.length))
})

test('a reply that is too large becomes an error, and the connection goes on', async () => {
  const { port } = await serve({ limits: { unsentBytesMax: MiB } })
  const client = await RawClient.connect(port)
  client.send('BYTES 1048576\r\nPING\r\n')
  await client.reads('-ERR the reply is larger than 1048576 bytes; ask for less at once\r\n+PONG\r\n')
})

test('commands sent behind a running one wait outside of our memory', async () => {
  const { port, holds, ran } = await serve()
  const client = await RawClient.connect(port)
  const before = heldBytes()
  client.send('HOLD first\r\n')
  await until(() => holds.length === 1)
  const line = `MARK ${'x'.repeat(1000)}\r\n`
  for (let index = 0; index < 64; index += 1) client.send(line.repeat(1024))
  const other = await RawClient.connect(port)
  for (let index = 1; index <= 50; index += 1) {
    other.send('PING\r\n')
    await other.reads('+PONG\r\n'.repeat(index))
  }
  // the client's own buffers are in this process: what it could not get rid of is still there
  expect(client.socket.writableLength).toBeGreaterThan(32 * MiB)
  expect(ran).toEqual(['first'])
  client.socket.destroy()
  expect(heldBytes() - before).toBeLessThan(256 * MiB)
})

test('input that waits on all connections together is bounded', async () => {
  const { port, server } = await serve({ limits: { inputBytesMax: 8 * MiB } })
  const clients = await Promise.all(Array.from({ length: 4 }, () => RawClient.connect(port)))
  for (const client of clients) client.send(`*1\r\n$67108864\r\n${'x'.repeat(4 * MiB)}`)
  const isRefused = (client: RawClient) =>
    client.text === '-ERR the server holds too many commands that are not complete\r\n'
  await until(() => clients.filter(isRefused).length >= 2)
  const small = await RawClient.connect(port)
  small.send('PING\r\n')
  await small.reads('+PONG\r\n')
  expect(server.connectionCount).toBeGreaterThanOrEqual(1)
})

test.each(['POST / HTTP/1.1\r\nHost: x\r\n\r\nMARK 1\r\n', 'GET / HTTP/1.1\r\nHost: x\r\n\r\nMARK 1\r\n'])(
  'a web page that a browser sends here does nothing: %j',
  async (request) => {
    const { port, ran } = await serve()
    const client = await RawClient.connect(port)
    client.send(request)
    await client.closes()
    expect(ran).toEqual([])
  },
)

test('a long pipeline of one client does not keep another one waiting', async () => {
  const { port } = await serve()
  const [busy, other] = await Promise.all([RawClient.connect(port), RawClient.connect(port)])
  busy!.send('PING\r\n'.repeat(200_000))
  other!.send('PING\r\n')
  await other!.reads('+PONG\r\n')
  expect(busy!.received.length).toBeLessThan(200_000 * 7)
  busy!.socket.destroy()
})

test('clients that break off anywhere leave nothing behind', async () => {
  const { port, server, bugs } = await serve()
  const bytes = '*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\nSHAPES\r\n'
  for (let length = 0; length <= bytes.length; length += 1) {
    const client = await RawClient.connect(port)
    client.socket.write(bytes.slice(0, length), () => client.socket.resetAndDestroy())
    await client.closes()
  }
  await until(() => server.connectionCount === 0)
  expect(bugs).toEqual([])
})
