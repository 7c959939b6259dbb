import { os } from '@orpc/server'
import { expect, onTestFinished, test } from 'vitest'
import type { Job, JobEvent, Source, SourceEvent } from '#contract'
import { BackupLists } from '../../../src-renderer/stores/backup-lists.svelte.ts'
import { Backups } from '../../../src-renderer/stores/backups.ts'
import { Connection } from '../../../src-renderer/stores/connection.svelte.ts'
import { Jobs } from '../../../src-renderer/stores/jobs.svelte.ts'
import { Sources } from '../../../src-renderer/stores/sources.svelte.ts'
import { FakeCore, Pushed } from './fake-core.ts'

function job(jobId: number, change: Partial<Job> = {}): Job {
  return {
    jobId,
    kind: 'verify',
    title: `Verify backup ${jobId}`,
    sourceId: 1,
    backupId: jobId,
    state: 'running',
    progress: { phase: 'reading', doneBytes: 0, totalBytes: 100, doneCount: 0, totalCount: 1, currentFile: null },
    createdAtUs: jobId,
    startedAtUs: jobId,
    finishedAtUs: null,
    activeUs: 0,
    error: null,
    result: null,
    isResumable: false,
    ...change,
  }
}

const source: Source = {
  sourceId: 1,
  path: '/srv/backups',
  name: 'backups',
  state: 'ready',
  error: null,
  backupCount: 0,
  unsoundBackupCount: 0,
  newestBackup: null,
  storedBytes: 0,
  lastVerification: null,
  openedAtUs: 1,
  indexedAtUs: 1,
  indexJobId: null,
}

/** The stores over a fake core that begins with some jobs. */
function started(first: { jobs: Job[] }) {
  const jobEvents = new Pushed<JobEvent>()
  const sourceEvents = new Pushed<SourceEvent>()
  let listCount = 0
  const fake = new FakeCore({
    jobs: { watch: jobEvents.handler(() => ({ type: 'snapshot', jobs: first.jobs })) },
    sources: {
      watch: sourceEvents.handler(() => ({ type: 'snapshot', sources: [source] })),
      refresh: os.handler(() => source),
    },
    backups: {
      list: os.handler(() => {
        listCount += 1
        return []
      }),
    },
  })
  const ended = new AbortController()
  onTestFinished(() => ended.abort())
  const connection = new Connection(fake.host)
  const sources = new Sources(connection)
  let nowMs = 0
  const jobs = new Jobs(connection, () => nowMs)
  const lists = new BackupLists({ connection, sources, jobs, backups: new Backups(connection) })
  const endings: number[] = []
  jobs.onEnded = ({ jobId }) => endings.push(jobId)
  for (const store of [jobs, sources, lists, connection]) void store.start(ended.signal)
  const change = (changed: Job) => jobEvents.push({ type: 'changed', job: changed })
  return {
    fake,
    connection,
    jobs,
    lists,
    endings,
    change,
    listCount: () => listCount,
    pass: (durationMs: number) => {
      nowMs += durationMs
    },
  }
}

const ids = (jobs: Jobs) => jobs.list.map(({ job }) => job.jobId)

test('jobs stay newest first, whatever order they change in', async () => {
  const { jobs, change } = started({ jobs: [job(3), job(1)] })
  await expect.poll(() => ids(jobs)).toEqual([3, 1])
  change(job(2))
  change(job(4))
  change(job(1, { state: 'paused' }))
  await expect.poll(() => jobs.find(1)?.job.state).toBe('paused')
  expect(ids(jobs)).toEqual([4, 3, 2, 1])
  expect(jobs.active.length).toBe(4)
})

test('rate and time left come from the counters; a paused job has none', async () => {
  const { jobs, change, pass } = started({ jobs: [job(1)] })
  await expect.poll(() => jobs.status).toBe('live')
  pass(1_000)
  const progress = { phase: 'reading', doneBytes: 50, totalBytes: 100, doneCount: 0, totalCount: 1, currentFile: null }
  change(job(1, { progress }))
  await expect.poll(() => jobs.find(1)?.estimate).toEqual({ fraction: 0.5, bytesPerSecond: 50, leftUs: 1_000_000 })
  change(job(1, { progress, state: 'paused' }))
  await expect.poll(() => jobs.find(1)?.estimate).toBe(null)
})

test('every job that ends is told of once, one that ended while the line was lost too', async () => {
  const first = { jobs: [job(3), job(2), job(1, { state: 'succeeded', finishedAtUs: 9 })] }
  const { fake, connection, jobs, endings, change } = started(first)
  await expect.poll(() => jobs.status).toBe('live')
  change(job(2, { state: 'failed', finishedAtUs: 10 }))
  change(job(2, { state: 'failed', finishedAtUs: 10 }))
  change(job(4, { state: 'succeeded', finishedAtUs: 11 }))
  await expect.poll(() => endings).toEqual([2, 4])
  first.jobs = [job(3, { state: 'succeeded', finishedAtUs: 12 }), job(2, { state: 'failed', finishedAtUs: 10 })]
  fake.cut()
  await expect.poll(() => jobs.status).toBe('stale')
  connection.retryNow()
  await expect.poll(() => endings).toEqual([2, 4, 3])
})

test('the backups of a repository are loaded again when a job on it ends, and only then', async () => {
  const { jobs, lists, change, listCount } = started({ jobs: [job(1)] })
  await expect.poll(() => lists.of(1)?.value).toEqual([])
  await expect.poll(() => jobs.status).toBe('live')
  const before = listCount()
  change(job(1, { activeUs: 5 }))
  change(job(2, { sourceId: 7, state: 'succeeded', finishedAtUs: 5 }))
  await expect.poll(() => ids(jobs)).toEqual([2, 1])
  expect(listCount()).toBe(before)
  change(job(1, { state: 'succeeded', finishedAtUs: 20 }))
  await expect.poll(listCount).toBe(before + 1)
})
