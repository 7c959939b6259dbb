import { os } from '@orpc/server'
import { expect, onTestFinished, test } from 'vitest'
import { NotConnectedError } from '../../../src-renderer/api/errors.ts'
import { Connection } from '../../../src-renderer/stores/connection.svelte.ts'
import { FakeCore } from './fake-core.ts'

function connected(core: FakeCore): { connection: Connection; signal: AbortSignal } {
  const connection = new Connection(core.host)
  const ended = new AbortController()
  onTestFinished(() => ended.abort())
  return { connection, signal: ended.signal }
}

const core = () => new FakeCore({ app: { info: os.handler(() => 'it answers') } })

test('a call made before the first line waits for it', async () => {
  const { connection, signal } = connected(core())
  const answer = connection.call((client) => client.app.info())
  expect(connection.status).toBe('connecting')
  void connection.start(signal)
  expect(await answer).toBe('it answers')
  expect([connection.status, connection.lineCount]).toEqual(['live', 1])
})

test('a call on a lost line fails at once, and works on the next line', async () => {
  const fake = core()
  const { connection, signal } = connected(fake)
  void connection.start(signal)
  await connection.call((client) => client.app.info())
  fake.isDown = true
  fake.cut()
  await expect.poll(() => connection.status).toBe('lost')
  await expect(connection.call((client) => client.app.info())).rejects.toThrow(NotConnectedError)
  fake.isDown = false
  connection.retryNow()
  await expect.poll(() => connection.status).toBe('live')
  expect(await connection.call((client) => client.app.info())).toBe('it answers')
  expect(connection.lineCount).toBe(2)
})

test('a core that cannot be reached at first is said to be lost, and tried again', async () => {
  const fake = core()
  fake.isDown = true
  const { connection, signal } = connected(fake)
  void connection.start(signal)
  await expect.poll(() => connection.status).toBe('lost')
  fake.isDown = false
  connection.retryNow()
  await expect.poll(() => connection.status).toBe('live')
})

test('a follower runs once on every line', async () => {
  const fake = core()
  const { connection, signal } = connected(fake)
  const lines: number[] = []
  connection.follow(signal, () => {
    lines.push(connection.lineCount)
    return new Promise(() => {})
  })
  void connection.start(signal)
  await expect.poll(() => lines).toEqual([1])
  fake.cut()
  await expect.poll(() => connection.status).toBe('lost')
  connection.retryNow()
  await expect.poll(() => lines).toEqual([1, 2])
})
