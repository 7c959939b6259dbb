// Goal: a job's state is on record from its start to its end, and says what its function did. Method: a manager on a
// catalogue of its own, with a kind whose function does what the test says.
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { StoppedError } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import type { Job, JobResult } from '#contract'
import { jobById } from '../../../src-main/catalog/jobs.ts'
import { openCatalog } from '../../../src-main/catalog/open.ts'
import type { JobContext } from '../../../src-main/jobs/job-kind.ts'
import { JobManager } from '../../../src-main/jobs/manager.ts'
import { tempDir } from '../../support/temp-dir.ts'

const done: JobResult = { kind: 'index', backupCount: 1, readFileCount: 2 }

/** A clock that the test moves. */
function testClock() {
  const clock = { us: 1_000_000, nowUs: () => clock.us, monotonicUs: () => clock.us }
  return clock
}

function setUp(run: (context: JobContext) => Promise<JobResult>) {
  const database = openCatalog(join(tempDir(), 'catalog.db'))
  const clock = testClock()
  const finished: Job[] = []
  const discarded: unknown[] = []
  const jobs = new JobManager({ database, clock, onFinished: (job) => finished.push(job) })
  onTestFinished(() => void database.close())
  jobs.register({
    kind: 'restore',
    title: (input) => `Restore ${JSON.stringify(input)}`,
    backupIdOf: () => 3,
    run,
    resume: {
      isResumable: (thrown) => thrown instanceof AppError && thrown.code === 'DISK_FULL',
      discard: async (input) => void discarded.push(input),
    },
  })
  const recorded = (jobId: number) => jobById(database, jobId)?.job
  return { jobs, clock, finished, discarded, recorded, database }
}

const diskFull = () => new AppError('DISK_FULL', { message: 'full' })

test('a job that returns succeeded, and its result is on record', async () => {
  const { jobs, clock, finished, recorded } = setUp(async () => {
    clock.us += 5
    return done
  })
  const job = jobs.start('restore', 7, { to: 'there' })
  expect(job).toMatchObject({
    state: 'queued',
    title: 'Restore {"to":"there"}',
    sourceId: 7,
    backupId: 3,
    createdAtUs: 1_000_000,
  })
  expect(recorded(job.jobId)).toEqual(job)
  const end = await jobs.finished(job.jobId)
  expect(end).toMatchObject({
    state: 'succeeded',
    result: done,
    activeUs: 5,
    startedAtUs: 1_000_000,
    finishedAtUs: 1_000_005,
  })
  expect(recorded(job.jobId)).toEqual(end)
  expect(finished).toEqual([end])
})

test.each([
  ['a bug', () => new Error('oops'), 'INTERNAL', false],
  ['a declared error', () => new AppError('BAD_REQUEST', { message: 'no' }), 'BAD_REQUEST', false],
  ['an error that can be resumed from', diskFull, 'DISK_FULL', true],
])('a job that throws %s failed with it', async (_what, thrown, code, isResumable) => {
  const { jobs } = setUp(() => Promise.reject(thrown()))
  const { jobId } = jobs.start('restore', null, {})
  expect(await jobs.finished(jobId)).toMatchObject({ state: 'failed', error: { code }, isResumable, result: null })
})

test('an outcome that the catalogue has no room for is kept as soon as there is room', async () => {
  const { jobs, recorded, database } = setUp(async () => {
    const pages = Number(database.pragma('page_count', { simple: true }))
    database.pragma(`max_page_count = ${pages}`)
    throw new AppError('BAD_REQUEST', { message: 'no' }, { cause: new Error('x'.repeat(1_000_000)) })
  })
  const { jobId } = jobs.start('restore', null, {})
  for await (const event of jobs.watch(undefined)) {
    if (event.type === 'changed' && event.job.state === 'failed') break
  }
  expect(recorded(jobId)).toMatchObject({ state: 'running' })
  database.pragma('max_page_count = 1000000')
  expect(await jobs.finished(jobId)).toMatchObject({ state: 'failed', error: { code: 'BAD_REQUEST' } })
  expect(recorded(jobId)).toMatchObject({ state: 'failed', error: { code: 'BAD_REQUEST' } })
})

test('a cancelled job is stopping until its function has ended', async () => {
  const gate = Promise.withResolvers<void>()
  const { jobs } = setUp(async (context) => {
    await gate.promise
    expect([context.control.isStopped, context.wasCancelled()]).toEqual([true, true])
    throw new StoppedError()
  })
  const { jobId } = jobs.start('restore', null, {})
  expect(await jobs.cancel(jobId)).toMatchObject({ state: 'stopping' })
  gate.resolve()
  expect(await jobs.finished(jobId)).toMatchObject({ state: 'stopped', error: null, isResumable: false })
  await expect(jobs.cancel(jobId)).rejects.toMatchObject({ code: 'JOB_FINISHED' })
})

test('a job that was done when the cancel came succeeded', async () => {
  const gate = Promise.withResolvers<void>()
  const { jobs } = setUp(async () => {
    await gate.promise
    return done
  })
  const { jobId } = jobs.start('restore', null, {})
  await jobs.cancel(jobId)
  gate.resolve()
  expect(await jobs.finished(jobId)).toMatchObject({ state: 'succeeded', result: done })
})

test('the time in pauses is not counted', async () => {
  const started = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const { jobs, clock } = setUp(async () => {
    started.resolve()
    await gate.promise
    return done
  })
  const { jobId } = jobs.start('restore', null, {})
  await started.promise
  clock.us += 10
  expect(jobs.pause(jobId)).toMatchObject({ state: 'paused', activeUs: 10 })
  clock.us += 1000
  expect(jobs.get(jobId)).toMatchObject({ state: 'paused', activeUs: 10 })
  expect(jobs.resume(jobId)).toMatchObject({ state: 'running', activeUs: 10 })
  clock.us += 7
  gate.resolve()
  expect(await jobs.finished(jobId)).toMatchObject({ state: 'succeeded', activeUs: 17 })
})

test('a failed job is resumed as the same job, and knows it', async () => {
  const seen: boolean[] = []
  const { jobs } = setUp(async (context) => {
    seen.push(context.isResumed)
    if (seen.length === 1) throw diskFull()
    return done
  })
  const { jobId } = jobs.start('restore', null, {})
  await jobs.finished(jobId)
  expect(jobs.resume(jobId)).toMatchObject({ jobId, state: 'queued', error: null, isResumable: false })
  expect(await jobs.finished(jobId)).toMatchObject({ state: 'succeeded', error: null })
  expect(seen).toEqual([false, true])
  expect(() => jobs.resume(jobId)).toThrow(expect.objectContaining({ code: 'JOB_FINISHED' }))
})

test('cancelling a failed job removes what it left behind', async () => {
  const { jobs, discarded } = setUp(() => Promise.reject(diskFull()))
  const { jobId } = jobs.start('restore', null, { to: 'there' })
  await jobs.finished(jobId)
  expect(await jobs.cancel(jobId)).toMatchObject({ state: 'stopped', isResumable: false })
  expect(discarded).toEqual([{ to: 'there' }])
})

test('closing leaves a running job as interrupted, to be resumed', async () => {
  const { jobs, recorded, finished } = setUp(async (context) => {
    await expect.poll(() => context.control.isStopped, { interval: 1 }).toBe(true)
    expect(context.wasCancelled()).toBe(false)
    throw new StoppedError()
  })
  const { jobId } = jobs.start('restore', null, {})
  await jobs.close()()
  expect(recorded(jobId)).toMatchObject({ state: 'interrupted', isResumable: true })
  expect(finished).toEqual([])
})

test('watching tells each change of state, newest state first of all', async () => {
  const gate = Promise.withResolvers<void>()
  const { jobs } = setUp(async () => {
    await gate.promise
    return done
  })
  const old = jobs.start('restore', null, {})
  gate.resolve()
  await jobs.finished(old.jobId)
  const events = jobs.watch(undefined)
  expect((await events.next()).value).toMatchObject({
    type: 'snapshot',
    jobs: [{ jobId: old.jobId, state: 'succeeded' }],
  })
  const { jobId } = jobs.start('restore', null, {})
  const states: unknown[] = []
  for await (const event of events) {
    if (event.type === 'changed') states.push([event.job.jobId, event.job.state])
    if (event.type === 'changed' && event.job.state === 'succeeded') break
  }
  expect(states.at(-1)).toEqual([jobId, 'succeeded'])
  expect(() => jobs.get(99)).toThrow(expect.objectContaining({ code: 'JOB_NOT_FOUND' }))
})
