import { os } from '@orpc/server'
import { expect, onTestFinished, test } from 'vitest'
import type { Job, JobEvent, Server, ServerEvent } from '#contract'
import { Connection } from '../../../src-renderer/stores/connection.svelte.ts'
import { Demo } from '../../../src-renderer/stores/demo.svelte.ts'
import { Jobs } from '../../../src-renderer/stores/jobs.svelte.ts'
import { NewServerAttempt } from '../../../src-renderer/stores/new-server.svelte.ts'
import { type NewServer, Servers } from '../../../src-renderer/stores/servers.svelte.ts'
import { FakeCore, Pushed } from './fake-core.ts'
import { server } from './server-facts.ts'

const order: NewServer = { name: null, host: 'h', port: 1, userName: null, password: null, tls: null }

/** The stores over a fake core; `answers` are what the calls to add a server give, one after the other. */
function started(first: { servers: Server[]; jobs?: Job[]; answers?: Server[] }) {
  const events = new Pushed<ServerEvent>()
  const jobEvents = new Pushed<JobEvent>()
  const answers = [...(first.answers ?? [])]
  const forgotten: number[] = []
  const demoJob: { current: Job } = { current: job(5) }
  const fake = new FakeCore({
    servers: {
      watch: events.handler(() => ({ type: 'snapshot', servers: first.servers })),
      add: os.handler(() => answers.shift()),
      create: os.handler(() => ({ jobId: 77 })),
      startDemo: os.handler(() => ({ jobId: 5 })),
      prune: os.handler(() => {
        throw new Error('the line is cut')
      }),
      forget: os.handler(({ input }) => {
        forgotten.push((input as { serverId: number }).serverId)
        return {}
      }),
    },
    jobs: {
      watch: jobEvents.handler(() => ({ type: 'snapshot', jobs: first.jobs ?? [] })),
      get: os.handler(() => demoJob.current),
    },
  })
  const ended = new AbortController()
  onTestFinished(() => ended.abort())
  const connection = new Connection(fake.host)
  const servers = new Servers(connection)
  const jobs = new Jobs(connection, () => 0)
  for (const store of [servers, jobs, connection]) void store.start(ended.signal)
  return { fake, connection, servers, jobs, demo: new Demo(connection, jobs), events, jobEvents, forgotten, demoJob }
}

function job(jobId: number, change: Partial<Job> = {}): Job {
  return {
    ...{
      jobId,
      kind: 'demo',
      title: 'Start the demo',
      sourceId: null,
      backupId: null,
      state: 'running',
      progress: null,
    },
    ...{
      createdAtUs: 1,
      startedAtUs: 1,
      finishedAtUs: null,
      activeUs: 0,
      error: null,
      result: null,
      isResumable: false,
    },
    ...change,
  }
}

const ids = (servers: Servers) => servers.list.map(({ serverId }) => serverId)

test('servers are followed as they change, come and go, and again over a new line', async () => {
  const first = { servers: [server({ serverId: 1 })] }
  const { fake, connection, servers, events } = started(first)
  await expect.poll(() => servers.status).toBe('live')
  events.push({ type: 'changed', server: server({ serverId: 2 }) })
  events.push({ type: 'changed', server: server({ serverId: 1, state: 'unreachable' }) })
  await expect.poll(() => servers.find(1)?.state).toBe('unreachable')
  expect(ids(servers)).toEqual([1, 2])
  events.push({ type: 'forgotten', serverId: 1 })
  await expect.poll(() => ids(servers)).toEqual([2])
  first.servers = [server({ serverId: 3 })]
  fake.cut()
  await expect.poll(() => servers.status).toBe('stale')
  connection.retryNow()
  await expect.poll(() => ids(servers)).toEqual([3])
})

test('a job is known to be of a server that started it here, or says that it works on it', async () => {
  const { servers, events } = started({ servers: [server({ serverId: 1, jobId: 4 })] })
  await expect.poll(() => servers.ofJob(4)).toBe(1)
  events.push({ type: 'changed', server: server({ serverId: 1, jobId: 6 }) })
  await expect.poll(() => servers.ofJob(6)).toBe(1)
  expect(await servers.create(1, 'full', null)).toBe(77)
  expect([servers.ofJob(77), servers.ofJob(78)]).toEqual([1, null])
  servers.closeOutcome(77)
  expect([servers.isOutcomeClosed(77), servers.isOutcomeClosed(4)]).toEqual([true, false])
})

test('lists are old after a removal, also after one that failed on the way', async () => {
  const { servers } = started({ servers: [server()] })
  await expect.poll(() => servers.status).toBe('live')
  const before = servers.revision
  await expect(servers.prune(1, ['1'])).rejects.toThrow()
  expect(servers.revision).toBe(before + 1)
})

test('a server noted in vain is taken out again when another is tried, or none is wanted any more', async () => {
  const refused = (serverId: number) => server({ serverId, state: 'refused' })
  const { servers, forgotten } = started({
    servers: [server({ serverId: 1 })],
    answers: [refused(2), refused(3), refused(1), server({ serverId: 4 })],
  })
  await expect.poll(() => servers.status).toBe('live')
  const attempt = new NewServerAttempt(servers)
  expect(await attempt.submit(order)).toBe(null)
  expect(attempt.refused?.serverId).toBe(2)
  await attempt.submit(order)
  expect(forgotten).toEqual([2])
  // known from before: not ours to take out
  await attempt.submit(order)
  expect(forgotten).toEqual([2, 3])
  expect((await attempt.submit(order))?.serverId).toBe(4)
  expect(attempt.refused).toBe(null)
  await attempt.discard()
  expect(forgotten).toEqual([2, 3, 4])
})

test('what a try brings after nobody wants it any more is taken out as well', async () => {
  const { servers, forgotten } = started({ servers: [], answers: [server({ serverId: 9 })] })
  await expect.poll(() => servers.status).toBe('live')
  const attempt = new NewServerAttempt(servers)
  const trying = attempt.submit(order)
  await attempt.discard()
  expect(await trying).toBe(null)
  expect(forgotten).toEqual([9])
})

test('the demo is in view while it runs, whoever started it, and when it failed here', async () => {
  const { demo, jobs, jobEvents, demoJob } = started({ servers: [], jobs: [job(5)] })
  await expect.poll(() => demo.live?.job.jobId).toBe(5)
  expect(await demo.start(true)).toBe(null)
  const error = {
    code: 'SERVER_FAILED',
    message: 'it ended',
    subject: null,
    unharmed: null,
    nextStep: null,
    details: null,
  } as const
  jobEvents.push({ type: 'changed', job: job(5, { state: 'failed', error }) })
  await expect.poll(() => jobs.find(5)?.job.state).toBe('failed')
  expect(demo.live?.job.error?.message).toBe('it ended')
  demo.close()
  expect(demo.live).toBe(null)
  demoJob.current = job(5, {
    state: 'succeeded',
    result: {
      kind: 'demo',
      serverId: 8,
      sourceId: 1,
      accidentAtUs: 1,
      lastGoodSequence: 1,
      fullId: 1,
      incrementIds: [],
    },
  })
  expect(await demo.start(false)).toBe(8)
})
