// Goal: what the archive could not get is on record, before anything behind it. Method: as for the archiver.
import { mkdirSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { flipByte } from '../../../support/fixtures.ts'
import { batch, put } from '../../rocksdb/log-writer.ts'
import { archivedPayloads, archivedSegments } from './archive-content.ts'
import { again, gapsFile, hex, setUp } from './set-up-archiver.ts'

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

  const reason = 'the database has used these numbers, and its logs do not hold them'

  test('is found before the next write, when logs with commits were gone before they were read', () => {
    const first = setUp()
    const { database, repositoryPath } = first
    database.commit(5)
    first.archiver.start()
    first.archiver.step()
    first.archiver.stop()
    database.commit(3)
    database.switchLog()
    database.dropOldLogs('remove')
    const second = again(first)
    second.archiver.start()
    const gap = { afterSequence: 5, beforeSequence: 9, foundAtUs: second.clock.wallUs, reason }
    expect(second.archiver.step()).toMatchObject({ archivedSequence: 5, gaps: [gap] })
    expect(second.archiver.closeIncrement(5).gaps).toEqual([gap])
    database.commit(1)
    expect(second.archiver.step()).toMatchObject({ archivedSequence: 9, gaps: [gap] })
    second.archiver.stop()
    expect(gapsFile(repositoryPath)).toEqual([gap])
  })

  test('is found by an increment while the archiver runs', () => {
    const { archiver, database, clock } = setUp()
    database.commit(5)
    archiver.start()
    archiver.step()
    database.state(7)
    const gap = { afterSequence: 5, beforeSequence: 8, foundAtUs: clock.wallUs, reason }
    expect(archiver.closeIncrement(0).gaps).toEqual([gap])
    archiver.stop()
  })

  test('is none any more when the database writes its log later than its MANIFEST', () => {
    const { archiver, database, repositoryPath } = setUp()
    database.commit(5)
    archiver.start()
    archiver.step()
    database.state(7)
    expect(archiver.closeIncrement(0).gaps.length).toBe(1)
    database.commit(2)
    expect(archiver.step()).toMatchObject({ archivedSequence: 7, gaps: [] })
    expect(archiver.closeIncrement(0).gaps).toEqual([])
    archiver.stop()
    expect(gapsFile(repositoryPath)).toEqual([])
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
