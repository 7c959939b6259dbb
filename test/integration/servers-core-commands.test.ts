import { expect, test } from 'vitest'
import { ended, errorOf, startCore } from '../support/core-under-test.ts'
import { eventually } from '../support/eventually.ts'
import { startAgent } from '../support/scripted-agent.ts'
import { add, aWhile, fast, place, serverOf, still } from '../support/server-core.ts'
import { tempDir } from '../support/temp-dir.ts'
import { raw } from '../unit/servers/support/encode-reply.ts'
import { startScriptedServer, unusedPort } from '../unit/servers/support/scripted-server.ts'
import { testCertificates } from '../unit/servers/support/test-certificates.ts'

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
