// Goal: the archive holds what the database wrote, through everything an engine does with its logs, and says what it could not
// get. Method: logs written by hand, record by record; the segments are read back and compared with what was written.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import { Archiver, type ArchiverOptions } from '../../../../src-main/backup/archiver/archiver.ts'
import { walkLog } from '../../../../src-main/rocksdb/log/walk-log.ts'
import { flipByte } from '../../../support/fixtures.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { batch, batchRecord, familyRecord, physicalRecord, put } from '../../rocksdb/log-writer.ts'
import { archivedPayloads, archivedSegments, withoutMark } from './archive-content.ts'
import { FakeDatabase } from './fake-database.ts'
import { ManualClock } from './manual-clock.ts'

function setUp(options: Partial<ArchiverOptions> = {}, database = new FakeDatabase(join(tempDir(), 'database'))) {
  const repositoryPath = options.repositoryPath ?? join(tempDir(), 'repository')
  if (!existsSync(repositoryPath)) mkdirSync(repositoryPath)
  const clock = new ManualClock()
  const archiver = new Archiver({
    databaseDirectory: database.path,
    repositoryPath,
    timeline: '1',
    clock,
    ...options,
  })
  return { archiver, database, repositoryPath, clock }
}

type SetUp = ReturnType<typeof setUp>

/** Another run over the same database and repository. */
function again({ database, repositoryPath }: SetUp, options: Partial<ArchiverOptions> = {}): SetUp {
  return setUp({ ...options, repositoryPath }, database)
}

const hex = (payloads: readonly Buffer[]) => payloads.map((payload) => payload.toString('hex'))
const gapsFile = (repositoryPath: string) =>
  JSON.parse(readFileSync(join(repositoryPath, 'wal/1/gaps.json'), 'utf8')).body.gaps as object[]

describe('the archiver', () => {
  test('archives what was there, what comes, and closes a segment at the end', () => {
    const { archiver, database, repositoryPath, clock } = setUp()
    database.commit(2)
    database.commit(1, 1_600_000_000_000_000)
    expect(archiver.start()).toMatchObject({ archivedSequence: null, forked: null, gaps: [], damages: [] })
    expect(archiver.step()).toEqual({
      archivedSequence: 3,
      archivedAtUs: clock.wallUs,
      lastCommitAtUs: 1_600_000_000_000_000,
      lagBytes: 0,
      isCaughtUp: true,
      gaps: [],
      damages: [],
      forked: null,
    })
    clock.pass(700)
    database.commit(3)
    expect(archiver.step()).toMatchObject({ archivedSequence: 6, archivedAtUs: clock.wallUs })
    expect([archiver.hasArchived(6), archiver.hasArchived(7)]).toEqual([true, false])
    archiver.stop()
    expect(archivedPayloads(repositoryPath)).toEqual(hex(database.payloads))
    const [segment] = archivedSegments(repositoryPath)
    expect(segment?.commits.map((each) => [each.timeKind, each.committedAtUs, each.uncertaintyUs])).toEqual([
      // nobody looked before
      ['arrival', clock.wallUs - 700, 0xffff_ffff],
      ['commit', 1_600_000_000_000_000, null],
      ['arrival', clock.wallUs, 700],
    ])
    expect(readdirSync(join(repositoryPath, 'wal/1')).sort()).toEqual([
      '00000000000000000001.idx',
      '00000000000000000001.wal',
    ])
  })

  test('gives times of arrival by the wall clock, also when it goes back, and their uncertainty by a steady one', () => {
    const { archiver, database, repositoryPath, clock } = setUp()
    archiver.start()
    archiver.step()
    clock.steadyUs += 50
    clock.wallUs -= 1_000_000
    database.commit()
    archiver.step()
    archiver.stop()
    const [commit] = archivedSegments(repositoryPath)[0]!.commits
    expect([commit!.committedAtUs, commit!.uncertaintyUs]).toEqual([clock.wallUs, 50])
  })

  test('waits for a record that is not whole, byte by byte', () => {
    const { archiver, database, repositoryPath } = setUp()
    database.commit()
    archiver.start()
    archiver.step()
    const payload = batch(2, 1, put('k', 'x'.repeat(70_000)))
    for (let share = 0; share < 1; share += 0.07) {
      database.tear(payload, share)
      expect(archiver.step()).toMatchObject({ archivedSequence: 1, lagBytes: 0, damages: [] })
    }
    database.record(payload, 1)
    expect(archiver.step()).toMatchObject({ archivedSequence: 2 })
    archiver.stop()
    expect(archivedPayloads(repositoryPath)).toEqual(hex(database.payloads))
  })

  test.for(['remove', 'archive'] as const)('loses nothing when logs that it holds go away: %s', (how) => {
    const { archiver, database, repositoryPath } = setUp()
    archiver.start()
    for (let round = 0; round < 5; round += 1) {
      database.commit(2)
      archiver.step()
      database.commit(3)
      database.switchLog()
      archiver.step()
      database.commit(1)
      database.switchLog()
      database.commit(1)
      archiver.step()
      database.dropOldLogs(how)
    }
    expect(archiver.step()).toMatchObject({ archivedSequence: database.nextSequence - 1, gaps: [] })
    archiver.stop()
    expect(archivedPayloads(repositoryPath)).toEqual(hex(database.payloads))
  })

  test('reads what was archived by the database while nobody looked', () => {
    const first = setUp()
    first.database.commit(2)
    first.archiver.start()
    first.archiver.step()
    first.archiver.stop()
    for (let round = 0; round < 4; round += 1) {
      first.database.commit(2)
      first.database.switchLog()
    }
    first.database.commit(1)
    first.database.dropOldLogs('archive')
    const { archiver, database, repositoryPath } = again(first)
    expect(archiver.start()).toMatchObject({ archivedSequence: 2, gaps: [], forked: null })
    expect(archiver.step()).toMatchObject({ archivedSequence: 11, gaps: [] })
    archiver.stop()
    expect(archivedPayloads(repositoryPath)).toEqual(hex(database.payloads))
  })

  test('reads recycled logs up to what is left of their former life', () => {
    const { archiver, database, repositoryPath } = setUp()
    database.switchLog('recyclable')
    for (let index = 0; index < 40; index += 1) database.commit(2, null, 700)
    archiver.start()
    expect(archiver.step()).toMatchObject({ archivedSequence: 80 })
    for (let round = 0; round < 3; round += 1) {
      database.recycle()
      for (let index = 0; index < 7; index += 1) {
        database.commit(1, null, 500 + 13 * index)
        expect(archiver.step()).toMatchObject({ archivedSequence: database.nextSequence - 1, gaps: [], damages: [] })
      }
    }
    archiver.stop()
    expect(archivedPayloads(repositoryPath)).toEqual(hex(database.payloads))
  })

  test('writes compressed records uncompressed', () => {
    const { archiver, database, repositoryPath } = setUp()
    database.switchLog('zstd')
    for (let index = 0; index < 20; index += 1) database.commit(3, null, 3000)
    archiver.start()
    expect(archiver.step()).toMatchObject({ archivedSequence: 60 })
    archiver.stop()
    expect(archivedPayloads(repositoryPath)).toEqual(hex(database.payloads))
  })

  test('catches up in bounded steps, and closes segments by their size', () => {
    const { archiver, database, repositoryPath } = setUp({ stepBytesMax: 50_000, segmentBytesMax: 100_000 })
    for (let index = 0; index < 60; index += 1) database.commit(1, null, 10_000)
    archiver.start()
    const lags: number[] = []
    for (let state = archiver.step(); !state.isCaughtUp; state = archiver.step()) lags.push(state.lagBytes)
    expect([lags.length, lags[0]! > lags[1]!, lags.at(-2)! > 0]).toEqual([12, true, true])
    archiver.stop()
    expect(
      archivedSegments(repositoryPath).map(({ name, payloads }) => [Number(name.slice(0, 20)), payloads.length]),
    ).toEqual([1, 11, 21, 31, 41, 51].map((first) => [first, 10]))
    expect(archivedPayloads(repositoryPath)).toEqual(hex(database.payloads))
  })

  test('keeps a transaction that is prepared in one segment and committed in another, and its numbers', () => {
    const { archiver, database, repositoryPath } = setUp()
    database.commit(1)
    database.record(batch(2, 2, batchRecord(9), put('a', '1'), put('b', '2'), batchRecord(0x0a, 'x')), 0)
    archiver.start()
    expect(archiver.step()).toMatchObject({ archivedSequence: 1 })
    archiver.rotate()
    database.commit(1)
    archiver.step()
    archiver.stop()
    const second = again({ archiver, database, repositoryPath, clock: new ManualClock() })
    second.archiver.start()
    database.record(batch(3, 0, batchRecord(0x0b, 'x')), 2)
    database.commit(1)
    expect(second.archiver.step()).toMatchObject({ archivedSequence: 5, gaps: [] })
    second.archiver.stop()
    expect(archivedPayloads(repositoryPath)).toEqual(hex(database.payloads))
    const commits = archivedSegments(repositoryPath).flatMap((segment) => segment.commits)
    expect(commits.map((each) => [each.firstSequence, each.lastSequence, each.families[0]?.puts])).toEqual([
      [1, 1, 1],
      [2, 2, 1],
      [3, 4, 2],
      [5, 5, 1],
    ])
  })

  test('does not archive twice what uses up no number', () => {
    const first = setUp()
    const { database, repositoryPath } = first
    database.commit(1)
    database.record(batch(2, 0, batchRecord(3, 'note')), 0)
    first.archiver.start()
    first.archiver.step()
    first.archiver.stop()
    const second = again(first)
    second.archiver.start()
    database.record(batch(2, 0, batchRecord(3, 'another note')), 0)
    second.archiver.step()
    second.archiver.stop()
    // the segment of the second run holds no sequence, and stays open
    expect(archivedSegments(repositoryPath).map(({ name, isClosed }) => [Number(name.slice(0, 20)), isClosed])).toEqual(
      [
        [1, true],
        [2, false],
      ],
    )
    const third = again(first)
    third.archiver.start()
    database.commit(1)
    third.archiver.step()
    third.archiver.stop()
    expect(archivedSegments(repositoryPath).map(({ isClosed }) => isClosed)).toEqual([true, true])
    expect(archivedPayloads(repositoryPath)).toEqual(hex(database.payloads))
  })

  test('tells each segment the sizes of timestamps that its records need', () => {
    const { archiver, database, repositoryPath } = setUp({ segmentBytesMax: 1 })
    const sizes = Buffer.from('070000000800', 'hex')
    appendFileSync(database.logPath(), physicalRecord(10, sizes))
    for (const sequence of [1, 2]) {
      appendFileSync(
        database.logPath(),
        physicalRecord(1, batch(sequence, 1, familyRecord(5, 7, `k${'t'.repeat(8)}`, 'v'))),
      )
    }
    archiver.start()
    expect(archiver.step()).toMatchObject({ archivedSequence: 2, damages: [] })
    archiver.stop()
    const told = [1, 2].map((first) => {
      const bytes = readFileSync(join(repositoryPath, `wal/1/${String(first).padStart(20, '0')}.wal`))
      const order: unknown[] = []
      walkLog(
        memorySource('segment', bytes),
        { logNumber: null },
        { record: () => order.push('record'), timestampSizes: (each) => order.push(each) },
      )
      return order
    })
    expect(told).toEqual([1, 2].map(() => [[{ columnFamilyId: 7, sizeBytes: 8 }], 'record']))
    expect(archivedSegments(repositoryPath).length).toBe(2)
  })

  test('puts the mark behind a leading Noop, before which it would use up a number', () => {
    const { archiver, database, repositoryPath } = setUp()
    database.record(batch(1, 1, Buffer.of(0x0d), put('a', '1')), 1)
    archiver.start()
    archiver.step()
    archiver.stop()
    const [payload] = archivedSegments(repositoryPath)[0]!.payloads
    expect([payload!.subarray(12, 15).toString('hex'), withoutMark(payload!)]).toEqual([
      '0d031c',
      database.payloads[0]!.toString('hex'),
    ])
  })
})

describe('a gap', () => {
  test('is recorded, before anything behind it, when a log went before it was read', () => {
    const first = setUp()
    const { database, repositoryPath } = first
    database.commit(5)
    first.archiver.start()
    first.archiver.step()
    first.archiver.stop()
    database.commit(3)
    database.switchLog()
    database.commit(2)
    database.dropOldLogs('remove')
    const second = again(first)
    const started = second.archiver.start()
    const state = second.archiver.step()
    const gap = {
      afterSequence: 5,
      beforeSequence: 9,
      foundAtUs: second.clock.wallUs,
      reason: 'the log that held these operations was gone before it was read',
    }
    expect([started.gaps, state.gaps, state.archivedSequence]).toEqual([[], [gap], 10])
    second.archiver.stop()
    expect(gapsFile(repositoryPath)).toEqual([gap])
    expect(archivedSegments(repositoryPath).map(({ name }) => Number(name.slice(0, 20)))).toEqual([1, 9])
  })

  test('grows when it is found again, larger', () => {
    const first = setUp()
    const { database, repositoryPath } = first
    database.commit(5)
    first.archiver.start()
    first.archiver.step()
    first.archiver.stop()
    mkdirSync(join(repositoryPath, 'wal/1'), { recursive: true })
    database.nextSequence = 8
    database.commit(1)
    const second = again(first)
    second.archiver.start()
    second.archiver.step()
    second.archiver.stop()
    // as after a crash between the record of the gap and what is behind it
    for (const end of ['wal', 'idx']) unlinkSync(join(repositoryPath, `wal/1/00000000000000000008.${end}`))
    database.switchLog()
    database.nextSequence = 20
    database.commit(1)
    database.dropOldLogs('remove')
    const third = again(first)
    third.archiver.start()
    expect(third.archiver.step().gaps.map((gap) => [gap.afterSequence, gap.beforeSequence])).toEqual([[5, 20]])
    third.archiver.stop()
  })

  test('is what the database used without writing to its log', () => {
    const { archiver, database } = setUp()
    database.commit(1)
    archiver.start()
    archiver.step()
    database.nextSequence += 4
    database.commit(1)
    expect(archiver.step().gaps.map(({ foundAtUs: _at, ...gap }) => gap)).toEqual([
      {
        afterSequence: 1,
        beforeSequence: 6,
        reason: 'the database used these numbers without writing to its log',
      },
    ])
    archiver.stop()
  })

  test('is what damage in a log hides, and what lies behind is archived', () => {
    const { archiver, database, repositoryPath } = setUp()
    for (let index = 0; index < 30; index += 1) database.commit(1, null, 5000)
    const damaged = database.logPath()
    flipByte(damaged, 40_000)
    archiver.start()
    // it may be a record that is not whole so far; the second look is at blocks behind it
    expect(archiver.step()).toMatchObject({ archivedSequence: 7, gaps: [] })
    const state = archiver.step()
    expect(state.archivedSequence).toBe(30)
    expect(state.damages).toEqual([
      {
        file: '000003.log',
        offsetBytes: 35_203,
        structure: 'log record',
        problem: 'bytes that are no record',
        expected: null,
        found: null,
      },
    ])
    expect(state.gaps.map(({ foundAtUs: _at, ...gap }) => gap)).toEqual([
      {
        afterSequence: 7,
        beforeSequence: 15,
        reason: '000003.log at byte 35203: log record: bytes that are no record',
      },
    ])
    archiver.stop()
    expect(archivedPayloads(repositoryPath)).toEqual(
      hex([...database.payloads.slice(0, 7), ...database.payloads.slice(14)]),
    )
  })

  test('is a record whose batch is wrong', () => {
    const { archiver, database } = setUp()
    database.commit(1)
    database.record(batch(2, 7, put('a', '1')), 1)
    database.commit(1)
    archiver.start()
    const state = archiver.step()
    expect([state.archivedSequence, state.gaps.map((gap) => [gap.afterSequence, gap.beforeSequence])]).toEqual([
      3,
      [[1, 3]],
    ])
    expect(state.damages.map(({ file, problem }) => [file, problem])).toEqual([
      ['000003.log', 'wrong number of operations'],
    ])
    archiver.stop()
  })

  test('is a segment that is missing from the archive', () => {
    const first = setUp({ segmentBytesMax: 1 })
    const { database, repositoryPath } = first
    for (let index = 0; index < 4; index += 1) database.commit(1)
    first.archiver.start()
    first.archiver.step()
    first.archiver.stop()
    for (const end of ['wal', 'idx']) unlinkSync(join(repositoryPath, `wal/1/00000000000000000002.${end}`))
    const second = again(first)
    expect(second.archiver.start().gaps.map((gap) => [gap.afterSequence, gap.beforeSequence])).toEqual([[1, 3]])
    second.archiver.stop()
    expect(gapsFile(repositoryPath).length).toBe(1)
  })

  test('list that is damaged stops the archiver: it would be lost', () => {
    const first = setUp()
    mkdirSync(join(first.repositoryPath, 'wal/1'), { recursive: true })
    writeFileSync(join(first.repositoryPath, 'wal/1/gaps.json'), '{"crc32c":1,"body":{"gaps":[]}}\n')
    expect(() => first.archiver.start()).toThrow('the list of gaps of this timeline cannot be read')
  })
})

describe('a crash of the archiver', () => {
  test('leaves an open segment, which is cut, closed and followed', () => {
    const first = setUp()
    const { database, repositoryPath } = first
    for (let index = 0; index < 10; index += 1) database.commit(1)
    first.archiver.start()
    first.archiver.step()
    const path = join(repositoryPath, 'wal/1/00000000000000000001.wal')
    truncateSync(path, readFileSync(path).length - 5)
    database.commit(1)
    const second = again(first)
    expect(second.archiver.start()).toMatchObject({ archivedSequence: 9, damages: [], forked: null })
    expect(archivedSegments(repositoryPath).map(({ isClosed }) => isClosed)).toEqual([true])
    expect(second.archiver.step()).toMatchObject({ archivedSequence: 11, gaps: [] })
    second.archiver.stop()
    expect(archivedPayloads(repositoryPath)).toEqual(hex(database.payloads))
  })

  test('leaves nothing of an empty segment and of temporary files', () => {
    const first = setUp()
    const folder = join(first.repositoryPath, 'wal/1')
    mkdirSync(folder, { recursive: true })
    for (const name of ['00000000000000000001.wal', 'gaps.json.tmp', '.00000000000000000001.wal.tmp']) {
      writeFileSync(join(folder, name), '')
    }
    expect(first.archiver.start()).toMatchObject({ archivedSequence: null })
    expect(readdirSync(folder)).toEqual([])
    first.archiver.stop()
  })

  test('over damage keeps what the damage hides under a name that nobody reads', () => {
    const first = setUp()
    const { database, repositoryPath } = first
    for (let index = 0; index < 30; index += 1) database.commit(1, null, 5000)
    first.archiver.start()
    first.archiver.step()
    const path = join(repositoryPath, 'wal/1/00000000000000000001.wal')
    flipByte(path, 40_000)
    const before = readFileSync(path)
    const second = again(first)
    const started = second.archiver.start()
    expect([started.archivedSequence, started.damages.map(({ problem }) => problem)]).toEqual([
      7,
      ['checksum mismatch'],
    ])
    expect(readFileSync(join(repositoryPath, 'wal/1/.00000000000000000001.wal.damaged')).equals(before)).toBe(true)
    expect(second.archiver.step()).toMatchObject({ archivedSequence: 30, gaps: [] })
    second.archiver.stop()
    expect(archivedPayloads(repositoryPath)).toEqual(hex(database.payloads))
  })
})

describe('another history', () => {
  const archivedTo = (count: number) => {
    const first = setUp()
    for (let index = 0; index < count; index += 1) first.database.commit(1, null, 10 + index)
    first.archiver.start()
    first.archiver.step()
    first.archiver.stop()
    return first
  }

  test('is told from the archived one by the last archived record', () => {
    const first = archivedTo(10)
    const other = new FakeDatabase(join(tempDir(), 'other'))
    for (let index = 0; index < 6; index += 1) other.commit(1, null, 10 + index)
    for (let index = 0; index < 9; index += 1) other.commit(1, null, 100)
    const second = setUp({ repositoryPath: first.repositoryPath }, other)
    const started = second.archiver.start()
    expect(started.forked).toEqual({ lastCommonSequence: 6, firstOtherSequence: 7 })
    expect(second.archiver.step()).toMatchObject({ archivedSequence: 10, forked: started.forked })
    second.archiver.stop()
    // on a timeline of its own it begins behind what both share
    const third = setUp({ repositoryPath: first.repositoryPath, timeline: '2', startAfterSequence: 6 }, other)
    third.archiver.start()
    expect(third.archiver.step()).toMatchObject({ archivedSequence: 15, forked: null, gaps: [] })
    third.archiver.stop()
    expect(archivedPayloads(first.repositoryPath, '2')).toEqual(hex(other.payloads.slice(6)))
    expect(archivedPayloads(first.repositoryPath, '1')).toEqual(hex(first.database.payloads))
  })

  test('is found when the database goes back while it runs, as after a power cut of its machine', () => {
    const first = archivedTo(10)
    const back = new FakeDatabase(join(tempDir(), 'back'))
    for (let index = 0; index < 8; index += 1) back.commit(1, null, 10 + index)
    const second = setUp({ repositoryPath: first.repositoryPath }, back)
    // so far it has only less
    expect(second.archiver.start()).toMatchObject({ archivedSequence: 10, forked: null })
    expect(second.archiver.step()).toMatchObject({ archivedSequence: 10, forked: null })
    back.switchLog()
    back.commit(1, null, 99)
    expect(second.archiver.step().forked).toEqual({ lastCommonSequence: 8, firstOtherSequence: 9 })
    second.archiver.stop()
  })

  test('with nothing in common says so', () => {
    const first = archivedTo(10)
    const other = new FakeDatabase(join(tempDir(), 'other'), 4)
    for (let index = 0; index < 20; index += 1) other.commit(1, null, 3)
    const second = setUp({ repositoryPath: first.repositoryPath }, other)
    expect(second.archiver.start().forked).toEqual({ lastCommonSequence: null, firstOtherSequence: 4 })
    second.archiver.stop()
  })

  test('is noticed when the directory is replaced under a running archiver', () => {
    const first = setUp()
    const { database, archiver } = first
    database.switchLog()
    database.switchLog()
    for (let index = 0; index < 10; index += 1) database.commit(1)
    archiver.start()
    archiver.step()
    for (const name of database.logNames()) unlinkSync(join(database.path, name))
    const restored = new FakeDatabase(database.path)
    for (let index = 0; index < 5; index += 1) restored.commit(1)
    expect(archiver.step()).toMatchObject({ archivedSequence: 10, forked: null })
    restored.commit(1, null, 77)
    expect(archiver.step().forked).toEqual({ lastCommonSequence: 5, firstOtherSequence: 6 })
    archiver.stop()
  })

  test('is none when the logs no longer hold what was archived last', () => {
    const first = archivedTo(10)
    first.database.switchLog()
    first.database.commit(1)
    first.database.dropOldLogs('remove')
    const second = again(first)
    expect(second.archiver.start().forked).toBe(null)
    expect(second.archiver.step()).toMatchObject({ archivedSequence: 11, gaps: [], forked: null })
    second.archiver.stop()
  })

  test('on a new timeline that begins too late is a gap', () => {
    const { archiver, database } = setUp({ startAfterSequence: 20 }, new FakeDatabase(join(tempDir(), 'late'), 25))
    database.commit(1)
    archiver.start()
    expect(archiver.step().gaps.map((gap) => [gap.afterSequence, gap.beforeSequence])).toEqual([[20, 25]])
    archiver.stop()
  })
})

describe('an increment', () => {
  test('lists the closed segments that hold what is behind a sequence', () => {
    const { archiver, database, repositoryPath, clock } = setUp()
    archiver.start()
    database.commit(3, 1_600_000_000_000_001)
    database.commit(2)
    archiver.step()
    const first = archiver.closeIncrement(0)
    database.commit(2, 1_600_000_000_000_002)
    archiver.step()
    const second = archiver.closeIncrement(2)
    const nothing = archiver.closeIncrement(database.nextSequence - 1)
    archiver.stop()
    const files = readdirSync(join(repositoryPath, 'wal/1')).filter((name) => name.endsWith('.wal'))
    expect(first).toMatchObject({
      firstSequence: 1,
      lastSequence: 5,
      commitCount: 2,
      firstCommitAtUs: 1_600_000_000_000_001,
      lastCommitAtUs: clock.wallUs,
      gaps: [],
    })
    expect(second.segments.map(({ name }) => name)).toEqual(files.map((name) => `wal/1/${name}`))
    expect(second.segments[0]).toEqual(first.segments[0])
    expect([second.firstSequence, second.lastSequence, second.commitCount]).toEqual([3, 8, 2])
    expect(nothing).toEqual({
      firstSequence: 9,
      lastSequence: 8,
      commitCount: 0,
      firstCommitAtUs: null,
      lastCommitAtUs: null,
      segments: [],
      gaps: [],
    })
  })

  test('over a gap names it', () => {
    const { archiver, database } = setUp()
    archiver.start()
    database.commit(3)
    database.nextSequence = 10
    database.commit(1)
    archiver.step()
    const ranges = [0, 2, 3, 8, 9].map((after) =>
      archiver.closeIncrement(after).gaps.map((gap) => [gap.afterSequence, gap.beforeSequence]),
    )
    expect(ranges).toEqual([[[3, 10]], [[3, 10]], [[3, 10]], [[3, 10]], []])
    archiver.stop()
  })
})
