import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Load } from './load.ts'

/** Answers every command with what `answer` says to its number, from 1. */
async function serve(answer: (count: number, socket: Socket) => void): Promise<number> {
  let count = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('data', () => {
      count += 1
      answer(count, socket)
    })
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}

test('a saturating load is as many commands as are answered, each one timed', async () => {
  let end: (value: unknown) => void = () => {}
  const ended = new Promise((resolve) => {
    end = resolve
  })
  let answered = 0
  const port = await serve((count, socket) => {
    answered = count
    if (count === 20) end(null)
    socket.write('+OK\r\n')
  })
  const load = await Load.connect(port, 2, () => ['PING'])
  const { milliseconds } = await load.saturate(ended)
  load.close()
  expect(milliseconds.length).toBe(answered)
  expect(milliseconds.every((each) => each > 0)).toBe(true)
})

test('a steady load goes on while the server stands still, and the wait counts', async () => {
  let end: (value: unknown) => void = () => {}
  const ended = new Promise((resolve) => {
    end = resolve
  })
  const held: Socket[] = []
  const port = await serve((count, socket) => {
    if (count > 1) return void socket.write('+OK\r\n')
    held.push(socket)
    setTimeout(() => {
      socket.write('+OK\r\n')
      end(null)
    }, 50)
  })
  const load = await Load.connect(port, 1, () => ['PING'])
  const { milliseconds } = await load.steady(1000, ended)
  load.close()
  // all that was due in those 50 ms waited for the one client
  expect(milliseconds.length).toBeGreaterThan(10)
  expect(milliseconds[0]).toBeGreaterThanOrEqual(45)
  expect(milliseconds[1]).toBeGreaterThanOrEqual(30)
})

test('an error reply ends the load with its text', async () => {
  const port = await serve((_count, socket) => void socket.write('-ERR no\r\n'))
  const load = await Load.connect(port, 1, () => ['PING'])
  const never = new Promise(() => {})
  await expect(load.steady(1000, never)).rejects.toThrow('ERR no')
  await expect(load.saturate(never)).rejects.toThrow('ERR no')
  load.close()
})
