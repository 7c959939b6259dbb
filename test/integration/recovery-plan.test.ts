// Goal: what is planned from a repository on the disk is what is in it, and a plan holds as long as that is so. Method: logs
// written by hand, archived by the archiver into closed and open segments, fulls taken of the same database; then the
// repository grows, is closed, damaged, pruned.
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Archiver } from '../../src-main/backup/archiver/archiver.ts'
import type { RecoveryTarget } from '../../src-main/contract/recovery.ts'
import { BackupDirectory } from '../../src-main/repository/backup-directory.ts'
import { addMark } from '../../src-main/repository/own/marks.ts'
import { noteVerification } from '../../src-main/repository/own/records.ts'
import { addTimeline } from '../../src-main/repository/own/timelines.ts'
import { checkPlanHolds } from '../../src-main/restore/plan/check-plan-holds.ts'
import { makeRecoveryPlan } from '../../src-main/restore/plan/make-plan.ts'
import { readRecoveryOverview } from '../../src-main/restore/plan/overview.ts'
import { readRecoveryFacts } from '../../src-main/restore/plan/read-facts.ts'
import { copyFixture, flipByte } from '../support/fixtures.ts'
import { clock, T, World, world } from '../support/planned-world.ts'
import { tempDir } from '../support/temp-dir.ts'
import { FakeDatabase } from '../unit/backup/archiver/fake-database.ts'
import { aloneWriter, REPOSITORY_ID, segmentPath } from '../unit/repository/own/fabricated-repository.ts'
import { restored, unsyncedLayer } from './backup-full/support.ts'
import { viewOf } from './reader/rows.ts'

/** As the database shows it that a restore of the backup alone makes. */
function lastSequenceOf(root: string, backupId: number): number {
  const view = viewOf(restored(root, backupId))
  try {
    return view.lastSequence
  } finally {
    view.close()
  }
}

const outdated = (message: RegExp) =>
  expect.objectContaining({ code: 'PLAN_OUTDATED', message: expect.stringMatching(message) })

describe('a plan from a repository', () => {
  test('is made of its full, its closed segments and the open one', () => {
    const { root, directory } = world()
    const facts = readRecoveryFacts(directory)
    expect(facts).toMatchObject({
      repositoryId: REPOSITORY_ID,
      currentTimeline: '1',
      problems: [],
      writerSeenAtUs: null,
    })
    expect(
      facts.archives.map(({ segments }) =>
        segments.map((each) => [each.firstSequence, each.lastSequence, each.isOpen]),
      ),
    ).toEqual([
      [
        [1, 10, false],
        [11, 16, false],
        [17, 20, true],
      ],
    ])
    const plan = world().plan({ kind: 'time', timeUs: T + 95, isInclusive: true })
    const { metaDigest, ...base } = plan.base
    expect(metaDigest).toMatch(/^[0-9a-f]{64}$/)
    expect(base).toMatchObject({ backupId: 1, lastSequence: 4, createdAtUs: T + 25 })
    expect(plan.effective).toMatchObject({
      sequence: 18,
      lastKept: { firstSequence: 17, lastSequence: 18, committedAtUs: T + 90, putCount: 2, deleteCount: 0 },
      firstDropped: { firstSequence: 19, lastSequence: 20, committedAtUs: T + 100 },
    })
    expect(plan.segments.map(({ path, firstSequence, lastSequence }) => [path, firstSequence, lastSequence])).toEqual([
      [segmentPath('1', 1), 1, 10],
      [segmentPath('1', 11), 11, 16],
      [segmentPath('1', 17), 17, 20],
    ])
    expect(plan.segments.map(({ crc32c }) => crc32c === null)).toEqual([false, false, true])
    expect(plan.tail).toEqual({ commitCount: 7, sizeBytes: expect.any(Number) })
    expect(plan.loss).toMatchObject({ commitCount: 1, putCount: 2, lastSequence: 20 })
    expect(plan.warnings).toEqual([])
    expect(readFileSync(join(root, segmentPath('1', 1))).length).toBe(plan.segments[0]?.sizeBytes)
  })

  test('reaches every commit, by its time, its sequence and what was before it', () => {
    const made = world()
    for (let index = 2; index < 10; index += 1) {
      const last = 2 * index + 2
      const timeUs = T + 10 * (index + 1)
      const targets: RecoveryTarget[] = [
        { kind: 'time', timeUs, isInclusive: true },
        { kind: 'time', timeUs: timeUs + 9, isInclusive: true },
        { kind: 'time', timeUs: timeUs + 10, isInclusive: false },
        { kind: 'sequence', sequence: last },
        { kind: 'sequence', sequence: last + (index < 9 ? 1 : 0) },
        ...(index < 9 ? [{ kind: 'before' as const, sequence: last + 2 }] : []),
      ]
      expect(targets.map((target) => made.plan(target).effective.sequence)).toEqual(targets.map(() => last))
    }
  })

  test('refuses what lies in a segment that was lost or damaged, with the nearest points', () => {
    const made = world().full(2).commit(1)
    const nearest = (target: RecoveryTarget) => {
      const answer = made.ask(target)
      if (answer.kind === 'planned') return answer.plan.effective.sequence
      const { error, nearestBefore, nearestAfter } = answer.refusal
      return [error.code, nearestBefore?.sequence, nearestBefore?.committedAtUs, nearestAfter?.sequence]
    }
    expect(nearest({ kind: 'sequence', sequence: 14 })).toBe(14)
    // the commits of the index, behind its head: only who reads them sees it
    flipByte(join(made.root, segmentPath('1', 11).replace('.wal', '.idx')), 60)
    expect(nearest({ kind: 'sequence', sequence: 14 })).toEqual(['INSTANT_NOT_COVERED', 10, T + 50, 20])
    expect(nearest({ kind: 'time', timeUs: T + 65, isInclusive: true })).toEqual([
      'INSTANT_NOT_COVERED',
      10,
      T + 50,
      20,
    ])
    expect(nearest({ kind: 'latest' })).toBe(22)
    rmSync(join(made.root, segmentPath('1', 11)))
    rmSync(join(made.root, segmentPath('1', 11).replace('.wal', '.idx')))
    expect(nearest({ kind: 'sequence', sequence: 14 })).toEqual(['INSTANT_NOT_COVERED', 10, T + 50, 20])
  })

  test('takes an older full and more of the archive where a newer one lacks a file or failed a verification', () => {
    const made = world().full(2).full(3).commit(1)
    expect(made.plan({ kind: 'latest' }).base.backupId).toBe(3)
    const record = { level: 'deep', verifiedAtUs: 1, fileCount: 1, readBytes: 1, durationUs: 1 } as const
    noteVerification(aloneWriter(made.root), { id: 3, ...record, result: 'failed', problems: ['a block of it'] })
    rmSync(join(made.root, 'private/2/CURRENT'))
    const { base, passedOver } = made.plan({ kind: 'latest' })
    expect(base.backupId).toBe(1)
    expect(passedOver).toEqual([
      { backupId: 3, reason: 'Its last verification failed: a block of it.' },
      { backupId: 2, reason: 'It is incomplete: private/2/CURRENT: missing.' },
    ])
    const fallen = makeRecoveryPlan(
      made.root,
      { target: { kind: 'latest' }, timeline: null, excludedBackupIds: [1] },
      { clock, measuredBytesPerSecond: null },
    )
    expect(fallen).toMatchObject({ kind: 'refused', refusal: { error: { code: 'INSTANT_NOT_COVERED' } } })
  })

  test('goes to a named point', () => {
    const made = world()
    addMark(aloneWriter(made.root), { name: 'before the upgrade', timeline: '1', sequence: 12 })
    expect(made.plan({ kind: 'mark', name: 'before the upgrade' }).effective.sequence).toBe(12)
    expect(readRecoveryOverview(made.directory).marks).toEqual([
      { name: 'before the upgrade', timeline: '1', sequence: 12, madeAtUs: 1000 },
    ])
  })
})

describe('a directory that only BackupEngine wrote', () => {
  test('is planned from backup by backup, each up to the end of its own logs', () => {
    for (const name of ['backup_v1', 'backup_v2_api'] as const) {
      const root = copyFixture(name)
      const directory = new BackupDirectory(root)
      const ask = (target: RecoveryTarget) =>
        makeRecoveryPlan(root, { target, timeline: null }, { clock, measuredBytesPerSecond: null })
      const ends = directory.backupIds().map((backupId) => {
        const answer = ask({ kind: 'backup', backupId })
        if (answer.kind === 'refused') throw new Error(answer.refusal.error.message)
        const { base, effective, segments, repositoryId } = answer.plan
        // of the third one of the second kind a file was left out; its state is also that of the one before
        const id = name === 'backup_v2_api' && backupId === 3 ? 2 : backupId
        expect({ id: base.backupId, segments, repositoryId }).toEqual({ id, segments: [], repositoryId: '' })
        expect(effective.sequence).toBe(lastSequenceOf(root, id))
        checkPlanHolds(answer.plan)
        return effective.sequence
      })
      const newest = ends.at(-1)!
      expect(ask({ kind: 'latest' })).toMatchObject({ plan: { effective: { sequence: newest } } })
      expect(ask({ kind: 'time', timeUs: 4_000_000_000_000_000, isInclusive: true })).toMatchObject({
        plan: { effective: { sequence: newest }, warnings: [expect.stringMatching(/^The commits are known until 20/)] },
      })
      expect(ask({ kind: 'time', timeUs: 1_000_000, isInclusive: true })).toMatchObject({
        kind: 'refused',
        refusal: { nearestBefore: null, nearestAfter: { sequence: ends[0] } },
      })
    }
  })
})

describe('a plan holds', () => {
  const target: RecoveryTarget = { kind: 'sequence', sequence: 18 }

  test('while the archive grows, its segment is closed, backups and forks are made behind the point', () => {
    const made = world()
    const plan = made.plan(target)
    checkPlanHolds(plan)
    made.commit(2)
    checkPlanHolds(plan)
    made.close().commit(1)
    checkPlanHolds(plan)
    made.full(2)
    addTimeline(aloneWriter(made.root), { databaseId: null, parent: '1', forkSequence: 12 })
    checkPlanHolds(plan)
    const again = made.plan(target, '1')
    expect(again.base.backupId).toBe(1)
    checkPlanHolds(again)
    checkPlanHolds(JSON.parse(JSON.stringify(plan)) as typeof plan)
  })

  test('on a timeline that forked, whose segments begin where those of its parent are left', () => {
    const made = world()
    addTimeline(aloneWriter(made.root), { databaseId: null, parent: '1', forkSequence: 12 })
    const database = new FakeDatabase(join(tempDir(), 'database'), 13)
    const archiver = new Archiver({
      databaseDirectory: database.path,
      repositoryPath: made.root,
      timeline: '2',
      startAfterSequence: 12,
      clock: made.clock,
      layer: unsyncedLayer,
    })
    archiver.start()
    for (const timeUs of [T + 200, T + 210]) database.commit(2, timeUs)
    archiver.step()
    const plan = made.plan({ kind: 'time', timeUs: T + 205, isInclusive: true })
    expect([plan.timeline, plan.effective.sequence, plan.tail.commitCount]).toEqual(['2', 14, 5])
    expect(plan.segments.map(({ path, firstSequence, lastSequence }) => [path, firstSequence, lastSequence])).toEqual([
      [segmentPath('1', 1), 1, 10],
      [segmentPath('1', 11), 11, 12],
      [segmentPath('2', 13), 13, 16],
    ])
    archiver.rotate()
    made.commit(2).close()
    checkPlanHolds(plan)
    expect(made.plan({ kind: 'sequence', sequence: 14 }, '1').segments.map(({ path }) => path)).toEqual([
      segmentPath('1', 1),
      segmentPath('1', 11),
    ])
  })

  test('not when its base is gone, is another one or failed a verification', () => {
    const made = world()
    const plan = made.plan(target)
    const record = { level: 'deep', verifiedAtUs: 1, fileCount: 1, readBytes: 1, durationUs: 1 } as const
    noteVerification(aloneWriter(made.root), { id: 1, ...record, result: 'failed', problems: ['a block of it'] })
    expect(() => checkPlanHolds(plan)).toThrow(
      outdated(/a verification of its base, backup 1, failed \(a block of it\)/),
    )
    rmSync(join(made.root, 'verified/1.json'))
    checkPlanHolds(plan)
    rmSync(join(made.root, 'meta/1'))
    expect(() => checkPlanHolds(plan)).toThrow(outdated(/its base, backup 1, was removed/))
    rmSync(join(made.root, 'private/1'), { recursive: true })
    made.full(1)
    expect(() => checkPlanHolds(plan)).toThrow(outdated(/backup 1 is another one than the plan.s base/))
  })

  test('not when a segment up to the point is gone, damaged or another one', () => {
    const made = world()
    const plan = made.plan(target)
    const copy = join(tempDir(), 'copy')
    cpSync(join(made.root, 'wal'), copy, { recursive: true })
    const broken = (harm: () => void) => {
      harm()
      try {
        checkPlanHolds(plan)
        return 'holds'
      } catch (cause) {
        return String(cause)
      } finally {
        rmSync(join(made.root, 'wal'), { recursive: true })
        cpSync(copy, join(made.root, 'wal'), { recursive: true })
      }
    }
    const second = join(made.root, segmentPath('1', 11))
    const open = join(made.root, segmentPath('1', 17))
    expect(broken(() => rmSync(second))).toMatch(/the segment wal.1.0{18}11.wal was removed/)
    expect(broken(() => flipByte(second.replace('.wal', '.idx'), 60))).toMatch(/something that it needs is damaged now/)
    expect(broken(() => flipByte(open, 40))).toMatch(/the segment wal.1.0{18}17.wal is another one/)
    expect(broken(() => rmSync(second.replace('.wal', '.idx')))).toMatch(/is another one/)
    expect(broken(() => {})).toBe('holds')
  })

  test('not in another repository, nor when what it says was changed', () => {
    const made = world()
    const plan = made.plan(target)
    expect(() => checkPlanHolds({ ...plan, repositoryPath: new World().root })).toThrow(outdated(/was removed/))
    const changed = { ...plan, effective: { ...plan.effective, sequence: 16 } }
    expect(() => checkPlanHolds(changed)).toThrow(outdated(/the commits up to the point are 6/))
    expect(() => checkPlanHolds({ ...plan, timeline: '3' })).toThrow(outdated(/the plan itself was changed/))
    expect(() => checkPlanHolds({ ...plan, repositoryId: 'x' })).toThrow(outdated(/another repository/))
  })
})
