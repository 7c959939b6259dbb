// Goal: opening a directory again costs nothing when it is unchanged, and only what is new when it is not. Method: one
// core, or two processes on one data folder.
import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Job } from '#contract'
import { runCommand, startCommand } from '../support/command-line.ts'
import { errorOf, openSource, startCore, useCore, verified } from '../support/core-under-test.ts'
import { addBackup, manyBackups, metaText, sparseFile } from '../support/fabricated-backup.ts'
import { copyFixture } from '../support/fixtures.ts'
import { tempDir } from '../support/temp-dir.ts'

const shared = useCore()

async function indexJobs(): Promise<Job[]> {
  return (await shared.core.client.jobs.list({ limit: 1000 })).filter(({ kind }) => kind === 'index')
}

test('an unchanged directory is not indexed again; a changed one is, and only new tables are opened', async () => {
  const { core } = shared
  const path = copyFixture('backup_v1')
  const first = await openSource(core, path)
  const [job] = await indexJobs()
  expect(job).toMatchObject({ state: 'succeeded', result: { kind: 'index', backupCount: 3, readFileCount: 3 } })
  const count = (await indexJobs()).length
  const again = await openSource(core, path)
  expect(await core.client.sources.refresh({ sourceId: first.sourceId })).toMatchObject({ state: 'ready' })
  expect(await indexJobs()).toHaveLength(count)
  expect({ ...again.source, openedAtUs: 0 }).toEqual({ ...first.source, openedAtUs: 0 })
  expect(again.backups).toEqual(first.backups)

  addBackup(path, 4)
  rmSync(join(path, 'meta/2'))
  const changed = await openSource(core, path)
  const [second] = await indexJobs()
  expect(await indexJobs()).toHaveLength(count + 1)
  expect(second?.result).toEqual({ kind: 'index', backupCount: 3, readFileCount: 0 })
  expect(changed.backups.map(({ backupId }) => backupId)).toEqual([4, 3, 1])

  const table = join(path, 'shared_checksum/000031_sVC4SRC68E6LUGJ7RKDUF_1026.sst')
  utimesSync(table, new Date(0), new Date(0))
  addBackup(path, 5)
  await openSource(core, path)
  expect((await indexJobs())[0]?.result).toEqual({ kind: 'index', backupCount: 4, readFileCount: 1 })
})

test('a forgotten directory is out of the list, untouched, and has its verifications when it comes back', async () => {
  const { core } = shared
  const path = copyFixture('backup_v1')
  const { sourceId } = await openSource(core, path)
  const { verification } = await verified(core, { sourceId })
  expect(await core.client.sources.forget({ sourceId })).toEqual({})
  expect(await errorOf(core.client.sources.get({ sourceId }))).toMatchObject({ code: 'SOURCE_NOT_FOUND' })
  expect(await errorOf(core.client.backups.list({ sourceId }))).toMatchObject({ code: 'SOURCE_NOT_FOUND' })
  const back = await openSource(core, path)
  expect(back.sourceId).toBe(sourceId)
  expect(await core.client.verify.list({ sourceId, backupId: null })).toEqual([verification])
  expect(back.backups.map(({ lastVerification }) => lastVerification?.outcome)).toEqual(['passed', 'passed', 'passed'])
})

/** A directory whose index has begun and is held. */
async function openedInTheMiddle(backupCount: number) {
  const { core } = shared
  const path = manyBackups(backupCount)
  const { sourceId, indexJobId } = await core.client.sources.open({ path })
  const jobId = indexJobId!
  await expect.poll(async () => (await core.client.jobs.get({ jobId })).state, { interval: 1 }).toBe('running')
  expect(await core.client.jobs.pause({ jobId })).toMatchObject({ state: 'paused' })
  return { core, path, sourceId, jobId }
}

test('a directory forgotten while it is indexed stays forgotten, and can be opened again', async () => {
  const { core, path, sourceId, jobId } = await openedInTheMiddle(100)
  await core.client.sources.forget({ sourceId })
  await core.client.jobs.resume({ jobId })
  expect(await core.jobFinished(jobId)).toMatchObject({ state: 'succeeded' })
  expect((await core.client.sources.list()).map((source) => source.sourceId)).not.toContain(sourceId)
  const { backups, source } = await openSource(core, path)
  expect([source.state, backups.length]).toEqual(['ready', 100])
})

test('a directory forgotten and opened again while it is indexed is indexed once', async () => {
  const { core, path, sourceId, jobId } = await openedInTheMiddle(100)
  await core.client.sources.forget({ sourceId })
  expect(await core.client.sources.open({ path })).toMatchObject({ sourceId, state: 'indexing', indexJobId: jobId })
  await core.client.jobs.resume({ jobId })
  expect(await core.jobFinished(jobId)).toMatchObject({ state: 'succeeded' })
  const { backups, source } = await openSource(core, path)
  expect([source.state, source.indexJobId, backups.length]).toEqual(['ready', jobId, 100])
})

test('watching tells of a source that is opened, indexed and forgotten', async () => {
  const { core } = shared
  const path = copyFixture('backup_v1')
  const abort = new AbortController()
  const events = await core.client.sources.watch(undefined, { signal: abort.signal })
  expect((await events.next()).value).toMatchObject({ type: 'snapshot' })
  const { sourceId } = await openSource(core, path)
  await core.client.sources.forget({ sourceId })
  const seen: unknown[] = []
  for await (const event of events) {
    if (event.type === 'changed') seen.push(event.source.sourceId)
    if (event.type === 'forgotten') {
      seen.push(`forgotten ${event.sourceId}`)
      break
    }
  }
  abort.abort()
  expect(seen.at(-1)).toBe(`forgotten ${sourceId}`)
})

test('browsing shows directories, marks backup directories, and leaves out what is too much', async () => {
  const { core } = shared
  const path = copyFixture('backup_v1')
  const listing = await core.client.sources.browse({ path: join(path, '..') })
  expect(listing).toEqual({
    path: join(path, '..'),
    parent: join(path, '../..'),
    isBackupDirectory: false,
    isEmpty: false,
    entries: [{ name: 'backup_v1', path, isBackupDirectory: true }],
    leftOutCount: 0,
  })
  expect(await core.client.sources.browse({ path })).toMatchObject({
    isBackupDirectory: true,
    entries: [{ name: 'meta' }, { name: 'private' }, { name: 'shared_checksum' }],
  })
  expect(await core.client.sources.browse({ path: tempDir() })).toMatchObject({ isEmpty: true, entries: [] })
  expect(await errorOf(core.client.sources.browse({ path: join(path, 'absent') }))).toMatchObject({
    code: 'PATH_NOT_FOUND',
  })
  expect(await errorOf(core.client.sources.browse({ path: join(path, 'meta/1') }))).toMatchObject({
    code: 'NOT_A_DIRECTORY',
  })
})

test('two processes share a data folder: each sees what the other found, and neither takes the other for dead', async () => {
  const core = await startCore()
  const { dataFolder } = await core.client.app.info()
  const path = copyFixture('backup_v1')
  const sizeBytes = 512 * 1024 * 1024 * 1024
  const name = `shared_checksum/000099_sABCDEFGHIJKLMNOPQRST_${sizeBytes}.sst`
  sparseFile(join(path, name), sizeBytes)
  writeFileSync(join(path, 'meta/9'), metaText([`${name} crc32 1`]))
  const { sourceId } = await openSource(core, path)
  const { jobId } = await core.client.verify.start({ sourceId, backupIds: [9], level: 'checksum' })
  await expect.poll(async () => (await core.client.jobs.get({ jobId })).state, { interval: 5 }).toBe('running')
  const other = await runCommand(['--data-folder', dataFolder, 'verify', path, '-b', '1', '--json'])
  expect(other).toMatchObject({ exitCode: 0, stderr: '' })
  expect((await core.client.jobs.list({ limit: 10 })).map((job) => [job.kind, job.state])).toEqual([
    ['verify', 'succeeded'],
    ['verify', 'running'],
    ['index', 'succeeded'],
  ])
  const [{ verificationId } = { verificationId: 0 }] = await core.client.verify.list({ sourceId, backupId: 1 })
  expect(JSON.parse(other.stdout)).toMatchObject({ verification: { verificationId } })
  await core.client.jobs.cancel({ jobId })
  expect(await core.jobFinished(jobId)).toMatchObject({ state: 'stopped' })
})

test('processes that open one directory at once all list what the one that indexes it finds', async () => {
  const dataFolder = tempDir()
  const path = manyBackups(300)
  const answers = await Promise.all(
    [1, 2, 3].map(() => runCommand(['--data-folder', dataFolder, 'ls', path, '--json'])),
  )
  for (const { exitCode, stdout, stderr } of answers) {
    expect([exitCode, stderr]).toEqual([0, ''])
    expect((JSON.parse(stdout) as { backups: unknown[] }).backups).toHaveLength(300)
  }
})

test('a killed process leaves its job interrupted for the next one to see', async () => {
  const dataFolder = tempDir()
  const path = copyFixture('backup_v1')
  const sizeBytes = 512 * 1024 * 1024 * 1024
  const name = `shared_checksum/000099_sABCDEFGHIJKLMNOPQRST_${sizeBytes}.sst`
  sparseFile(join(path, name), sizeBytes)
  writeFileSync(join(path, 'meta/9'), metaText([`${name} crc32 1`]))
  const watcher = await startCore({ dataFolder })
  const command = startCommand(['--data-folder', dataFolder, 'verify', path, '-b', '9'])
  const states = async () => (await watcher.client.jobs.list({ limit: 10 })).map((job) => `${job.kind} ${job.state}`)
  await expect.poll(states, { interval: 10, timeout: 20_000 }).toContain('verify running')
  await watcher.close()
  command.child.kill('SIGKILL')
  await command.ended
  const next = await startCore({ dataFolder })
  expect((await next.client.jobs.list({ limit: 10 }))[0]).toMatchObject({
    kind: 'verify',
    state: 'interrupted',
    isResumable: false,
  })
})
