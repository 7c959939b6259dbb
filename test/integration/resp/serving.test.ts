import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { RawClient, serve, until } from './serving.ts'

test('commands of one client run one after another, and the replies keep their order', async () => {
  const { port, holds, ran } = await serve()
  const client = await RawClient.connect(port)
  client.send('HOLD 1\r\nMARK 2\r\nHOLD 3\r\nMARK 4\r\n')
  await until(() => holds.length === 1)
  expect(ran).toEqual(['1'])
  holds[0]!.release('one')
  await until(() => holds.length === 2)
  expect(ran).toEqual(['1', '2', '3'])
  holds[1]!.release('three')
  await client.reads('+one\r\n:2\r\n+three\r\n:4\r\n')
})

test('clients do not wait for one another', async () => {
  const { port, holds } = await serve()
  const [first, second] = await Promise.all([RawClient.connect(port), RawClient.connect(port)])
  first!.send('HOLD 1\r\n')
  await until(() => holds.length === 1)
  second!.send('PING\r\n')
  await second!.reads('+PONG\r\n')
  holds[0]!.release('one')
  await first!.reads('+one\r\n')
})

test('a running command is told that its client is gone, and its answer harms nobody', async () => {
  const { port, holds, server, bugs } = await serve()
  for (const leave of ['destroy', 'end', 'resetAndDestroy'] as const) {
    const client = await RawClient.connect(port)
    client.send('HOLD 1\r\n')
    await until(() => holds.length === 1)
    const { session, release } = holds.pop()!
    expect(session.signal.aborted).toBe(false)
    client.socket[leave]()
    await until(() => session.signal.aborted)
    release('late')
    if (leave === 'end') await client.reads('+late\r\n')
    await until(() => server.connectionCount === 0)
  }
  expect(bugs).toEqual([])
})

test('a client that closes its sending side still reads what it asked for', async () => {
  const { port } = await serve()
  const client = await RawClient.connect(port)
  client.socket.end('PING\r\nECHO "a b"\r\nPI')
  await client.closes()
  expect(client.text).toBe('+PONG\r\n$3\r\na b\r\n')
})

test('what a handler throws, and a reply that cannot be written, are replies in their place', async () => {
  const { port, bugs } = await serve()
  const client = await RawClient.connect(port)
  client.send('REFUSE\r\nBREAK\r\nINEXACT\r\nPING\r\n')
  await client.reads('-NOTFOUND no such backup: 9\r\n-ERR internal error\r\n-ERR internal error\r\n+PONG\r\n')
  expect(bugs.map((bug) => (bug as Error).message)).toEqual(['broken', 'an integer reply is exact'])
})

test('even who is told of a bug may fail', async () => {
  const { port } = await serve({
    onBug: () => {
      throw new Error('no disk for the log')
    },
  })
  const client = await RawClient.connect(port)
  client.send('BREAK\r\nPING\r\n')
  await client.reads('-ERR internal error\r\n+PONG\r\n')
})

test('QUIT answers and ends; what comes behind it is not run', async () => {
  const { port, ran } = await serve()
  const client = await RawClient.connect(port)
  client.send('QUIT\r\nMARK 1\r\n')
  await client.closes()
  expect([client.text, ran]).toEqual(['+OK\r\n', []])
})

test('CLIENT REPLY takes replies away and brings them back', async () => {
  const { port } = await serve()
  const client = await RawClient.connect(port)
  client.send('CLIENT REPLY SKIP\r\nECHO 1\r\nECHO 2\r\nCLIENT REPLY OFF\r\nECHO 3\r\nCLIENT REPLY ON\r\nECHO 4\r\n')
  await client.reads('$1\r\n2\r\n+OK\r\n$1\r\n4\r\n')
})

test('CLIENT KILL ends another connection', async () => {
  const { port, server } = await serve()
  const [first, second] = await Promise.all([RawClient.connect(port), RawClient.connect(port)])
  second!.send('CLIENT ID\r\n')
  await until(() => second!.text.endsWith('\r\n'))
  first!.send(`CLIENT KILL ID ${second!.text.slice(1, -2)}\r\n`)
  await first!.reads(':1\r\n')
  await second!.closes()
  await until(() => server.connectionCount === 1)
})

test('closing lets a running command finish, runs none behind it and accepts nobody', async () => {
  const { port, holds, server, ran } = await serve()
  const [running, idle] = await Promise.all([RawClient.connect(port), RawClient.connect(port)])
  running!.send('HOLD 1\r\nMARK 2\r\n')
  await until(() => holds.length === 1)
  const closed = server.close(20_000)
  await idle!.closes()
  await expect(RawClient.connect(port)).rejects.toThrow('ECONNREFUSED')
  holds[0]!.release('one')
  await running!.reads('+one\r\n')
  await closed
  expect([server.connectionCount, ran]).toEqual([0, ['1']])
})

test('closing does not wait longer than it was told', async () => {
  const { port, holds, server } = await serve()
  const client = await RawClient.connect(port)
  client.send('HOLD 1\r\n')
  await until(() => holds.length === 1)
  await server.close(50)
  await client.closes()
  expect([client.text, holds[0]!.session.signal.aborted]).toEqual(['', true])
})

test.each(['0.0.0.0', '::'])('an open server does not start on %s', async (host) => {
  await expect(serve({ listen: { host, port: 0 } })).rejects.toMatchObject({ name: 'AppError', code: 'BAD_REQUEST' })
})

test('an open server starts on every address when it is said that it may be insecure', async () => {
  const { port } = await serve({ listen: { host: '0.0.0.0', port: 0 }, isInsecure: true })
  const client = await RawClient.connect(port)
  client.send('PING\r\n')
  await client.reads('+PONG\r\n')
})

test('localhost is this machine', async () => {
  const { server } = await serve({ listen: { host: 'localhost', port: 0 } })
  expect(['127.0.0.1', '::1']).toContain(server.address.host)
})

test('a port that is taken is an error that names it', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void other.close())
  const { port } = other.address() as { port: number }
  await expect(serve({ listen: { host: '127.0.0.1', port } })).rejects.toMatchObject({
    code: 'IO_FAILED',
    facts: { message: 'the port is taken', subject: `127.0.0.1:${port}` },
  })
})
