// Goal: unfinished jobs of a process that is gone are interrupted; those of a living one are left alone.
import { expect, test } from 'vitest'
import {
  addJob,
  beat,
  endInstance,
  jobById,
  markInterrupted,
  resumableJobs,
  updateJob,
} from '../../../src-main/catalog/jobs.ts'
import { JobKind } from '../../../src-main/contract/jobs.ts'
import { isProcessAlive } from '../../../src-main/core/process-alive.ts'
import { newCatalog } from '../../support/catalog-rows.ts'

// above any process number that a system gives
const DEAD_PROCESS = 2 ** 30
const NOW_US = 1_000_000_000

function addTo(
  database: ReturnType<typeof newCatalog>,
  instanceId: string,
  kind: JobKind,
  state: 'queued' | 'running' | 'paused' | 'stopping' | 'succeeded',
) {
  const jobId = addJob(database, {
    kind,
    title: state,
    sourceId: null,
    backupId: null,
    input: { state },
    createdAtUs: 1,
    instanceId,
  })
  const job = jobById(database, jobId)?.job
  updateJob(database, jobId, { ...job!, state, instanceId })
  return jobId
}

test('unfinished jobs of a dead process are interrupted, and those that can go on are resumable', () => {
  const database = newCatalog()
  beat(database, { instanceId: 'dead', processId: DEAD_PROCESS, nowUs: NOW_US })
  beat(database, { instanceId: 'alive', processId: 1, nowUs: NOW_US })
  const restores = (['queued', 'running', 'paused', 'stopping'] as const).map((state) =>
    addTo(database, 'dead', 'restore', state),
  )
  const others = JobKind.options
    .filter((kind) => kind !== 'restore')
    .map((kind) => addTo(database, 'dead', kind, 'running'))
  const done = addTo(database, 'dead', 'restore', 'succeeded')
  const living = addTo(database, 'alive', 'restore', 'running')
  const mark = () =>
    markInterrupted(database, {
      isAlive: ({ instanceId }) => instanceId === 'alive',
      resumableKinds: ['restore'],
      nowUs: NOW_US,
    })
  expect([mark(), mark()]).toEqual([4 + others.length, 0])
  const shown = [...restores, ...others, done, living].map((jobId) => {
    const job = jobById(database, jobId)?.job
    return [job?.state, job?.isResumable, job?.finishedAtUs]
  })
  expect(shown).toEqual([
    ...restores.map(() => ['interrupted', true, NOW_US]),
    ...others.map(() => ['interrupted', false, NOW_US]),
    ['succeeded', false, null],
    ['running', false, null],
  ])
  expect(resumableJobs(database, 'restore').map(({ job, input }) => [job.jobId, input])).toEqual(
    restores.map((jobId, index) => [jobId, { state: ['queued', 'running', 'paused', 'stopping'][index] }]).toReversed(),
  )
})

test('an instance that ended has nothing to interrupt', () => {
  const database = newCatalog()
  beat(database, { instanceId: 'ended', processId: DEAD_PROCESS, nowUs: NOW_US })
  endInstance(database, 'ended')
  expect(markInterrupted(database, { isAlive: () => false, resumableKinds: [], nowUs: NOW_US })).toBe(0)
})

test.each([
  ['itself', { instanceId: 'own', processId: process.pid }, 0, true],
  ['a predecessor with its own process number', { instanceId: 'other', processId: process.pid }, 0, false],
  ['a process that is gone', { instanceId: 'other', processId: DEAD_PROCESS }, 0, false],
  ['a living process', { instanceId: 'other', processId: process.ppid }, 0, true],
  ['a living process whose heartbeat is lost', { instanceId: 'other', processId: process.ppid }, 61_000_000, false],
])('%s is told dead from alive', (_who, instance, ageUs, isAlive) => {
  const now = { ownInstanceId: 'own', nowUs: NOW_US }
  expect(isProcessAlive({ ...instance, heartbeatUs: NOW_US - ageUs }, now)).toBe(isAlive)
})
