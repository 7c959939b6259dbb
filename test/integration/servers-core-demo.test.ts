// Goal: the demo is one sandbox, added and opened, that ends with the core. Method: a scripted process in the sandbox's place.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { beat, endInstance } from '../../src-main/catalog/jobs.ts'
import { openCatalog } from '../../src-main/catalog/open.ts'
import { type CoreOptions, createCore } from '../../src-main/core/create-core.ts'
import { makeDemoFolder } from '../../src-main/core/demo-folder.ts'
import { ended, errorOf, startCore } from '../support/core-under-test.ts'
import { eventually } from '../support/eventually.ts'
import { copyFixture } from '../support/fixtures.ts'
import { startAgent } from '../support/scripted-agent.ts'
import { tempDir } from '../support/temp-dir.ts'

const script = join(import.meta.dirname, '..', 'support', 'scripted-sandbox.mjs')
const fast = { watchedMs: 20, unwatchedMs: 20, listMs: 50, retryFirstMs: 20, retryMaxMs: 50 }

type Ending = 'ready' | 'waits' | 'dies' | 'deaf'

/** Sandboxes by script: which were started, with which arguments. */
async function scriptedSandboxes(ending: Ending = 'ready') {
  const agent = await startAgent()
  const backups = copyFixture('backup_v1')
  const children: ChildProcess[] = []
  const started: string[][] = []
  const options = {
    dataFolder: tempDir(),
    serverTimings: fast,
    spawnSandbox: (args: readonly string[]) => {
      started.push([...args])
      const child = spawn(process.execPath, [script, String(agent.server.port), backups, ending, ...args])
      children.push(child)
      onTestFinished(() => void child.kill('SIGKILL'))
      return child
    },
  } satisfies Partial<CoreOptions>
  const hasEnded = (child: ChildProcess | undefined) =>
    child !== undefined && (child.exitCode !== null || child.signalCode !== null)
  return { agent, children, started, options, hasEnded }
}

test('the demo is a sandbox of its own, added as a server and opened as a source', async () => {
  const { agent, started, options } = await scriptedSandboxes()
  let listCount = 0
  agent.intercept = (command) => {
    // the backups of a demo are made after it was added
    if (command[1] === 'LIST') listCount += 1
    if (listCount > 2) agent.backups = [{ id: 3, kind: 'incremental', state: 'ok', label: null }]
    return false
  }
  const never = { watchedMs: 3_600_000, unwatchedMs: 3_600_000, listMs: 3_600_000 }
  const core = await startCore({ ...options, serverTimings: never })
  const job = await ended(core, core.client.servers.startDemo())
  expect([job.kind, job.state, job.error]).toEqual(['demo', 'succeeded', null])
  const folder = join(options.dataFolder, 'demo')
  const [data, repository] = [join(folder, 'data'), join(folder, 'repository')]
  expect(started).toEqual([
    [
      '--data-folder',
      join(folder, 'own'),
      '--json',
      'sandbox',
      '--demo',
      '--end-with-input',
      '--data',
      data,
      '--repo',
      repository,
      '--listen',
      '127.0.0.1:0',
    ],
  ])
  const [server] = await core.client.servers.list()
  const [source] = await core.client.sources.list()
  expect(server).toMatchObject({
    name: 'Demo',
    isDemo: true,
    port: agent.server.port,
    sourceId: source?.sourceId,
    state: 'ready',
    backupCount: 1,
  })
  expect([source?.path, source?.state, source?.backupCount]).toEqual([repository, 'ready', 3])
  expect(job.result).toEqual({
    kind: 'demo',
    serverId: server?.serverId,
    sourceId: source?.sourceId,
    accidentAtUs: 123,
    lastGoodSequence: 45,
    fullId: 1,
    incrementIds: [2, 3],
  })
})

test('a demo that runs is not started twice, and one whose sandbox ended is made anew', async () => {
  const { children, options, hasEnded } = await scriptedSandboxes()
  const core = await startCore(options)
  const first = await core.client.servers.startDemo()
  expect(await core.client.servers.startDemo()).toEqual(first)
  await core.jobFinished(first.jobId)
  expect(await core.client.servers.startDemo()).toEqual(first)
  children[0]?.kill('SIGKILL')
  await eventually(() => hasEnded(children[0])).toBe(true)
  const stray = join(options.dataFolder, 'demo', 'repository', 'left-behind')
  writeFileSync(stray, '')
  await eventually(async () => (await core.client.servers.startDemo()).jobId).not.toBe(first.jobId)
  const second = await ended(core, core.client.servers.startDemo())
  expect([second.state, existsSync(stray), children.length]).toEqual(['succeeded', false, 2])
  expect((await core.client.servers.list()).map(({ isDemo }) => isDemo)).toEqual([true])
})

test('while the demo is prepared the job says what is done, and cancelling ends the sandbox', async () => {
  const { children, options, hasEnded } = await scriptedSandboxes('waits')
  const core = await startCore(options)
  const { jobId } = await core.client.servers.startDemo()
  await expect
    .poll(async () => (await core.client.jobs.get({ jobId })).progress)
    .toEqual({
      phase: 'Making data',
      doneBytes: 0,
      totalBytes: null,
      doneCount: 1,
      totalCount: 4,
      currentFile: null,
    })
  await eventually(async () => (await core.client.servers.list()).length).toBe(1)
  await core.client.jobs.cancel({ jobId })
  expect((await core.jobFinished(jobId)).state).toBe('stopped')
  expect([hasEnded(children[0]), await core.client.servers.list()]).toEqual([true, []])
})

test('a sandbox that dies is a failure with the end of its log', async () => {
  const { options } = await scriptedSandboxes('dies')
  const core = await startCore(options)
  const job = await ended(core, core.client.servers.startDemo())
  expect([job.state, job.error?.code, job.error?.message]).toEqual([
    'failed',
    'SERVER_FAILED',
    "the demo's sandbox ended before it was ready (exit status 3)",
  ])
  const details = job.error?.details ?? ''
  expect([details.includes('last words'), details.length < 70_000]).toEqual([true, true])
  expect(await core.client.servers.list()).toEqual([])
})

test('a sandbox that cannot be started is a failure that says so', async () => {
  const core = await startCore({ spawnSandbox: () => spawn(join(tempDir(), 'nothing')) })
  const job = await ended(core, core.client.servers.startDemo())
  expect([job.state, job.error?.code, job.error?.details?.includes('ENOENT')]).toEqual([
    'failed',
    'SERVER_FAILED',
    true,
  ])
})

test('forgetting the demo ends its sandbox', async () => {
  const { children, options, hasEnded } = await scriptedSandboxes()
  const core = await startCore(options)
  const { result } = await ended(core, core.client.servers.startDemo())
  await core.client.servers.forget({ serverId: result?.kind === 'demo' ? result.serverId : -1 })
  expect(hasEnded(children[0])).toBe(true)
})

test('the sandbox ends with the core, also one that does not listen, and the next core does not show it', async () => {
  const { children, options, hasEnded } = await scriptedSandboxes('deaf')
  const core = await startCore(options)
  await ended(core, core.client.servers.startDemo())
  await core.close()
  expect([hasEnded(children[0]), children[0]?.signalCode]).toEqual([true, 'SIGKILL'])
  const next = await startCore({ dataFolder: options.dataFolder })
  expect(await next.client.servers.list()).toEqual([])
})

test('a core that ends while the demo is prepared takes the sandbox with it', async () => {
  const { children, options, hasEnded } = await scriptedSandboxes('waits')
  const core = await startCore(options)
  const { jobId } = await core.client.servers.startDemo()
  await eventually(async () => (await core.client.servers.list()).length).toBe(1)
  await core.close()
  expect(hasEnded(children[0])).toBe(true)
  const next = await startCore({ dataFolder: options.dataFolder })
  expect([(await next.client.jobs.get({ jobId })).state, await next.client.servers.list()]).toEqual(['interrupted', []])
})

test('something else in the place of the demo is not touched', async () => {
  const { started, options } = await scriptedSandboxes()
  const place = join(options.dataFolder, 'demo')
  mkdirSync(place)
  writeFileSync(join(place, 'precious'), 'mine')
  const core = await startCore(options)
  const job = await ended(core, core.client.servers.startDemo())
  expect([job.state, job.error?.code, started]).toEqual(['failed', 'TARGET_UNUSABLE', []])
  expect([readdirSync(place), readFileSync(join(place, 'precious'), 'utf8')]).toEqual([['precious'], 'mine'])
})

test('the demo of another process on the same data folder is not removed', async () => {
  const { started, options } = await scriptedSandboxes()
  const { dataFolder } = options
  const core = await startCore(options)
  const database = openCatalog(join(dataFolder, 'catalog.db'))
  onTestFinished(() => void database.close())
  beat(database, { instanceId: 'other', processId: process.ppid, nowUs: Date.now() * 1000 })
  makeDemoFolder({ dataFolder, instanceId: 'other', isRunning: () => false })
  const refused = await ended(core, core.client.servers.startDemo())
  expect([refused.error?.code, started]).toEqual(['TARGET_BUSY', []])
  endInstance(database, 'other')
  expect((await ended(core, core.client.servers.startDemo())).state).toBe('succeeded')
})

test('a host that cannot start a sandbox says so', async () => {
  const core = await createCore({
    dataFolder: tempDir(),
    workerEntry: new URL('../../src-main/workers/worker-main.ts', import.meta.url),
    version: 'test',
    threadCount: 1,
  })
  onTestFinished(() => core.close())
  const job = await ended(core, core.client.servers.startDemo())
  expect(job.error?.code).toBe('SERVER_LACKS_COMMAND')
  expect(await errorOf(core.client.servers.backups({ serverId: 1 }))).toMatchObject({ code: 'SERVER_NOT_FOUND' })
})
