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
import { readActivity } from '../../src-main/restore/plan/activity.ts'
import { checkPlanHolds } from '../../src-main/restore/plan/check-plan-holds.ts'
import { readCommitsAround } from '../../src-main/restore/plan/commits-around.ts'
import { makeRecoveryPlan } from '../../src-main/restore/plan/make-plan.ts'
import { readRecoveryOverview } from '../../src-main/restore/plan/overview.ts'
import { readRecoveryFacts } from '../../src-main/restore/plan/read-facts.ts'
import { copyFixture, flipByte } from '../support/fixtures.ts'
import { tempDir } from '../support/temp-dir.ts'
import { FakeDatabase } from '../unit/backup/archiver/fake-database.ts'
import { ManualClock } from '../unit/backup/archiver/manual-clock.ts'
import { aloneWriter, newRepository, REPOSITORY_ID, segmentPath } from '../unit/repository/own/fabricated-repository.ts'
import { restored, take, unsyncedLayer } from './backup-full/support.ts'
import { viewOf } from './reader/rows.ts'

const T = 1_600_000_000_000_000
const clock = { nowUs: () => T + 1_000_000, monotonicUs: () => 0 }

/** A database whose every commit is archived; a full of it can be taken at any time. */
class World {
  readonly root = tempDir()
  readonly clock = new ManualClock()
  readonly database = new FakeDatabase(join(tempDir(), 'database'))
  readonly archiver: Archiver
  timeUs = T

  constructor() {
    newRepository(this.root)
    this.archiver = new Archiver({
      databaseDirectory: this.database.path,
      repositoryPath: this.root,
      timeline: '1',
      clock: this.clock,
      layer: unsyncedLayer,
    })
    this.archiver.start()
  }

  /** Commits of two puts, ten microseconds apart. */
  commit(count: number): this {
    for (let index = 0; index < count; index += 1) {
      this.timeUs += 10
      // with a LogData marker, which uses up no number
      this.database.nextSequence |= 1
      this.database.commit(2, this.timeUs)
    }
    this.archiver.step()
    return this
  }

  close(): this {
    this.archiver.rotate()
    return this
  }

  full(id: number): this {
    this.database.state()
    take(this.database.path, this.root, id, {
      layer: unsyncedLayer,
      clock: { nowUs: () => this.timeUs + 5, monotonicUs: () => 0 },
    })
    return this
  }

  get directory(): BackupDirectory {
    return new BackupDirectory(this.root)
  }

  ask(target: RecoveryTarget, timeline: string | null = null) {
    return makeRecoveryPlan(this.root, { target, timeline }, { clock, measuredBytesPerSecond: null })
  }

  plan(...order: Parameters<World['ask']>) {
    const answer = this.ask(...order)
    if (answer.kind === 'refused') throw new Error(answer.refusal.error.message)
    return answer.plan
  }
}

/** A full at 4 (two commits), three commits in a closed segment, three in another one, two in the open one. */
function world() {
  return new World().commit(2).full(1).commit(3).close().commit(3).close().commit(2)
}

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

describe('what a timeline is drawn from', () => {
  test('is told with its windows, gaps and backups', () => {
    const made = world().full(2).commit(1)
    const overview = readRecoveryOverview(made.directory)
    expect(overview.timelines).toEqual([
      {
        timeline: '1',
        isCurrent: true,
        parent: null,
        forkSequence: null,
        windows: [{ fromSequence: 4, toSequence: 22, fromUs: T + 20, toUs: T + 110 }],
        gaps: [],
      },
    ])
    expect(
      overview.backups.map(({ backupId, kind, lastSequence, lastCommitAtUs }) => [
        backupId,
        kind,
        lastSequence,
        lastCommitAtUs,
      ]),
    ).toEqual([
      [1, 'full', 4, T + 20],
      [2, 'full', 20, T + 100],
    ])
    for (const ending of ['.wal', '.idx']) rmSync(join(made.root, segmentPath('1', 11).replace('.wal', ending)))
    expect(readRecoveryOverview(made.directory).timelines[0]).toMatchObject({
      windows: [
        { fromSequence: 4, toSequence: 10, fromUs: T + 20, toUs: T + 50 },
        { fromSequence: 20, toSequence: 22, fromUs: T + 100, toUs: T + 110 },
      ],
      gaps: [{ afterSequence: 10, beforeSequence: 20, fromUs: T + 50, toUs: T + 100, reason: null }],
    })
  })

  test('is its activity in stretches of time, to the last microsecond', () => {
    const { directory } = world()
    const activity = readActivity(directory, null, T + 10, T + 101, 4)
    expect(
      activity.map(({ fromUs, toUs, commitCount, putCount, deleteCount }) => [
        fromUs - T,
        toUs - T,
        commitCount,
        putCount,
        deleteCount,
      ]),
    ).toEqual([
      [10, 32, 3, 6, 0],
      [32, 55, 2, 4, 0],
      [55, 78, 2, 4, 0],
      [78, 101, 3, 6, 0],
    ])
    expect(readActivity(directory, '1', T + 10, T + 100, 1)).toMatchObject([{ commitCount: 9 }])
    // more columns than microseconds
    const narrow = readActivity(directory, '1', T + 100, T + 102, 7)
    expect(narrow.map(({ commitCount }) => commitCount).reduce((sum, count) => sum + count, 0)).toBe(1)
    expect(() => readActivity(directory, '9', T, T + 1, 1)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
  })

  test('are the commits on both sides of an instant, from closed segments and the open one', () => {
    const { directory } = world()
    const lasts = (at: { sequence: number } | { timeUs: number }, before: number, after: number) =>
      readCommitsAround(directory, null, at, before, after).map(({ lastSequence }) => lastSequence)
    expect(lasts({ sequence: 10 }, 2, 2)).toEqual([8, 10, 12, 14])
    expect(lasts({ sequence: 11 }, 1, 1)).toEqual([10, 12])
    expect(lasts({ timeUs: T + 80 }, 1, 3)).toEqual([16, 18, 20])
    expect(lasts({ timeUs: T + 79 }, 2, 1)).toEqual([12, 14, 16])
    expect(lasts({ sequence: 0 }, 5, 1)).toEqual([2])
    expect(lasts({ sequence: 99 }, 20, 5)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
    // before the first full
    expect(lasts({ timeUs: T + 15 }, 5, 2)).toEqual([2, 4, 6])
    expect(lasts({ timeUs: T + 5 }, 5, 1)).toEqual([2])
    expect(readCommitsAround(directory, null, { sequence: 10 }, 0, 0)).toEqual([])
  })
})
