// Goal: however files are cut into ranges and shared among threads, the checksum is that of the whole file, and no file
// is judged by another's. Method: the real plan and the real hashing without threads, on files around the range size.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ControlSwitch } from '#base/abort.ts'
import { limits } from '#base/limits.ts'
import { crc32c } from '../../../src-main/rocksdb/crc32c.ts'
import { hashRanges } from '../../../src-main/verify/hash-ranges.ts'
import { judge } from '../../../src-main/verify/judge.ts'
import { planVerification, type VerificationPlan } from '../../../src-main/verify/plan.ts'
import { makeWork, readProgress } from '../../../src-main/verify/work-list.ts'
import { metaText } from '../../support/fabricated-backup.ts'
import { copyFixture, cutFile, flipByte } from '../../support/fixtures.ts'

const RANGE = limits.hashRangeBytes

test('files are cut at the range size, an empty file is one empty range', () => {
  const work = makeWork([0, 1, RANGE - 1, RANGE, RANGE + 1, 3 * RANGE], 2)
  expect([...new Int32Array(work.fileIndex)]).toEqual([0, 1, 2, 3, 4, 4, 5, 5, 5])
  expect([...new Float64Array(work.offsetBytes)]).toEqual([0, 0, 0, 0, 0, RANGE, 0, RANGE, 2 * RANGE])
  expect([...new Float64Array(work.lengthBytes)]).toEqual([0, 1, RANGE - 1, RANGE, RANGE, 1, RANGE, RANGE, RANGE])
  expect(readProgress(work)).toEqual({ doneBytes: 0, doneRanges: 0, fileIndex: 0 })
})

test('the checksums of ranges combine to that of the file, whatever their order', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, index) => index * 7)
  const work = makeWork([100], 1)
  // one file in three ranges, as if the range size were 40
  const cut: typeof work = {
    ...work,
    fileIndex: Int32Array.of(0, 0, 0).buffer as never,
    lengthBytes: Float64Array.of(40, 40, 20).buffer as never,
    crc32c: Uint32Array.of(crc32c(bytes.subarray(0, 40)), crc32c(bytes.subarray(40, 80)), crc32c(bytes.subarray(80)))
      .buffer as never,
  }
  const plan: VerificationPlan = {
    root: '/',
    files: [{ path: 'private/1/CURRENT', sizeBytes: 100, crc32c: crc32c(bytes) }],
    problems: [],
    backups: [{ backupId: 1, metaDigest: 'digest' }],
    usersByPath: new Map([['private/1/CURRENT', [1]]]),
  }
  expect(judge(plan, cut, [])).toMatchObject({ outcome: 'passed', problems: [] })
  new Uint32Array(cut.crc32c)[1] = 0
  expect(judge(plan, cut, [])).toMatchObject({ outcome: 'failed', problems: [{ kind: 'checksum' }] })
})

test('several files in one thread are each judged by their own bytes, an empty one too', () => {
  const path = copyFixture('backup_v1')
  writeFileSync(join(path, 'private/1/000099.log'), '')
  writeFileSync(join(path, 'private/1/CURRENT'), 'MANIFEST-000010\n')
  const current = crc32c(Buffer.from('MANIFEST-000010\n'))
  writeFileSync(join(path, 'meta/1'), metaText([`private/1/CURRENT crc32 ${current}`, 'private/1/000099.log crc32 0']))
  const plan = planVerification({ path, backupIds: [1] })
  expect(plan.files.map(({ sizeBytes }) => sizeBytes)).toEqual([16, 0])
  const work = makeWork([16, 0], 1)
  const { problems } = hashRanges({ path, files: plan.files, work, control: new ControlSwitch().shared, slot: 0 })
  expect(judge(plan, work, problems)).toMatchObject({ outcome: 'passed', problems: [] })
  expect(readProgress(work)).toMatchObject({ doneBytes: 16, doneRanges: 2 })
})

test('a file that changed since the plan is told as changed, and the others are still proved', () => {
  const path = copyFixture('backup_v1')
  const plan = planVerification({ path, backupIds: null })
  cutFile(join(path, 'private/1/CURRENT'), 3)
  flipByte(join(path, 'private/2/CURRENT'), 3)
  const sizes = plan.files.map(({ sizeBytes }) => sizeBytes)
  const work = makeWork(sizes, 1)
  const output = hashRanges({ path, files: plan.files, work, control: new ControlSwitch().shared, slot: 0 })
  const { problems, backups } = judge(plan, work, output.problems)
  expect(problems).toMatchObject([
    {
      path: 'private/1/CURRENT',
      kind: 'changed',
      expected: '16 bytes',
      found: '3 bytes',
      backupIds: [1],
      backupCount: 1,
    },
    { path: 'private/2/CURRENT', kind: 'checksum', backupIds: [2] },
  ])
  expect(backups.map(({ backupId, outcome }) => [backupId, outcome])).toEqual([
    [3, 'passed'],
    [2, 'failed'],
    [1, 'failed'],
  ])
})

test('two meta files that disagree on one shared file cannot both be right', () => {
  const path = copyFixture('backup_v1')
  const name = 'shared_checksum/000008_sBZ71H3CED2H4UBHQ66Q2_988.sst'
  writeFileSync(join(path, 'meta/1'), metaText([`${name} crc32 1`]))
  expect(planVerification({ path, backupIds: [2, 1] }).problems).toEqual([
    { path: 'meta/1', kind: 'meta', expected: `crc32c 481134232 for ${name}`, found: 'crc32c 1' },
  ])
  writeFileSync(join(path, 'meta/1'), `schema_version 2.1\n1\n1\n1\n${name} crc32 481134232 size 987\n`)
  expect(planVerification({ path, backupIds: [2, 1] }).problems).toEqual([
    { path: 'meta/1', kind: 'meta', expected: `988 bytes for ${name}`, found: '987 bytes' },
  ])
})

test('a stop ends the hashing', () => {
  const path = copyFixture('backup_v1')
  const plan = planVerification({ path, backupIds: null })
  const control = new ControlSwitch()
  control.stop()
  const work = makeWork(
    plan.files.map(({ sizeBytes }) => sizeBytes),
    1,
  )
  expect(() => hashRanges({ path, files: plan.files, work, control: control.shared, slot: 0 })).toThrow(
    expect.objectContaining({ name: 'StoppedError' }),
  )
})

test('the backups that a problem concerns are counted in full and named up to twenty', () => {
  const users = Array.from({ length: 50 }, (_, index) => 50 - index)
  const plan: VerificationPlan = {
    root: '/',
    files: [],
    problems: [{ path: 'shared/1.sst', kind: 'missing', expected: 'a file', found: 'nothing' }],
    backups: users.map((backupId) => ({ backupId, metaDigest: 'digest' })),
    usersByPath: new Map([['shared/1.sst', users]]),
  }
  const { problems, backups } = judge(plan, null, [])
  expect(problems).toEqual([{ ...plan.problems[0], backupIds: users.slice(0, 20), backupCount: 50 }])
  expect(backups.every(({ outcome }) => outcome === 'failed')).toBe(true)
})
