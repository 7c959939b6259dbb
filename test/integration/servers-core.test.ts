// Goal: a server that was added is shown as it is, and nothing that changes it is sent twice or without a trace. Method: a core
// whose servers are scripted ones behind real sockets.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Server, ServerEvent } from '#contract'
import { ended, errorOf, startCore } from '../support/core-under-test.ts'
import { eventually } from '../support/eventually.ts'
import { CREATED_US, error, startAgent, startDoor } from '../support/scripted-agent.ts'
import { add, aWhile, capabilities, fast, serverOf, still } from '../support/server-core.ts'
import { tempDir } from '../support/temp-dir.ts'
import { raw } from '../unit/servers/support/encode-reply.ts'
import { startScriptedServer, unusedPort } from '../unit/servers/support/scripted-server.ts'

test('a server that is added is asked, and shown with its backups', async () => {
  const agent = await startAgent()
  const core = await startCore({ serverTimings: still })
  const before = Date.now() * 1000
  const server = await add(core, agent.server.port, { name: 'graph' })
  expect(server).toEqual({
    serverId: 1,
    name: 'graph',
    host: '127.0.0.1',
    port: agent.server.port,
    userName: null,
    isTls: false,
    isDemo: false,
    state: 'ready',
    error: null,
    capabilities,
    jobId: null,
    product: 'Lifeboat 9.8.7',
    status: {
      timeline: 'a1',
      lastSequence: 99,
      archivedSequence: 98,
      archiveLagUs: 5,
      recoverableFromUs: CREATED_US,
      recoverableToUs: CREATED_US + 100,
      job: null,
      progress: null,
    },
    backupCount: 2,
    newestBackupAtUs: CREATED_US + 2,
    sourceId: null,
    checkedAtUs: expect.any(Number),
  } satisfies Server)
  expect(server.checkedAtUs).toBeGreaterThanOrEqual(before)
  expect(await core.client.servers.list()).toEqual([server])
  const listed = (id: number, more: object) => ({
    id: String(id),
    isCertain: true,
    state: 'complete',
    createdAtUs: CREATED_US + id,
    firstSequence: id * 10,
    lastSequence: id * 10 + 9,
    sizeBytes: id * 1000,
    fileCount: 3,
    baseId: null,
    verifiedAtUs: null,
    otherFields: [],
    ...more,
  })
  expect(await core.client.servers.backups({ serverId: 1 })).toEqual({
    backups: [listed(2, { kind: 'incremental', label: null }), listed(1, { kind: 'full', label: 'first' })],
    readAtUs: expect.any(Number),
    warnings: [],
    rawReply: null,
  })
})

test('the same address and user is the same server', async () => {
  const agent = await startAgent()
  const core = await startCore({ serverTimings: still })
  const first = await add(core, agent.server.port)
  const second = await add(core, agent.server.port, { name: 'again' })
  expect([first.name, second.serverId, second.name]).toEqual([
    `127.0.0.1:${agent.server.port}`,
    first.serverId,
    'again',
  ])
  expect(await core.client.servers.list()).toHaveLength(1)
})

test('nobody is asked before somebody wants to know of servers', async () => {
  const agent = await startAgent()
  const dataFolder = tempDir()
  const first = await startCore({ dataFolder, serverTimings: still })
  await add(first, agent.server.port)
  await first.close()
  const asked = agent.server.commands.length
  const second = await startCore({ dataFolder, serverTimings: fast })
  await second.client.jobs.list({ limit: 1 })
  expect(agent.server.commands).toHaveLength(asked)
  await second.client.servers.list()
  await eventually(() => agent.server.commands.length).toBeGreaterThan(asked)
})

test('a server is asked one thing at a time, again and again while it is watched, and never after the end', async () => {
  const agent = await startAgent()
  let waiting = 0
  let waitingMost = 0
  agent.intercept = (command, peer) => {
    if (command[0] !== 'ADMIN.BACKUP' || peer.isHeld) return false
    waiting += 1
    waitingMost = Math.max(waitingMost, waiting)
    setImmediate(() => {
      waiting -= 1
      agent.answer(command, { ...peer, isHeld: true })
    })
    return true
  }
  const core = await startCore({ serverTimings: fast })
  const leave = new AbortController()
  const { serverId } = await add(core, agent.server.port)
  const events = await core.client.servers.watch(undefined, { signal: leave.signal })
  await events.next()
  await Promise.all([1, 2, 3].map(() => core.client.servers.refresh({ serverId })))
  await eventually(() => agent.server.countOf('ADMIN.BACKUP', 'STATUS')).toBeGreaterThan(5)
  expect(agent.server.countOf('ADMIN.BACKUP', 'LIST')).toBeGreaterThan(1)
  expect(waitingMost).toBe(1)
  leave.abort()
  await core.close()
  // what was under way has arrived by then
  await aWhile()
  const asked = agent.server.commands.length
  await aWhile()
  expect(agent.server.commands).toHaveLength(asked)
})

test('whoever begins to watch sees servers asked at once', async () => {
  const agent = await startAgent()
  const core = await startCore({ serverTimings: { ...still, watchedMs: 20 } })
  await add(core, agent.server.port)
  const asked = agent.server.countOf('ADMIN.BACKUP', 'STATUS')
  await aWhile()
  expect(agent.server.countOf('ADMIN.BACKUP', 'STATUS')).toBe(asked)
  const leave = new AbortController()
  await (await core.client.servers.watch(undefined, { signal: leave.signal })).next()
  await eventually(() => agent.server.countOf('ADMIN.BACKUP', 'STATUS')).toBeGreaterThan(asked + 3)
  leave.abort()
})

test('watching tells of servers that are added, change and are forgotten', async () => {
  const agent = await startAgent()
  const core = await startCore({ serverTimings: fast })
  const leave = new AbortController()
  const events = await core.client.servers.watch(undefined, { signal: leave.signal })
  const seen: ServerEvent[] = []
  const reading = (async () => {
    for await (const event of events) seen.push(event)
  })().catch(() => {})
  await eventually(() => seen).toEqual([{ type: 'snapshot', servers: [] }])
  const { serverId } = await add(core, agent.server.port)
  const changed = () => seen.flatMap((event) => (event.type === 'changed' ? [event.server] : []))
  await eventually(() => changed().at(-1)?.backupCount).toBe(2)
  agent.backups.pop()
  await eventually(() => changed().at(-1)?.backupCount).toBe(1)
  await core.client.servers.forget({ serverId })
  await eventually(() => seen.at(-1)).toEqual({ type: 'forgotten', serverId })
  leave.abort()
  await reading
})

test('a server that cannot be reached is kept, and asked until it comes back', async () => {
  const agent = await startAgent()
  const door = await startDoor(agent.server.port)
  const core = await startCore({ serverTimings: fast })
  const known = await add(core, door.port)
  await door.shut()
  await eventually(async () => (await serverOf(core))?.state).toBe('unreachable')
  const gone = await serverOf(core)
  expect(gone).toEqual({
    ...known,
    state: 'unreachable',
    error: expect.objectContaining({ code: 'SERVER_UNREACHABLE', subject: `127.0.0.1:${door.port}` }),
    checkedAtUs: expect.any(Number),
  })
  const list = await core.client.servers.backups({ serverId: known.serverId })
  expect([list.backups.map(({ id }) => id), (list.readAtUs ?? 0) <= (gone?.checkedAtUs ?? 0)]).toEqual([
    ['2', '1'],
    true,
  ])
  await door.open()
  await eventually(async () => (await serverOf(core))?.state).toBe('ready')
  expect((await serverOf(core))?.error).toBe(null)
})

test('one that was never reached is in the list with the reason', async () => {
  const port = await unusedPort()
  const core = await startCore({ serverTimings: still })
  const server = await add(core, port)
  expect([server.state, server.error?.message, server.checkedAtUs]).toEqual([
    'unreachable',
    'the server cannot be reached (nothing listens there)',
    null,
  ])
})

test('a server without the command is told from one that cannot be reached', async () => {
  const { port } = await startScriptedServer(([name], peer) =>
    peer.send(
      name === 'PING'
        ? '+PONG\r\n'
        : name === 'INFO'
          ? raw('redis_version:8.0.0\r\n')
          : error(`ERR unknown command '${name}'`),
    ),
  )
  const core = await startCore({ serverTimings: still })
  const { state, product, capabilities: known, error: reason } = await add(core, port)
  expect({ state, product, known, code: reason?.code }).toEqual({
    state: 'without-backup',
    product: 'Redis 8.0.0',
    known: { create: false, kindsAndLabels: false, verify: false, verifyLevels: false, prune: false },
    code: 'SERVER_LACKS_COMMAND',
  })
})

test('a wrong password is refused, not sent again by itself, and the right one is taken', async () => {
  const agent = await startAgent()
  agent.password = 'right'
  const core = await startCore({ serverTimings: fast })
  const { serverId, state, error: refusal } = await add(core, agent.server.port, { userName: 'ann', password: 'wrong' })
  expect([state, refusal?.code]).toEqual(['refused', 'SERVER_REFUSED'])
  const tries = agent.server.countOf('AUTH')
  const leave = new AbortController()
  await (await core.client.servers.watch(undefined, { signal: leave.signal })).next()
  leave.abort()
  await aWhile()
  expect(agent.server.countOf('AUTH')).toBe(tries)
  const loggedIn = await core.client.servers.logIn({ serverId, password: 'right' })
  expect([loggedIn.state, loggedIn.error, loggedIn.backupCount]).toEqual(['ready', null, 2])
  expect(agent.server.countOf('AUTH', 'ann', 'right')).toBeGreaterThan(0)
})

test('after a start servers are shown as they were last known, and a password is asked for before anything is sent', async () => {
  const agent = await startAgent()
  const open = await startAgent()
  agent.password = 'secret-word'
  const dataFolder = tempDir()
  const first = await startCore({ dataFolder, serverTimings: still })
  const locked = await add(first, agent.server.port, { password: 'secret-word' })
  const free = await add(first, open.server.port)
  const job = await ended(
    first,
    first.client.servers.create({ serverId: locked.serverId, kind: 'full', label: 'night' }),
  )
  expect(job.state).toBe('succeeded')
  await first.client.servers.refresh({ serverId: locked.serverId })
  await first.close()
  const sentBefore = agent.server.commands.length

  const second = await startCore({ dataFolder, serverTimings: still })
  const servers = await second.client.servers.list()
  expect(servers.map(({ name, state, product, backupCount }) => ({ name, state, product, backupCount }))).toEqual([
    { name: locked.name, state: 'connecting', product: 'Lifeboat 9.8.7', backupCount: 3 },
    { name: free.name, state: 'connecting', product: 'Lifeboat 9.8.7', backupCount: 2 },
  ])
  await expect
    .poll(async () => (await second.client.servers.list()).map(({ state }) => state))
    .toEqual(['refused', 'ready'])
  const asked = (await second.client.servers.list())[0]
  expect([asked?.error?.code, asked?.error?.nextStep]).toEqual([
    'SERVER_REFUSED',
    'Give the password again: Lifeboat keeps it in memory only.',
  ])
  const { backups } = await second.client.servers.backups({ serverId: locked.serverId })
  expect(backups.map(({ id }) => id)).toEqual(['3', '2', '1'])
  expect(agent.server.commands).toHaveLength(sentBefore)
  expect(
    await errorOf(second.client.servers.create({ serverId: locked.serverId, kind: 'full', label: null })),
  ).toMatchObject({
    code: 'SERVER_REFUSED',
  })
  expect((await second.client.servers.logIn({ serverId: locked.serverId, password: 'secret-word' })).state).toBe(
    'ready',
  )
  await second.close()
  for (const name of readdirSync(dataFolder)) {
    expect(readFileSync(join(dataFolder, name)).includes('secret-word')).toBe(false)
  }
})
