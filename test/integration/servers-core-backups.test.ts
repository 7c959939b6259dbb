import { expect, test } from 'vitest'
import { ended, errorOf, startCore } from '../support/core-under-test.ts'
import { eventually } from '../support/eventually.ts'
import { error, startAgent } from '../support/scripted-agent.ts'
import { add, fast, serverOf, still } from '../support/server-core.ts'
import { tempDir } from '../support/temp-dir.ts'
import { raw } from '../unit/servers/support/encode-reply.ts'
import { startScriptedServer } from '../unit/servers/support/scripted-server.ts'

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
