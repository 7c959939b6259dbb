// Goal: after a crash the archive goes on, and another history is not mixed into it. Method: as for the archiver.
import { mkdirSync, readdirSync, readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { flipByte } from '../../../support/fixtures.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { archivedPayloads, archivedSegments } from './archive-content.ts'
import { FakeDatabase } from './fake-database.ts'
import { again, hex, setUp } from './set-up-archiver.ts'

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
    // before it has written anything else
    const forked = { lastCommonSequence: 8, firstOtherSequence: 9 }
    expect(second.archiver.start()).toMatchObject({ archivedSequence: 10, forked })
    back.switchLog()
    back.commit(1, null, 99)
    expect(second.archiver.step()).toMatchObject({ archivedSequence: 10, forked })
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
    const forked = { lastCommonSequence: 5, firstOtherSequence: 6 }
    expect(archiver.step()).toMatchObject({ archivedSequence: 10, forked })
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

  test('is found when the database was put back and its logs were flushed: nothing is appended to the old one', () => {
    const first = archivedTo(10)
    const back = new FakeDatabase(join(tempDir(), 'back'), 7)
    const before = archivedPayloads(first.repositoryPath)
    const second = setUp({ repositoryPath: first.repositoryPath }, back)
    const forked = { lastCommonSequence: null, firstOtherSequence: 1 }
    expect(second.archiver.start()).toMatchObject({ archivedSequence: 10, forked })
    for (let index = 0; index < 9; index += 1) back.commit(1, null, 50)
    expect(second.archiver.step()).toMatchObject({ archivedSequence: 10, forked })
    expect(() => second.archiver.closeIncrement(10)).toThrow(expect.objectContaining({ code: 'CHAIN_BROKEN' }))
    second.archiver.stop()
    expect(archivedPayloads(first.repositoryPath)).toEqual(before)
  })

  test('is found when only logs that were moved away reach the end of the archive', () => {
    const first = archivedTo(10)
    first.database.switchLog()
    first.database.dropOldLogs('archive')
    first.database.state(6)
    const second = again(first)
    expect(second.archiver.start().forked).toEqual({ lastCommonSequence: 6, firstOtherSequence: 7 })
    second.archiver.stop()
  })

  test('is none when the database has flushed and reaches just as far', () => {
    const first = archivedTo(10)
    first.database.switchLog()
    first.database.dropOldLogs('remove')
    const second = again(first)
    expect(second.archiver.start()).toMatchObject({ archivedSequence: 10, gaps: [], forked: null })
    second.archiver.stop()
  })

  test('is that of another database, however far it reaches', () => {
    const [own, others] = ['1', '2'].map((digit) => `${digit.repeat(8)}-1111-1111-1111-111111111111`)
    const { archiver, database } = setUp({ databaseId: own! })
    database.commit(1)
    // files are being put there
    expect(() => archiver.start()).toThrow('IDENTITY does not say which database this is')
    writeFileSync(join(database.path, 'IDENTITY'), own!)
    expect(archiver.step()).toMatchObject({ archivedSequence: 1, forked: null })
    archiver.stop()
    writeFileSync(join(database.path, 'IDENTITY'), others!)
    expect(archiver.step().forked).toEqual({ lastCommonSequence: null, firstOtherSequence: 1 })
    archiver.stop()
  })

  test('cannot be told while the MANIFEST is not there', () => {
    const first = archivedTo(10)
    unlinkSync(join(first.database.path, 'MANIFEST-000001'))
    const second = again(first)
    expect(() => second.archiver.start()).toThrow(expect.objectContaining({ code: 'PATH_NOT_FOUND' }))
    first.database.state()
    expect(second.archiver.start()).toMatchObject({ archivedSequence: 10, forked: null })
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
