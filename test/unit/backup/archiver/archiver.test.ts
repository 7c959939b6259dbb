// Goal: the archive holds what the database wrote, through everything an engine does with its logs, and says what it could not
// get. Method: logs written by hand, record by record; the segments are read back and compared with what was written.
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import { walkLog } from '../../../../src-main/rocksdb/log/walk-log.ts'
import { batch, batchRecord, familyRecord, physicalRecord, put } from '../../rocksdb/log-writer.ts'
import { archivedPayloads, archivedSegments, withoutMark } from './archive-content.ts'
import { ManualClock } from './manual-clock.ts'
import { again, hex, setUp } from './set-up-archiver.ts'

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
