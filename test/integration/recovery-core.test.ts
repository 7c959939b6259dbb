// Goal: the contract's recovery calls answer what is in a repository; a recovery as a job goes on after its process was killed,
// leaves nothing when it is cancelled, and never holds the core's thread up. Method: a core on a repository that a sandbox wrote.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type TestContext, test, vi } from 'vitest'
import type { RecoveryTarget } from '#contract'
import type { Core } from '../../src-main/core/create-core.ts'
import { isReportSigned } from '../../src-main/core/report-signature.ts'
import { startCommand } from '../support/command-line.ts'
import { errorOf, openSource, startCore } from '../support/core-under-test.ts'
import { recoveryRepository } from '../support/recovery-repository.ts'
import { stateOfDatabase } from '../support/repository-states.ts'
import { tempDir } from '../support/temp-dir.ts'

vi.setConfig({ testTimeout: 60_000 })

const options = { proofLevel: 'full' as const, rateLimitBytesPerSecond: 0 }

async function prepared(context: Pick<TestContext, 'skip'>, made?: { paddingBytes: number }) {
  const repository = await recoveryRepository(context, made)
  const core = await startCore()
  const { sourceId } = await openSource(core, repository.repo)
  return { ...repository, core, sourceId, targetPath: join(repository.folder, 'restored') }
}

async function planOf(core: Core, sourceId: number, target: RecoveryTarget) {
  const planned = await core.client.recovery.plan({ sourceId, timeline: null, target })
  if (planned.kind === 'refused') throw new Error(planned.refusal.error.message)
  return planned.plan
}

test('timelines, backups, commits and what was written when are told without a plan', async (context) => {
  const { core, sourceId, timesUs } = await prepared(context)
  const { recovery } = core.client
  const overview = await recovery.overview({ sourceId })
  expect(overview).toMatchObject({
    timelines: [
      { timeline: '1', isCurrent: true, parent: null, gaps: [], windows: [{ fromSequence: 2, toSequence: 9 }] },
    ],
    marks: [],
  })
  expect(overview.backups.map(({ backupId, kind, lastSequence }) => [backupId, kind, lastSequence]).toSorted()).toEqual(
    [
      [1, 'full', 2],
      [2, 'increment', 4],
      [3, 'full', 7],
    ],
  )
  const around = await recovery.commitsAround({
    sourceId,
    timeline: null,
    at: { timeUs: timesUs[2]! },
    beforeCount: 2,
    afterCount: 5,
  })
  expect(
    around.map(({ lastSequence, committedAtUs, deleteCount }) => [lastSequence, committedAtUs, deleteCount]),
  ).toEqual(
    expect.arrayContaining([
      [4, timesUs[1], 0],
      [7, timesUs[2], 2],
      [9, timesUs[3], 0],
    ]),
  )
  const buckets = await recovery.activity({
    sourceId,
    timeline: '1',
    fromUs: timesUs[0]!,
    toUs: timesUs[3]! + 1,
    bucketCount: 10,
  })
  const sum = (field: 'commitCount' | 'putCount' | 'deleteCount') =>
    buckets.reduce((total, bucket) => total + bucket[field], 0)
  expect([buckets.length, sum('commitCount'), sum('putCount'), sum('deleteCount')]).toEqual([10, 4, 3, 2])
  expect(await recovery.typedPoint({ sourceId, text: 'before 7', zone: 'UTC' })).toMatchObject({
    kind: 'resolved',
    target: { kind: 'before', sequence: 7 },
  })
  expect(await recovery.typedPoint({ sourceId, text: 'whenever', zone: 'UTC' })).toMatchObject({ kind: 'unclear' })
  expect(await errorOf(recovery.overview({ sourceId: 99 }))).toMatchObject({ code: 'SOURCE_NOT_FOUND' })
})

test('a job restores and proves; its report is signed with a key that stays', async (context) => {
  const { core, sourceId, targetPath, folder } = await prepared(context)
  const plan = await planOf(core, sourceId, { kind: 'before', sequence: 7 })
  expect(await core.client.recovery.preflight({ plan, targetPath })).toEqual({
    resolvedTargetPath: targetPath,
    freeBytes: expect.any(Number),
    refusals: [],
    resumesJobId: null,
  })
  const { jobId } = await core.client.recovery.start({ sourceId, plan, targetPath, options })
  const job = await core.jobFinished(jobId)
  expect(job).toMatchObject({ kind: 'recovery', state: 'succeeded', backupId: 1, error: null })
  expect(job.title).toBe(`Restore sequence 4 to ${targetPath}`)
  const signed = await core.client.recovery.report({ jobId })
  expect(job.result).toEqual({ kind: 'recovery', report: signed.report })
  expect(isReportSigned(signed)).toBe(true)
  expect(isReportSigned({ ...signed, report: { ...signed.report, fileCount: 99 } })).toBe(false)
  expect((await core.client.recovery.report({ jobId })).publicKey).toBe(signed.publicKey)
  const { nodes, lastSequence } = stateOfDatabase(targetPath)
  expect([nodes.length, lastSequence]).toEqual([2, 4])
  expect(readdirSync(folder).toSorted()).toEqual(['data', 'repo', 'restored'])

  // there now: refused before a job is made, and only a finished recovery has a report
  expect((await core.client.recovery.preflight({ plan, targetPath })).refusals).toMatchObject([
    { code: 'TARGET_NOT_EMPTY' },
  ])
  expect(await errorOf(core.client.recovery.start({ sourceId, plan, targetPath, options }))).toMatchObject({
    code: 'TARGET_NOT_EMPTY',
  })
  const [index] = (await core.client.jobs.list({ limit: 10 })).filter(({ kind }) => kind === 'index')
  expect(await errorOf(core.client.recovery.report({ jobId: index!.jobId }))).toMatchObject({ code: 'BAD_REQUEST' })
  const changed = { ...plan, effective: { ...plan.effective, sequence: 2 } }
  const elsewhere = { sourceId, plan: changed, targetPath: `${targetPath}-2`, options }
  expect(await errorOf(core.client.recovery.start(elsewhere))).toMatchObject({ code: 'PLAN_OUTDATED' })
  const foreign = { ...elsewhere, plan: { ...plan, repositoryPath: folder } }
  expect(await errorOf(core.client.recovery.start(foreign))).toMatchObject({ code: 'BAD_REQUEST' })
})

test('a recovery whose process was killed is gone on with by the next core, and proved', async (context) => {
  const { repo, folder } = await recoveryRepository(context)
  const dataFolder = tempDir()
  const targetPath = join(folder, 'restored')
  const files = join(`${targetPath}.lifeboat-partial`, 'files')
  const words = ['restore', repo, '--before', '7', '--target', targetPath, '--rate', '0.01']
  const command = startCommand(['--data-folder', dataFolder, ...words])
  await expect
    .poll(() => (existsSync(files) ? readdirSync(files).length : 0), { interval: 2, timeout: 20_000 })
    .toBeGreaterThan(0)
  command.child.kill('SIGKILL')
  expect(await command.ended).toMatchObject({ signal: 'SIGKILL' })
  expect(existsSync(targetPath)).toBe(false)

  const core = await startCore({ dataFolder })
  const { sourceId } = await openSource(core, repo)
  const [job] = (await core.client.jobs.list({ limit: 10 })).filter(({ kind }) => kind === 'recovery')
  expect(job).toMatchObject({ state: 'interrupted', isResumable: true })
  const plan = await planOf(core, sourceId, { kind: 'before', sequence: 7 })
  expect(await core.client.recovery.preflight({ plan, targetPath })).toMatchObject({
    refusals: [],
    resumesJobId: job!.jobId,
  })
  expect(await core.client.recovery.start({ sourceId, plan, targetPath, options })).toEqual({ jobId: job!.jobId })
  expect(await core.jobFinished(job!.jobId)).toMatchObject({ state: 'succeeded', isResumable: false })
  expect(stateOfDatabase(targetPath).lastSequence).toBe(4)
  expect(readdirSync(folder).toSorted()).toEqual(['data', 'repo', 'restored'])
})

test('a cancelled recovery leaves nothing', async (context) => {
  const { core, sourceId, targetPath, folder } = await prepared(context, { paddingBytes: 200_000 })
  const plan = await planOf(core, sourceId, { kind: 'before', sequence: 7 })
  const slow = { ...options, rateLimitBytesPerSecond: 20_000 }
  const { jobId } = await core.client.recovery.start({ sourceId, plan, targetPath, options: slow })
  await expect.poll(() => existsSync(`${targetPath}.lifeboat-partial`), { interval: 2, timeout: 20_000 }).toBe(true)
  const running = await core.client.jobs.get({ jobId })
  expect(['Checking', 'Copying', 'Copying and proving']).toContain(running.progress?.phase)
  await core.client.jobs.cancel({ jobId })
  expect(await core.jobFinished(jobId)).toMatchObject({ state: 'stopped', result: null })
  expect(readdirSync(folder).toSorted()).toEqual(['data', 'repo'])
})

test('one that was interrupted can be resumed or cancelled by the next core; cancelled, it leaves nothing', async (context) => {
  const { repo, folder } = await recoveryRepository(context, { paddingBytes: 200_000 })
  const [dataFolder, targetPath] = [tempDir(), join(folder, 'restored')]
  const first = await startCore({ dataFolder })
  const { sourceId } = await openSource(first, repo)
  const plan = await planOf(first, sourceId, { kind: 'before', sequence: 7 })
  const slow = { ...options, rateLimitBytesPerSecond: 20_000 }
  const { jobId } = await first.client.recovery.start({ sourceId, plan, targetPath, options: slow })
  await expect.poll(() => existsSync(`${targetPath}.lifeboat-partial`), { interval: 2, timeout: 20_000 }).toBe(true)
  await first.close()
  expect(existsSync(`${targetPath}.lifeboat-partial`)).toBe(true)
  const core = await startCore({ dataFolder })
  expect(await core.client.jobs.get({ jobId })).toMatchObject({ state: 'interrupted', isResumable: true })
  expect(await core.client.jobs.cancel({ jobId })).toMatchObject({ state: 'stopped', isResumable: false })
  expect(readdirSync(folder).toSorted()).toEqual(['data', 'repo'])
})

test('the core’s thread is never at it for 10 ms at once while a repository is read, planned from, restored and proved', async (context) => {
  const { core, sourceId, targetPath, timesUs } = await prepared(context, { paddingBytes: 8_000_000 })
  const work = async (path: string) => {
    await core.client.recovery.overview({ sourceId })
    const at = { timeUs: timesUs[1]! }
    await core.client.recovery.commitsAround({ sourceId, timeline: null, at, beforeCount: 50, afterCount: 50 })
    await core.client.recovery.typedPoint({ sourceId, text: 'latest', zone: 'UTC' })
    const plan = await planOf(core, sourceId, { kind: 'before', sequence: 7 })
    const { jobId } = await core.client.recovery.start({ sourceId, plan, targetPath: path, options })
    expect(await core.jobFinished(jobId)).toMatchObject({ state: 'succeeded' })
    await core.client.recovery.report({ jobId })
  }
  // the first time what is needed is compiled
  await work(`${targetPath}-1`)
  const turns = longestTurn()
  await work(`${targetPath}-2`)
  expect(turns.stop()).toBeLessThan(10_000)
})

/** The most processor time, in µs, that this thread took between two looks of its timer: others may have the processor meanwhile. */
function longestTurn(): { stop(): number } {
  let longestUs = 0
  let last = process.threadCpuUsage()
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last)
    longestUs = Math.max(longestUs, user + system)
    last = process.threadCpuUsage()
  }, 1)
  return {
    stop() {
      clearInterval(timer)
      return longestUs
    },
  }
}
