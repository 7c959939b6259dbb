// Goal: a verification finds every way in which a file is not what it was, and names it, what it should be, and which
// backups it costs. Method: fixtures of both schemas, damaged one way at a time, verified by a whole core.
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { crc32c } from '../../src-main/rocksdb/crc32c.ts'
import { errorOf, openSource, startCore, useCore, verified } from '../support/core-under-test.ts'
import { metaText, sparseFile } from '../support/fabricated-backup.ts'
import { copyFixture, cutFile, flipByte } from '../support/fixtures.ts'

const SHARED_BY_TWO = 'shared_checksum/000008_sBZ71H3CED2H4UBHQ66Q2_988.sst'

const shared = useCore()

async function opened(path: string) {
  const { core } = shared
  const { sourceId } = await openSource(core, path)
  return { core, sourceId }
}

test('sound backups pass, a file that two share is counted once, and every byte was read', async () => {
  const { core, sourceId } = await opened(copyFixture('backup_v1'))
  const { verification, problems } = await verified(core, { sourceId })
  expect(problems).toEqual([])
  expect(verification).toMatchObject({
    outcome: 'passed',
    level: 'checksum',
    backupIds: [3, 2, 1],
    backupCount: 3,
    fileCount: 12,
    checkedBytes: 24_426,
    unprovableFileCount: 0,
    problemCount: 0,
  })
})

const flips: [file: string, fixture: 'backup_v1' | 'backup_v2_api', backupIds: number[], expected: string][] = [
  [SHARED_BY_TWO, 'backup_v1', [2, 1], 'crc32c 481134232'],
  ['private/3/MANIFEST-000035', 'backup_v1', [3], 'crc32c 2718485260'],
  ['private/2/CURRENT', 'backup_v1', [2], 'crc32c 3902859974'],
  ['private/1/OPTIONS-000012', 'backup_v1', [1], 'crc32c 3679531975'],
  ['private/2/000008.log', 'backup_v2_api', [2], 'crc32c 1902680752'],
  ['shared_checksum/000010_490828903_298.blob', 'backup_v2_api', [2, 1], 'crc32c 490828903'],
]

test.each(flips)('one turned byte in %s is found', async (file, fixture, backupIds, expected) => {
  const path = copyFixture(fixture)
  const { core, sourceId } = await opened(path)
  flipByte(join(path, file), 7)
  const ids = fixture === 'backup_v1' ? [1, 2, 3] : [1, 2]
  const { verification, problems } = await verified(core, { sourceId, backupIds: ids })
  expect(verification.outcome).toBe('failed')
  expect(problems).toEqual([
    {
      path: file,
      kind: 'checksum',
      expected,
      found: expect.stringMatching(/^crc32c \d+$/),
      backupIds,
      backupCount: backupIds.length,
    },
  ])
  expect(problems[0]?.found).not.toBe(expected)
  const outcomes = (await core.client.backups.list({ sourceId })).map((backup) => backup.lastVerification?.outcome)
  expect(outcomes).toEqual(
    [3, 2, 1].map((id) => (!ids.includes(id) ? undefined : backupIds.includes(id) ? 'failed' : 'passed')),
  )
})

describe('a deep verification', () => {
  test.each(['backup_v1', 'backup_v2_api'] as const)('finds nothing in the sound backups of %s', async (fixture) => {
    const { core, sourceId } = await opened(copyFixture(fixture))
    const { verification, problems } = await verified(core, { sourceId, backupIds: [1, 2], level: 'deep' })
    expect([verification.outcome, verification.level, problems]).toEqual(['passed', 'deep', []])
    const backups = await core.client.backups.list({ sourceId })
    expect(backups.find(({ backupId }) => backupId === 2)?.lastVerification?.level).toBe('deep')
  })

  test.each<[file: string, fixture: 'backup_v1' | 'backup_v2_api', offset: number, found: string]>([
    [SHARED_BY_TWO, 'backup_v1', 20, 'data block'],
    ['private/3/MANIFEST-000035', 'backup_v1', 20, 'log record'],
    ['private/2/CURRENT', 'backup_v1', 3, 'CURRENT'],
    ['private/2/000008.log', 'backup_v2_api', 20, 'log record'],
    ['shared_checksum/000010_490828903_298.blob', 'backup_v2_api', 100, 'blob'],
  ])('finds a byte in %s that was wrong when the backup was made', async (file, fixture, offset, found) => {
    const path = copyFixture(fixture)
    const before = crc32c(readFileSync(join(path, file)))
    flipByte(join(path, file), offset)
    const after = crc32c(readFileSync(join(path, file)))
    for (const id of readdirSync(join(path, 'meta'))) {
      const meta = readFileSync(join(path, 'meta', id), 'latin1')
      writeFileSync(join(path, 'meta', id), meta.replaceAll(` ${before}`, ` ${after}`))
    }
    const { core, sourceId } = await opened(path)
    const backupIds = fixture === 'backup_v1' ? [1, 2, 3] : [1, 2]
    expect((await verified(core, { sourceId, backupIds, level: 'checksum' })).problems).toEqual([])
    const { problems } = await verified(core, { sourceId, backupIds, level: 'deep' })
    expect(problems.map((problem) => [problem.path, problem.kind])).toEqual([[file, 'contents']])
    expect(problems[0]?.found).toContain(found)
  })
})

test('a turned byte in a meta file is found, whether it still reads or not', async () => {
  const path = copyFixture('backup_v1')
  const { core, sourceId } = await opened(path)
  flipByte(join(path, 'meta/1'), 0)
  flipByte(join(path, 'meta/3'), -2)
  const { problems } = await verified(core, { sourceId })
  expect(problems).toMatchObject([
    { path: 'meta/3', kind: 'meta', backupIds: [3] },
    { path: 'meta/1', kind: 'meta', backupIds: [1] },
  ])
  writeFileSync(join(path, 'meta/2'), metaText([`${SHARED_BY_TWO} crc32 481134233`]))
  expect((await verified(core, { sourceId, backupIds: [2] })).problems).toEqual([
    {
      path: SHARED_BY_TWO,
      kind: 'checksum',
      expected: 'crc32c 481134233',
      found: 'crc32c 481134232',
      backupIds: [2],
      backupCount: 1,
    },
  ])
})

describe.each(['presence', 'checksum'] as const)('level %s', (level) => {
  test('finds what is cut, gone, or no file any more', async () => {
    const path = copyFixture('backup_v1')
    const { core, sourceId } = await opened(path)
    const secret = join(path, 'elsewhere')
    copyFileSync(join(path, 'private/3/CURRENT'), secret)
    cutFile(join(path, SHARED_BY_TWO), -1)
    rmSync(join(path, 'private/2/OPTIONS-000021'))
    rmSync(join(path, 'private/3/CURRENT'))
    symlinkSync(secret, join(path, 'private/3/CURRENT'))
    rmSync(join(path, 'private/1/CURRENT'))
    mkdirSync(join(path, 'private/1/CURRENT'))
    const { verification, problems } = await verified(core, { sourceId, level })
    expect(verification).toMatchObject({ outcome: 'failed', level, problemCount: 4 })
    expect(problems.toSorted((left, right) => (left.path < right.path ? -1 : 1))).toEqual([
      {
        path: 'private/1/CURRENT',
        kind: 'unreadable',
        expected: 'a regular file',
        found: 'a link, a directory or a device',
        backupIds: [1],
        backupCount: 1,
      },
      {
        path: 'private/2/OPTIONS-000021',
        kind: 'missing',
        expected: 'a file',
        found: 'nothing',
        backupIds: [2],
        backupCount: 1,
      },
      {
        path: 'private/3/CURRENT',
        kind: 'unreadable',
        expected: 'a regular file',
        found: 'a link, a directory or a device',
        backupIds: [3],
        backupCount: 1,
      },
      {
        path: SHARED_BY_TWO,
        kind: 'size',
        expected: '988 bytes',
        found: '987 bytes',
        backupIds: [2, 1],
        backupCount: 2,
      },
    ])
  })
})

test('presence does not read content, and says so', async () => {
  const path = copyFixture('backup_v1')
  const { core, sourceId } = await opened(path)
  flipByte(join(path, SHARED_BY_TWO), 7)
  const { verification } = await verified(core, { sourceId, level: 'presence' })
  expect(verification).toMatchObject({ outcome: 'passed', level: 'presence', fileCount: 12, checkedBytes: 0 })
})

test('a directory in the way of files costs the backups below it, not the others', async () => {
  const path = copyFixture('backup_v1')
  const { core, sourceId } = await opened(path)
  renameSync(join(path, 'private/2'), join(path, 'moved'))
  symlinkSync(join(path, 'moved'), join(path, 'private/2'))
  const { problems } = await verified(core, { sourceId })
  expect(problems.map(({ path: file, kind, backupIds }) => [file, kind, backupIds])).toEqual([
    ['private/2/MANIFEST-000019', 'unreadable', [2]],
    ['private/2/CURRENT', 'unreadable', [2]],
    ['private/2/OPTIONS-000021', 'unreadable', [2]],
  ])
  expect(problems[0]?.found).toContain('symbolic link')
})

test('an excluded file fails the backup that left it out', async () => {
  const { core, sourceId } = await opened(copyFixture('backup_v2_api'))
  const { verification, problems } = await verified(core, { sourceId })
  expect(verification).toMatchObject({ outcome: 'failed', fileCount: 14 })
  expect(problems).toEqual([
    {
      path: 'shared_checksum/000012_s2AWL2SFY78NQGZRDW6OG_1302.sst',
      kind: 'excluded',
      expected: 'a file in this backup',
      found: 'left out when it was made',
      backupIds: [3],
      backupCount: 1,
    },
  ])
})

test('a file that one backup left out and another has is proved for the one that has it', async () => {
  const path = copyFixture('backup_v2_api')
  const name = 'shared_checksum/000012_s2AWL2SFY78NQGZRDW6OG_1302.sst'
  const content = new Uint8Array(1302).fill(7)
  writeFileSync(join(path, name), content)
  writeFileSync(join(path, 'meta/1'), metaText([`${name} crc32 ${crc32c(content)}`]))
  const { core, sourceId } = await opened(path)
  const sound = await verified(core, { sourceId, backupIds: [3, 1] })
  expect(sound.problems.map(({ kind, backupIds }) => [kind, backupIds])).toEqual([['excluded', [3]]])
  flipByte(join(path, name), 1)
  const damaged = await verified(core, { sourceId, backupIds: [3, 1] })
  expect(damaged.problems.map(({ kind, backupIds }) => [kind, backupIds])).toEqual([
    ['excluded', [3]],
    ['checksum', [1]],
  ])
  expect((await core.client.backups.list({ sourceId })).map((backup) => backup.lastVerification?.outcome)).toEqual([
    'failed',
    undefined,
    'failed',
  ])
})

test('a large file is hashed in ranges by several threads, and equals the whole', async () => {
  const path = copyFixture('backup_v1')
  const sizeBytes = 130 * 1024 * 1024
  const name = `shared_checksum/000099_sABCDEFGHIJKLMNOPQRST_${sizeBytes}.sst`
  sparseFile(join(path, name), sizeBytes)
  flipByte(join(path, name), 3)
  flipByte(join(path, name), 70 * 1024 * 1024)
  flipByte(join(path, name), -1)
  const zeros = new Uint8Array(1024 * 1024)
  let whole = 0
  for (let megabyte = 0; megabyte < 130; megabyte += 1) {
    const chunk = [0, 70, 129].includes(megabyte) ? new Uint8Array(zeros) : zeros
    if (megabyte === 0) chunk[3] = 0xff
    if (megabyte === 70) chunk[0] = 0xff
    if (megabyte === 129) chunk[chunk.length - 1] = 0xff
    whole = crc32c(chunk, whole)
  }
  writeFileSync(join(path, 'meta/9'), metaText([`${name} crc32 ${whole}`]))
  const { core, sourceId } = await opened(path)
  const sound = await verified(core, { sourceId, backupIds: [9] })
  expect(sound.verification).toMatchObject({ outcome: 'passed', fileCount: 1, checkedBytes: sizeBytes })
  flipByte(join(path, name), 64 * 1024 * 1024)
  expect((await verified(core, { sourceId, backupIds: [9] })).problems).toMatchObject([
    { path: name, kind: 'checksum' },
  ])
})

test('files without a checksum are counted as not proved', async () => {
  const path = copyFixture('backup_v1')
  writeFileSync(join(path, 'private/1/CURRENT'), 'MANIFEST-000010\n')
  writeFileSync(join(path, 'meta/1'), 'schema_version 2.1\n1795419192\n1\n1\nprivate/1/CURRENT size 16\n')
  const { core, sourceId } = await opened(path)
  const { verification } = await verified(core, { sourceId, backupIds: [1] })
  expect(verification).toMatchObject({ outcome: 'passed', fileCount: 1, unprovableFileCount: 1 })
})

test('runs are kept and listed, and a backup whose meta file changed has none', async () => {
  const path = copyFixture('backup_v1')
  const { core, sourceId } = await opened(path)
  const all = (await verified(core, { sourceId })).verification
  const one = (await verified(core, { sourceId, backupIds: [2], level: 'checksum' })).verification
  expect(await core.client.verify.list({ sourceId, backupId: null })).toEqual([one, all])
  expect(await core.client.verify.list({ sourceId, backupId: 2 })).toEqual([one, all])
  expect(await core.client.verify.list({ sourceId, backupId: 1 })).toEqual([all])
  const summary = ({ verificationId, level, outcome, finishedAtUs }: typeof all) => ({
    verificationId,
    level,
    outcome,
    finishedAtUs,
  })
  const last = async () => (await core.client.backups.list({ sourceId })).map((backup) => backup.lastVerification)
  expect(await last()).toEqual([summary(all), summary(one), summary(all)])
  copyFileSync(join(path, 'meta/3'), join(path, 'meta/3.new'))
  writeFileSync(join(path, 'meta/2'), metaText([`${SHARED_BY_TWO} crc32 481134232`], { createdAtS: 1_795_419_199 }))
  rmSync(join(path, 'meta/3.new'))
  await core.client.sources.refresh({ sourceId }).then(({ indexJobId }) => core.jobFinished(indexJobId!))
  expect(await last()).toEqual([summary(all), null, summary(all)])
  expect(await core.client.verify.list({ sourceId, backupId: 2 })).toEqual([])
  expect(await core.client.verify.get({ verificationId: one.verificationId })).toEqual({
    verification: one,
    problems: [],
  })
  expect(await errorOf(core.client.verify.get({ verificationId: 99 }))).toMatchObject({
    code: 'VERIFICATION_NOT_FOUND',
  })
})

test('a backup that is not there fails the job, not the core', async () => {
  const { core, sourceId } = await opened(copyFixture('backup_v1'))
  const { jobId } = await core.client.verify.start({ sourceId, backupIds: [7], level: 'checksum' })
  expect(await core.jobFinished(jobId)).toMatchObject({ state: 'failed', error: { code: 'BACKUP_NOT_FOUND' } })
  expect((await verified(core, { sourceId })).verification.outcome).toBe('passed')
})

describe('a running verification', () => {
  /** Work for many seconds, in no time and no space. */
  function endless(): string {
    const path = copyFixture('backup_v1')
    const sizeBytes = 512 * 1024 * 1024 * 1024
    const name = `shared_checksum/000099_sABCDEFGHIJKLMNOPQRST_${sizeBytes}.sst`
    sparseFile(join(path, name), sizeBytes)
    writeFileSync(join(path, 'meta/9'), metaText([`${name} crc32 1`]))
    return path
  }

  test('pauses, goes on where it was, and stops without a result', async () => {
    const { core, sourceId } = await opened(endless())
    const { jobId } = await core.client.verify.start({ sourceId, backupIds: [9], level: 'checksum' })
    const bytesDone = async () => (await core.client.jobs.get({ jobId })).progress?.doneBytes ?? 0
    await expect.poll(bytesDone, { interval: 5 }).toBeGreaterThan(0)
    expect(await core.client.jobs.pause({ jobId })).toMatchObject({ state: 'paused' })
    // a chunk that was being read when the pause came is still counted
    let paused = -1
    const isStill = async () => {
      const before = paused
      paused = await bytesDone()
      return paused === before
    }
    await expect.poll(isStill, { interval: 30 }).toBe(true)
    const job = await core.client.jobs.get({ jobId })
    expect(await core.client.jobs.get({ jobId })).toEqual(job)
    expect(await core.client.jobs.resume({ jobId })).toMatchObject({ state: 'running' })
    await expect.poll(bytesDone, { interval: 5 }).toBeGreaterThan(paused)
    expect(await core.client.jobs.cancel({ jobId })).toMatchObject({ state: 'stopping' })
    expect(await core.jobFinished(jobId)).toMatchObject({
      state: 'stopped',
      result: null,
      error: null,
      isResumable: false,
    })
    expect(await core.client.verify.list({ sourceId, backupId: null })).toEqual([])
    expect(await errorOf(core.client.jobs.pause({ jobId }))).toMatchObject({ code: 'JOB_FINISHED' })
  })

  test('stops while it is paused', async () => {
    const { core, sourceId } = await opened(endless())
    const { jobId } = await core.client.verify.start({ sourceId, backupIds: [9], level: 'checksum' })
    await expect.poll(async () => (await core.client.jobs.get({ jobId })).state, { interval: 5 }).toBe('running')
    await core.client.jobs.pause({ jobId })
    await core.client.jobs.cancel({ jobId })
    expect(await core.jobFinished(jobId)).toMatchObject({ state: 'stopped' })
  })

  test('is left as interrupted by a core that closes, and cannot be resumed', async () => {
    const core = await startCore()
    const { sourceId } = await openSource(core, endless())
    const { dataFolder } = await core.client.app.info()
    const { jobId } = await core.client.verify.start({ sourceId, backupIds: [9], level: 'checksum' })
    await expect.poll(async () => (await core.client.jobs.get({ jobId })).state, { interval: 5 }).toBe('running')
    await core.close()
    const next = await startCore({ dataFolder })
    expect(await next.client.jobs.get({ jobId })).toMatchObject({ state: 'interrupted', isResumable: false })
    expect(await errorOf(next.client.jobs.resume({ jobId }))).toMatchObject({ code: 'JOB_FINISHED' })
  })
})
