// Goal: servers and what was sent to them are kept as they are, and what ends with a process is gone with it.
import { expect, test } from 'vitest'
import { beat } from '../../../src-main/catalog/jobs.ts'
import { addSentCommand, sentCommandsNewest, settleSentCommand } from '../../../src-main/catalog/sent-commands.ts'
import {
  forgetEndedDemos,
  forgetServer,
  keepServerFacts,
  type NewServer,
  noteServer,
  serverBackupList,
  serverFacts,
  serversAdded,
  setServerSource,
} from '../../../src-main/catalog/servers.ts'
import { noteSource } from '../../../src-main/catalog/sources.ts'
import { newCatalog } from '../../support/catalog-rows.ts'

const graph: NewServer = {
  name: 'graph',
  host: 'db.example',
  port: 6390,
  userName: null,
  needsPassword: true,
  isTls: true,
  caPem: 'pem',
  demoInstanceId: null,
  addedAtUs: 1,
}

test('a server is one by host, port and user, and keeps its id and what is known of it', () => {
  const database = newCatalog()
  const first = noteServer(database, graph)
  const { addedAtUs: _addedAtUs, ...kept } = graph
  expect(first).toEqual({ ...kept, serverId: 1, sourceId: null })
  const facts = { product: 'Lifeboat 1', status: null, backupCount: 2, newestBackupAtUs: 3, checkedAtUs: 4 }
  const list = { backups: [], readAtUs: 4, warnings: ['few'], rawReply: null }
  keepServerFacts(database, first.serverId, facts, list)
  const again = noteServer(database, { ...graph, name: 'other name', isTls: false, caPem: null })
  const ann = noteServer(database, { ...graph, userName: 'ann' })
  expect(serversAdded(database)).toEqual([again, ann])
  expect([again.serverId, again.name, again.isTls, ann.serverId > again.serverId]).toEqual([
    1,
    'other name',
    false,
    true,
  ])
  keepServerFacts(database, first.serverId, { ...facts, backupCount: 5 }, null)
  expect(serverFacts(database, 1)).toEqual({ ...facts, backupCount: 5 })
  expect(serverBackupList(database, 1)).toEqual(list)
  const nothing = { product: null, status: null, backupCount: null, newestBackupAtUs: null, checkedAtUs: null }
  expect([serverFacts(database, ann.serverId), serverBackupList(database, ann.serverId)]).toEqual([nothing, null])
})

test('the id of a forgotten server is not given again', () => {
  const database = newCatalog()
  forgetServer(database, noteServer(database, graph).serverId)
  expect([serversAdded(database), noteServer(database, graph).serverId]).toEqual([[], 2])
})

test('a server keeps which source its repository is', () => {
  const database = newCatalog()
  const { serverId } = noteServer(database, graph)
  setServerSource(database, serverId, noteSource(database, { path: '/srv/r', name: 'r', nowUs: 1 }))
  expect(serversAdded(database)[0]?.sourceId).toBe(1)
})

test('the sandbox of a demo is gone with its process', () => {
  const database = newCatalog()
  beat(database, { instanceId: 'alive', processId: 1, nowUs: 1 })
  const demo = (port: number, demoInstanceId: string | null) => noteServer(database, { ...graph, port, demoInstanceId })
  const [alive, , none] = [demo(1, 'alive'), demo(2, 'dead'), demo(3, null)]
  forgetEndedDemos(database)
  expect(serversAdded(database)).toEqual([alive, none])
})

test('what was sent outlives its server and is told newest first', () => {
  const database = newCatalog()
  const { serverId } = noteServer(database, graph)
  const sent = { serverId, serverName: 'graph', address: 'db.example:6390', userName: null, command: 'A', sentAtUs: 10 }
  const first = addSentCommand(database, sent)
  addSentCommand(database, { ...sent, serverId: 99, sentAtUs: 11 })
  settleSentCommand(database, first, { outcome: 'unknown', finishedAtUs: 12, reply: null, command: 'A' })
  settleSentCommand(database, first, { outcome: 'done', finishedAtUs: 13, reply: 'OK', command: 'A B' })
  forgetServer(database, serverId)
  const settled = { ...sent, command: 'A B', outcome: 'done', finishedAtUs: 13, reply: 'OK' }
  const open = { ...sent, serverId: 99, sentAtUs: 11, outcome: 'sent', finishedAtUs: null, reply: null }
  expect(sentCommandsNewest(database, serverId, 10)).toEqual([settled])
  expect(sentCommandsNewest(database, null, 10)).toEqual([open, settled])
  expect(sentCommandsNewest(database, null, 1)).toEqual([open])
})
