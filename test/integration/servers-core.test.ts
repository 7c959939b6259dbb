// Goal: a server that was added is shown as it is, and nothing that changes it is sent twice or without a trace. Method: a core
// whose servers are scripted ones behind real sockets.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Server, ServerEvent } from '#contract'
import { ended, errorOf, startCore } from '../support/core-under-test.ts'
import { eventually } from '../support/eventually.ts'
import { CREATED_US, error, startAgent, startDoor } from '../support/scripted-agent.ts'
import { tempDir } from '../support/temp-dir.ts'
import { raw } from '../unit/servers/support/encode-reply.ts'
import { startScriptedServer, unusedPort } from '../unit/servers/support/scripted-server.ts'
import { testCertificates } from '../unit/servers/support/test-certificates.ts'

type Core = Awaited<ReturnType<typeof startCore>>

const fast = {
  watchedMs: 20,
  unwatchedMs: 50,
  listMs: 50,
  retryFirstMs: 20,
  retryMaxMs: 50,
  settleFirstMs: 10,
  settleMaxMs: 20,
  settleIdleMs: 300,
  settleTotalMs: 5000,
}
/** asked once and then not for an hour: every further command is one that the test sees the reason of */
const still = { ...fast, watchedMs: 3_600_000, unwatchedMs: 3_600_000, listMs: 3_600_000 }

const place = (port: number) => ({ name: null, host: '127.0.0.1', port, userName: null, password: null, tls: null })

function add(core: Core, port: number, more: { name?: string; userName?: string; password?: string } = {}) {
  return core.client.servers.add({ ...place(port), ...more })
}

/** As long as another server is asked ten times. */
async function aWhile(): Promise<void> {
  const agent = await startAgent()
  const core = await startCore({ serverTimings: fast })
  await add(core, agent.server.port)
  await eventually(() => agent.server.countOf('ADMIN.BACKUP', 'STATUS')).toBeGreaterThan(10)
}

const serverOf = async (core: Core) => (await core.client.servers.list())[0]

const capabilities = { create: true, kindsAndLabels: true, verify: true, verifyLevels: true, prune: true }

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

test('a backup is made by one command, which is on record with its reply', async () => {
  const agent = await startAgent()
  const core = await startCore({ serverTimings: still })
  const { serverId, name } = await add(core, agent.server.port)
  const job = await ended(core, core.client.servers.create({ serverId, kind: 'full', label: 'before the release' }))
  expect([job.state, job.title, job.result]).toEqual([
    'succeeded',
    `Make a full backup on ${name}`,
    { kind: 'server-backup', serverId, id: '3', outcome: 'created', warnings: [] },
  ])
  const sent = agent.server.commands.filter((command) => command[1] === 'CREATE')
  expect(sent).toEqual([
    ['ADMIN.BACKUP', 'CREATE', 'FULL', 'LABEL', expect.stringMatching(/^before the release \[\w+\]$/)],
  ])
  expect(await core.client.servers.sentCommands({ serverId, limit: 10 })).toEqual([
    {
      serverId,
      serverName: name,
      address: `127.0.0.1:${agent.server.port}`,
      userName: null,
      command: `ADMIN.BACKUP CREATE FULL LABEL "${sent[0]?.[4]}"`,
      sentAtUs: expect.any(Number),
      outcome: 'done',
      finishedAtUs: expect.any(Number),
      reply: '3\nThe new backup has the label of this request.',
    },
  ])
  await eventually(async () => (await serverOf(core))?.backupCount).toBe(3)
})

test('a backup whose reply was lost is found in the list later, and the command is not sent again', async () => {
  const agent = await startAgent()
  let lists = 0
  let makeLater: (() => number) | null = null
  agent.onCreate = (peer, make) => {
    makeLater = make
    agent.status = { job: 'full backup', progress: 0.25 }
    peer.reset()
  }
  agent.intercept = (command) => {
    if (command[1] === 'LIST' && makeLater !== null) {
      lists += 1
      if (lists === 4) {
        makeLater()
        makeLater = null
        agent.status = { job: null, progress: null }
      }
    }
    return false
  }
  const core = await startCore({ serverTimings: fast })
  const { serverId } = await add(core, agent.server.port)
  const job = await ended(core, core.client.servers.create({ serverId, kind: 'incremental', label: null }))
  expect(job.result).toEqual({ kind: 'server-backup', serverId, id: '3', outcome: 'created', warnings: [] })
  expect(agent.server.countOf('ADMIN.BACKUP', 'CREATE')).toBe(1)
  expect((await core.client.servers.sentCommands({ serverId: null, limit: 10 })).map(({ outcome }) => outcome)).toEqual(
    ['done'],
  )
})

test('a backup that never shows up in the list has an unknown outcome', async () => {
  const agent = await startAgent()
  agent.onCreate = (peer) => peer.reset()
  const core = await startCore({ serverTimings: fast })
  const { serverId } = await add(core, agent.server.port)
  const job = await ended(core, core.client.servers.create({ serverId, kind: 'full', label: null }))
  expect([job.state, job.error]).toEqual(['succeeded', null])
  expect(job.result).toEqual({
    kind: 'server-backup',
    serverId,
    id: null,
    outcome: 'unknown',
    warnings: [
      expect.stringContaining('It is not known whether the server did it'),
      'LIST shows no new backup: it did not begin, or still runs.',
      'Look at the list of the server before trying again: the command was sent once and is not sent again.',
    ],
  })
  expect(agent.server.countOf('ADMIN.BACKUP', 'CREATE')).toBe(1)
  expect((await core.client.servers.sentCommands({ serverId, limit: 10 })).map(({ outcome }) => outcome)).toEqual([
    'unknown',
  ])
})

test("the server's refusal is the reason why the job failed", async () => {
  const agent = await startAgent()
  agent.onCreate = (peer) => peer.send(error('NOSPACE 3 GiB needed, 1 GiB free'))
  const core = await startCore({ serverTimings: still })
  const { serverId } = await add(core, agent.server.port)
  const job = await ended(core, core.client.servers.create({ serverId, kind: 'full', label: null }))
  expect([job.state, job.error?.code, job.result]).toEqual(['failed', 'DISK_FULL', null])
  const [sent] = await core.client.servers.sentCommands({ serverId, limit: 1 })
  expect([sent?.outcome, sent?.reply]).toEqual(['failed', expect.stringContaining('NOSPACE 3 GiB needed, 1 GiB free')])
})

test('a backup that the server lists as broken is no success', async () => {
  const agent = await startAgent()
  agent.onCreate = (peer, make) => {
    const id = make()
    agent.backups = agent.backups.map((backup) => (backup.id === id ? { ...backup, state: 'failed' } : backup))
    peer.send(raw(id))
  }
  const core = await startCore({ serverTimings: still })
  const { serverId } = await add(core, agent.server.port)
  const job = await ended(core, core.client.servers.create({ serverId, kind: 'full', label: null }))
  expect(job.result).toMatchObject({
    id: '3',
    outcome: 'failed',
    warnings: ['The server lists the backup as "failed".'],
  })
})

test("while a backup is made its progress is the server's, nothing else is sent, and cancelling says that the server goes on", async () => {
  const agent = await startAgent()
  let finish: (() => void) | null = null
  agent.onCreate = (peer, make) => {
    agent.status = { job: 'full backup', progress: 0.4 }
    finish = () => peer.send(raw(make()))
  }
  const core = await startCore({ serverTimings: fast })
  const { serverId, name } = await add(core, agent.server.port)
  const { jobId } = await core.client.servers.create({ serverId, kind: 'full', label: null })
  await expect
    .poll(async () => (await core.client.jobs.get({ jobId })).progress)
    .toEqual({
      phase: 'full backup',
      doneBytes: 0,
      totalBytes: null,
      doneCount: 40,
      totalCount: 100,
      currentFile: null,
    })
  expect((await serverOf(core))?.jobId).toBe(jobId)
  const busy = { code: 'SERVER_BUSY', message: 'Lifeboat waits for this server, which is making a backup' }
  expect(await errorOf(core.client.servers.create({ serverId, kind: 'full', label: null }))).toMatchObject(busy)
  expect(await errorOf(core.client.servers.prunePreview({ serverId }))).toMatchObject(busy)
  // answered with what is known: the list would wait for the backup
  expect((await core.client.servers.backups({ serverId })).backups).toHaveLength(2)
  await core.client.jobs.cancel({ jobId })
  const job = await core.jobFinished(jobId)
  expect([job.state, job.error, job.result]).toEqual([
    'stopped',
    null,
    {
      kind: 'server-backup',
      serverId,
      id: null,
      outcome: 'unknown',
      warnings: ['The server was not stopped: it goes on making the backup, and will list it when it is done.'],
    },
  ])
  expect((await serverOf(core))?.jobId).toBe(jobId)
  finish!()
  await eventually(async () => (await serverOf(core))?.jobId).toBe(null)
  await eventually(async () => (await serverOf(core))?.backupCount).toBe(3)
  const sent = await core.client.servers.sentCommands({ serverId, limit: 10 })
  expect(sent.map(({ serverName, outcome }) => [serverName, outcome])).toEqual([[name, 'done']])
})

test('a server that does not answer while it makes a backup is unreachable, and ready when it answers again', async () => {
  const agent = await startAgent()
  let finish: (() => void) | null = null
  let isDeaf = false
  agent.onCreate = (peer, make) => {
    finish = () => peer.send(raw(make()))
    isDeaf = true
  }
  agent.intercept = (command, peer) => {
    if (isDeaf && command[1] === 'STATUS') peer.reset()
    return isDeaf && command[1] === 'STATUS'
  }
  const core = await startCore({ serverTimings: fast })
  const { serverId } = await add(core, agent.server.port)
  const { jobId } = await core.client.servers.create({ serverId, kind: 'full', label: null })
  const shown = async () => {
    const server = await serverOf(core)
    return [server?.state, server?.error?.code, server?.jobId]
  }
  await eventually(shown).toEqual(['unreachable', 'SERVER_UNREACHABLE', jobId])
  isDeaf = false
  await eventually(shown).toEqual(['ready', undefined, jobId])
  finish!()
  expect((await core.jobFinished(jobId)).result).toMatchObject({ outcome: 'created', id: '3' })
})

test('a core that ends while a backup is made leaves job and command with an unknown outcome', async () => {
  const agent = await startAgent()
  let isAsked = false
  agent.onCreate = () => {
    isAsked = true
  }
  const dataFolder = tempDir()
  const first = await startCore({ dataFolder, serverTimings: fast })
  const { serverId } = await add(first, agent.server.port)
  const { jobId } = await first.client.servers.create({ serverId, kind: 'full', label: null })
  await eventually(() => isAsked).toBe(true)
  await first.close()
  const second = await startCore({ dataFolder, serverTimings: still })
  const job = await second.client.jobs.get({ jobId })
  expect([job.state, job.result]).toMatchObject(['succeeded', { kind: 'server-backup', id: null, outcome: 'unknown' }])
  const [sent] = await second.client.servers.sentCommands({ serverId, limit: 10 })
  expect([sent?.outcome, sent?.reply]).toEqual(['unknown', 'Lifeboat was closed before the reply came.'])
  expect(agent.server.countOf('ADMIN.BACKUP', 'CREATE')).toBe(1)
})

/** A server of somebody else's that makes backups in the background. */
async function startForeign() {
  const ids = [5]
  const server = await startScriptedServer((command, peer) => {
    const [name, subcommand] = command
    if (name === 'PING') peer.send('+PONG\r\n')
    else if (name === 'INFO') peer.send(raw('samyama_version:1.11.0\r\n'))
    else if (subcommand === 'LIST') {
      peer.send(raw(ids.map((id) => ({ id, type: 'full', note: 'kept' }))))
      // done when it was asked for the second time after the command
      if (server.countOf('ADMIN.BACKUP', 'CREATE') > 0 && !ids.includes(6)) ids.unshift(6)
    } else peer.send('+Background backup started\r\n')
  })
  return server
}

test('a server of another make is asked for no more than it is known to take', async () => {
  const foreign = await startForeign()
  const core = await startCore({ serverTimings: { ...fast, settleIdleMs: 5000 } })
  const { serverId, product, capabilities: known, status } = await add(core, foreign.port)
  expect({ product, known, status }).toEqual({
    product: 'Samyama 1.11.0',
    known: { create: true, kindsAndLabels: false, verify: true, verifyLevels: false, prune: false },
    status: null,
  })
  const { backups } = await core.client.servers.backups({ serverId })
  expect(backups).toEqual([
    {
      ...{ id: '5', isCertain: true, kind: 'full', state: null, createdAtUs: null, firstSequence: null },
      ...{ lastSequence: null, sizeBytes: null, fileCount: null, baseId: null, label: null, verifiedAtUs: null },
      otherFields: [{ name: 'note', text: 'kept' }],
    },
  ])
  const refused = await ended(core, core.client.servers.create({ serverId, kind: 'full', label: null }))
  expect([refused.error?.code, foreign.countOf('ADMIN.BACKUP', 'CREATE')]).toEqual(['SERVER_LACKS_COMMAND', 0])
  const made = await ended(core, core.client.servers.create({ serverId, kind: null, label: null }))
  expect(made.result).toEqual({
    kind: 'server-backup',
    serverId,
    id: '6',
    outcome: 'created',
    warnings: ['The server makes it in the background.'],
  })
  const sent = await core.client.servers.sentCommands({ serverId, limit: 10 })
  expect(sent.map(({ command, outcome, reply }) => [command, outcome, reply?.split('\n').at(-1)])).toEqual([
    ['ADMIN.BACKUP CREATE', 'done', 'The server makes it in the background.'],
    ['ADMIN.BACKUP CREATE FULL', 'failed', 'Nothing was sent.'],
  ])
  expect(foreign.commands.map((command) => command.slice(0, 2).join(' '))).not.toContain('ADMIN.BACKUP STATUS')
})

test('TLS is spoken with the authority that was given, and without it nothing is sent', async () => {
  const { authority, server: cert, serverKey: key } = testCertificates
  const secure = await startScriptedServer((_command, peer) => peer.send('+PONG\r\n'), { cert, key })
  const core = await startCore({ serverTimings: still })
  const order = { ...place(secure.port), password: 'word' }
  const strange = await core.client.servers.add({ ...order, tls: { caPem: null } })
  expect([strange.state, strange.isTls, strange.error?.message]).toEqual([
    'unreachable',
    true,
    expect.stringContaining("the server's certificate is not trusted"),
  ])
  expect(secure.commands).toEqual([])
  await core.client.servers.add({ ...order, tls: { caPem: authority } })
  expect(secure.commands[0]).toEqual(['AUTH', 'word'])
})

const report = (more: object) =>
  raw({ id: 2, level: 'deep', result: 'passed', bytes: 1, files: 1, duration_us: 1, problems: [], ...more })

test.each([
  ['a clear verdict', report({}), { outcome: 'passed', problems: [], warnings: [] }],
  [
    'problems',
    report({ result: 'failed', problems: ['4.sst: checksum'] }),
    { outcome: 'failed', problems: ['4.sst: checksum'], warnings: [] },
  ],
  ['words that say nothing', raw('it was quite something'), { outcome: 'not-understood', problems: [] }],
  ['the verdict of another backup', report({ id: 1 }), { outcome: 'not-understood' }],
])('a verification by the server that answers %s is shown as just that', async (_what, reply, expected) => {
  const agent = await startAgent()
  agent.onVerify = (peer) => peer.send(reply)
  const core = await startCore({ serverTimings: still })
  const { serverId } = await add(core, agent.server.port)
  const job = await ended(core, core.client.servers.verify({ serverId, id: '2', level: 'deep' }))
  expect(job.state).toBe('succeeded')
  expect(job.result).toMatchObject({ kind: 'server-verify', serverId, id: '2', ...expected })
  const rawReply = job.result?.kind === 'server-verify' ? job.result.rawReply : null
  const [sent] = await core.client.servers.sentCommands({ serverId, limit: 1 })
  expect([sent?.command, sent?.outcome, sent?.reply]).toEqual(['ADMIN.BACKUP VERIFY 2 LEVEL deep', 'done', rawReply])
})

test('a backup that the server does not list is not verified', async () => {
  const agent = await startAgent()
  const core = await startCore({ serverTimings: still })
  const { serverId } = await add(core, agent.server.port)
  const job = await ended(core, core.client.servers.verify({ serverId, id: '77', level: null }))
  expect([job.state, job.error?.code, agent.server.countOf('ADMIN.BACKUP', 'VERIFY')]).toEqual([
    'failed',
    'BACKUP_NOT_FOUND',
    0,
  ])
})

test('retention removes what was looked at, and nothing when it would be something else', async () => {
  const agent = await startAgent()
  agent.pruned = [{ id: 1, rule: 'maxcount' }]
  const core = await startCore({ serverTimings: still })
  const { serverId, name } = await add(core, agent.server.port)
  const { pruned } = await core.client.servers.prunePreview({ serverId })
  expect(pruned).toEqual([{ id: '1', rule: 'maxcount' }])
  agent.pruned = [{ id: 2, rule: 'maxage' }]
  const refusal = await errorOf(core.client.servers.prune({ serverId, expectedIds: ['1'] }))
  expect(refusal).toMatchObject({
    code: 'SOURCE_CHANGED',
    message: 'retention would take something else by now: it would also remove 2; it would not remove 1',
  })
  expect(
    agent.server.commands.filter((command) => command[1] === 'PRUNE').every((command) => command[2] === 'DRYRUN'),
  ).toBe(true)
  expect(await core.client.servers.sentCommands({ serverId, limit: 10 })).toEqual([])
  expect(await core.client.servers.prune({ serverId, expectedIds: ['2'] })).toEqual({
    pruned: [{ id: '2', rule: 'maxage' }],
  })
  expect(agent.backups.map(({ id }) => id)).toEqual([1])
  const sent = await core.client.servers.sentCommands({ serverId, limit: 10 })
  expect(sent.map(({ serverName, command, outcome }) => [serverName, command, outcome])).toEqual([
    [name, 'ADMIN.BACKUP PRUNE', 'done'],
  ])
  await eventually(async () => (await serverOf(core))?.backupCount).toBe(1)
})

test('a lost reply to a removal that the list does not show is an unknown outcome', async () => {
  const agent = await startAgent()
  agent.pruned = [{ id: 1, rule: 'maxcount' }]
  agent.onPrune = (peer) => peer.reset()
  const core = await startCore({ serverTimings: still })
  const { serverId } = await add(core, agent.server.port)
  const refusal = await errorOf(core.client.servers.prune({ serverId, expectedIds: ['1'] }))
  expect(refusal.code).toBe('OUTCOME_UNKNOWN')
  const [sent] = await core.client.servers.sentCommands({ serverId, limit: 1 })
  expect(sent?.outcome).toBe('unknown')
})

test('a preview that is not understood is not acted on', async () => {
  const agent = await startAgent()
  const core = await startCore({ serverTimings: still })
  const { serverId } = await add(core, agent.server.port)
  agent.intercept = (command, peer) => {
    if (command[1] !== 'PRUNE') return false
    peer.send(raw('two of them'))
    return true
  }
  expect(await errorOf(core.client.servers.prunePreview({ serverId }))).toMatchObject({
    code: 'REPLY_NOT_UNDERSTOOD',
    details: expect.stringContaining('two of them'),
  })
})

test('forgetting a server sends it nothing, and keeps what was sent to it', async () => {
  const agent = await startAgent()
  const dataFolder = tempDir()
  const core = await startCore({ dataFolder, serverTimings: fast })
  const { serverId } = await add(core, agent.server.port)
  await ended(core, core.client.servers.create({ serverId, kind: null, label: null }))
  await core.client.servers.forget({ serverId })
  // what was under way has arrived by then
  await aWhile()
  const asked = agent.server.commands.length
  await aWhile()
  expect(agent.server.commands).toHaveLength(asked)
  expect(await core.client.servers.list()).toEqual([])
  expect(await errorOf(core.client.servers.refresh({ serverId }))).toMatchObject({ code: 'SERVER_NOT_FOUND' })
  expect(await core.client.servers.sentCommands({ serverId, limit: 10 })).toHaveLength(1)
  await core.close()
  const again = await startCore({ dataFolder, serverTimings: still })
  expect(await again.client.servers.list()).toEqual([])
  expect(await again.client.servers.sentCommands({ serverId: null, limit: 10 })).toHaveLength(1)
})

test('authorities that are no certificates are refused before anything is noted', async () => {
  const core = await startCore({ serverTimings: still })
  const order = { ...place(await unusedPort()), tls: { caPem: 'no certificate' } }
  expect(await errorOf(core.client.servers.add(order))).toMatchObject({ code: 'BAD_REQUEST' })
  expect(await core.client.servers.list()).toEqual([])
})

test('a list that is not understood is shown as it came, and what is known stays', async () => {
  const agent = await startAgent()
  const core = await startCore({ serverTimings: still })
  const { serverId } = await add(core, agent.server.port)
  agent.intercept = (command, peer) => {
    if (command[1] !== 'LIST') return false
    peer.send(raw(':-)'))
    return true
  }
  const list = await core.client.servers.backups({ serverId })
  expect([list.backups, list.rawReply]).toEqual([[], ':-)'])
  expect((await serverOf(core))?.backupCount).toBe(2)
})
