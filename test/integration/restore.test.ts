// Goal: a restore makes a whole database in a new place or nothing, and says why. Method: fixtures restored by a whole
// core, with damage, cancellation, competition and interruption.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ended, errorOf, openSource, startCore, useCore, verified } from '../support/core-under-test.ts'
import { addBackup, sparseFile } from '../support/fabricated-backup.ts'
import { copyFixture, filesIn, flipByte, treeState } from '../support/fixtures.ts'
import { tempDir } from '../support/temp-dir.ts'

const shared = useCore()

async function opened(path = copyFixture('backup_v1')) {
  const { core } = shared
  const { sourceId } = await openSource(core, path)
  return { core, sourceId, path: realpathSync(path) }
}

const partialOf = (target: string) => `${target}.lifeboat-partial`
const besideOf = (target: string) => readdirSync(dirname(target)).filter((name) => name.startsWith(basename(target)))

test('a restored backup is byte for byte what was stored, under the names of the database', async () => {
  const { core, sourceId, path } = await opened()
  const before = treeState(path)
  const targetPath = join(tempDir(), 'graph')
  const plan = await core.client.restore.plan({ sourceId, backupId: 2, targetPath })
  expect(plan).toEqual({
    sourceId,
    backupId: 2,
    targetPath,
    resolvedTargetPath: targetPath,
    fileCount: 5,
    totalBytes: 9171,
    freeBytes: expect.any(Number),
    lastVerification: null,
    refusals: [],
    warnings: [
      'This backup was never verified. Each file is proved while it is copied; a damaged one stops the restore.',
    ],
    resumesJobId: null,
  })
  expect(existsSync(targetPath)).toBe(false)
  const job = await ended(core, core.client.restore.start({ sourceId, backupId: 2, targetPath }))
  expect(job).toMatchObject({
    state: 'succeeded',
    error: null,
    progress: { doneBytes: 9171, totalBytes: 9171, doneCount: 5, totalCount: 5 },
    result: {
      kind: 'restore',
      restore: { targetPath, fileCount: 5, writtenBytes: 9171, provedFileCount: 5, resumedFileCount: 0 },
    },
  })
  const stored = filesIn(join(path, 'shared_checksum'))
  expect(filesIn(targetPath)).toEqual({
    '000008.sst': stored['000008_sBZ71H3CED2H4UBHQ66Q2_988.sst'],
    '000017.sst': stored['000017_sX7GQZX159AOYLXK6FHV7_988.sst'],
    ...filesIn(join(path, 'private/2')),
  })
  expect(besideOf(targetPath)).toEqual(['graph'])
  expect(treeState(path)).toEqual(before)
})

test('a blob file and a log are restored too, and an empty directory is a target', async () => {
  const { core, sourceId, path } = await opened(copyFixture('backup_v2_api'))
  const targetPath = join(tempDir(), 'graph')
  mkdirSync(targetPath)
  const job = await ended(core, core.client.restore.start({ sourceId, backupId: 1, targetPath }))
  expect(job.state).toBe('succeeded')
  const stored = filesIn(join(path, 'shared_checksum'))
  expect(filesIn(targetPath)).toEqual({
    '000009.sst': stored['000009_s2AWL2SFY78NQGZRDW6OG_1313.sst'],
    '000010.blob': stored['000010_490828903_298.blob'],
    ...filesIn(join(path, 'private/1')),
  })
})

test('what the last verification found is in the plan', async () => {
  const { core, sourceId, path } = await opened()
  flipByte(join(path, 'private/3/CURRENT'), 0)
  const { verification } = await verified(core, { sourceId })
  const { verificationId, finishedAtUs } = verification
  const plan = await core.client.restore.plan({ sourceId, backupId: 3, targetPath: join(tempDir(), 'graph') })
  expect(plan).toMatchObject({
    lastVerification: { verificationId, finishedAtUs, level: 'checksum', outcome: 'failed' },
    warnings: ['The last verification of this backup failed. The restore will stop at the first damaged file.'],
  })
})

test.each([
  ['a shared table', 'shared_checksum/000008_sBZ71H3CED2H4UBHQ66Q2_988.sst'],
  ['CURRENT, which comes last', 'private/2/CURRENT'],
])('a turned byte in %s stops the restore and leaves nothing behind', async (_what, file) => {
  const { core, sourceId, path } = await opened()
  flipByte(join(path, file), 5)
  const before = treeState(path)
  const targetPath = join(tempDir(), 'graph')
  const job = await ended(core, core.client.restore.start({ sourceId, backupId: 2, targetPath }))
  expect(job).toMatchObject({
    state: 'failed',
    isResumable: false,
    result: null,
    error: { code: 'CHECKSUM_MISMATCH', subject: file, message: expect.stringContaining('expected crc32c') },
  })
  expect(readdirSync(dirname(targetPath))).toEqual([])
  expect(treeState(path)).toEqual(before)
})

/** A backup whose largest file takes seconds to copy, and does not match at its end. */
function largeBackup(): string {
  const path = copyFixture('backup_v1')
  const sizeBytes = 8 * 1024 * 1024 * 1024
  const name = `shared_checksum/000099_sABCDEFGHIJKLMNOPQRST_${sizeBytes}.sst`
  sparseFile(join(path, name), sizeBytes)
  addBackup(path, 9, [`${name} crc32 1`])
  return path
}

async function startLarge() {
  const { core, sourceId } = await opened(largeBackup())
  const targetPath = join(tempDir(), 'graph')
  const { jobId } = await core.client.restore.start({ sourceId, backupId: 9, targetPath })
  const bytesDone = async () => (await core.client.jobs.get({ jobId })).progress?.doneBytes ?? 0
  await expect.poll(bytesDone, { interval: 5 }).toBeGreaterThan(100_000)
  return { core, sourceId, targetPath, jobId }
}

test('a cancelled restore leaves nothing behind', async () => {
  const { core, jobId, targetPath } = await startLarge()
  expect(readdirSync(dirname(targetPath))).toEqual(['graph.lifeboat-partial'])
  await core.client.jobs.cancel({ jobId })
  expect(await core.jobFinished(jobId)).toMatchObject({ state: 'stopped', isResumable: false, result: null })
  expect(readdirSync(dirname(targetPath))).toEqual([])
})

test('of two restores to one target one goes on, the other is refused', async () => {
  const { core, sourceId, jobId, targetPath } = await startLarge()
  const { refusals } = await core.client.restore.plan({ sourceId, backupId: 2, targetPath })
  expect(refusals).toMatchObject([{ code: 'TARGET_BUSY', subject: partialOf(targetPath) }])
  expect(refusals[0]?.message).toContain('an unfinished restore of backup 9 (started by process')
  expect(await core.client.jobs.get({ jobId })).toMatchObject({ state: 'running' })
  await core.client.jobs.cancel({ jobId })
  await core.jobFinished(jobId)
})

test('of two restores started at once to one target exactly one succeeds', async () => {
  const { core, sourceId } = await opened()
  const targetPath = join(tempDir(), 'graph')
  const starts = [1, 2, 3].map((backupId) => core.client.restore.start({ sourceId, backupId, targetPath }))
  const outcomes = await Promise.all(
    starts.map((start) =>
      ended(core, start).then(
        (job) => job.error?.code ?? job.state,
        (thrown: { data: { code: string } }) => thrown.data.code,
      ),
    ),
  )
  expect(outcomes.filter((outcome) => outcome === 'succeeded')).toHaveLength(1)
  for (const outcome of outcomes) expect(['succeeded', 'TARGET_BUSY', 'TARGET_NOT_EMPTY']).toContain(outcome)
  expect(besideOf(targetPath)).toEqual(['graph'])
  expect(Object.keys(filesIn(targetPath))).toContain('CURRENT')
})

test('a restore that its core left unfinished is listed, planned as a resumption, and can be cancelled', async () => {
  const core = await startCore()
  const { dataFolder } = await core.client.app.info()
  const { sourceId } = await openSource(core, largeBackup())
  const folder = tempDir()
  const targetPath = join(folder, 'graph')
  const { jobId } = await core.client.restore.start({ sourceId, backupId: 9, targetPath })
  const bytesDone = async () => (await core.client.jobs.get({ jobId })).progress?.doneBytes ?? 0
  await expect.poll(bytesDone, { interval: 5 }).toBeGreaterThan(100_000)
  await core.close()
  const next = await startCore({ dataFolder })
  expect(await next.client.jobs.get({ jobId })).toMatchObject({ state: 'interrupted', isResumable: true })
  const link = join(tempDir(), 'link')
  symlinkSync(folder, link)
  for (const sameTarget of [targetPath, join(link, 'graph')]) {
    const plan = await next.client.restore.plan({ sourceId, backupId: 9, targetPath: sameTarget })
    expect(plan).toMatchObject({ refusals: [], resolvedTargetPath: targetPath, resumesJobId: jobId })
  }
  expect(await next.client.restore.plan({ sourceId, backupId: 1, targetPath })).toMatchObject({
    refusals: [{ code: 'TARGET_BUSY' }],
    resumesJobId: null,
  })
  expect(await next.client.jobs.cancel({ jobId })).toMatchObject({ state: 'stopped', isResumable: false })
  expect(readdirSync(folder)).toEqual([])
  expect(await errorOf(next.client.jobs.resume({ jobId }))).toMatchObject({ code: 'JOB_FINISHED' })
})

test('a published target that is not what the restore would write is never touched', async () => {
  const core = await startCore()
  const { dataFolder } = await core.client.app.info()
  const { sourceId } = await openSource(core, largeBackup())
  const targetPath = join(tempDir(), 'graph')
  const { jobId } = await core.client.restore.start({ sourceId, backupId: 1, targetPath })
  await core.jobFinished(jobId)
  const whole = filesIn(targetPath)
  const interrupted = await core.client.restore.start({ sourceId, backupId: 9, targetPath: `${targetPath}-2` })
  const partial = partialOf(`${targetPath}-2`)
  await expect.poll(() => existsSync(join(partial, 'owner.json')), { interval: 5 }).toBe(true)
  await core.close()
  // as it is when the process dies right after the rename
  const owner = JSON.parse(readFileSync(join(partial, 'owner.json'), 'utf8')) as object
  rmSync(partial, { recursive: true })
  mkdirSync(partial)
  writeFileSync(join(partial, 'owner.json'), JSON.stringify({ ...owner, backupId: 9 }))
  cpSync(targetPath, `${targetPath}-2`, { recursive: true })
  const next = await startCore({ dataFolder })
  const plan = await next.client.restore.plan({ sourceId, backupId: 9, targetPath: `${targetPath}-2` })
  expect(plan).toMatchObject({ refusals: [], resumesJobId: interrupted.jobId })
  await next.client.jobs.resume({ jobId: interrupted.jobId })
  // the target lacks the large file: it is not what this restore would have made, and stays as it is
  expect(await next.jobFinished(interrupted.jobId)).toMatchObject({
    state: 'failed',
    isResumable: true,
    error: { code: 'TARGET_NOT_EMPTY', message: 'the target was made, but it is no longer what the restore wrote' },
  })
  expect(filesIn(`${targetPath}-2`)).toEqual(whole)
  await next.client.jobs.cancel({ jobId: interrupted.jobId })
  expect(existsSync(partial)).toBe(false)
  expect(filesIn(`${targetPath}-2`)).toEqual(whole)
})
