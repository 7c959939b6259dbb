// Goal: what the archive of a timeline covers is told from its files, whole or damaged. Method: archives written by the archiver
// from a database written by hand, then looked at, cut and damaged.
import { mkdirSync, readFileSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Archiver } from '../../../../src-main/backup/archiver/archiver.ts'
import { nodeFileLayer } from '../../../../src-main/base/file-layer.ts'
import { archiveFilesAt } from '../../../../src-main/repository/archive/archive-files.ts'
import { type CommitRange, readArchivedCommits } from '../../../../src-main/repository/archive/archived-commits.ts'
import { readGaps, withGap, writeGaps } from '../../../../src-main/repository/archive/gaps.ts'
import { recoverableStretches } from '../../../../src-main/repository/archive/recoverable.ts'
import { listSegments, readSegmentIndex } from '../../../../src-main/repository/archive/segments.ts'
import { flipByte } from '../../../support/fixtures.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { FakeDatabase } from '../../backup/archiver/fake-database.ts'
import { ManualClock } from '../../backup/archiver/manual-clock.ts'
import { problemOf } from '../../rocksdb/fixtures.ts'

const T = 1_600_000_000_000_000

/** Four segments of three commits each, at T + 1, T + 2, …; the last one is open. A gap lies behind the second. */
function archive() {
  const root = tempDir()
  const database = new FakeDatabase(join(root, 'database'))
  const archiver = new Archiver({
    databaseDirectory: database.path,
    repositoryPath: root,
    timeline: '1',
    clock: new ManualClock(),
  })
  archiver.start()
  let time = T
  for (let segment = 0; segment < 4; segment += 1) {
    if (segment === 2) database.nextSequence += 100
    for (let index = 0; index < 3; index += 1) {
      // a LogData marker uses up no number: every sequence is odd
      database.nextSequence |= 1
      time += 1
      database.commit(2, time)
    }
    archiver.step()
    if (segment < 3) archiver.rotate()
  }
  return { root, files: archiveFilesAt(root), archiver }
}

const path = (first: number) => `wal/1/${String(first).padStart(20, '0')}.wal`
const range = (over: Partial<CommitRange>): CommitRange => ({
  fromSequence: null,
  toSequence: null,
  fromUs: null,
  toUs: null,
  limit: 100,
  ...over,
})

describe('the segments of a timeline', () => {
  test('are listed with what they hold, the open one up to its last whole record', () => {
    const { root, files } = archive()
    const open = join(root, path(119))
    const sizes = new Map([1, 7, 113, 119].map((first) => [first, readFileSync(join(root, path(first))).length]))
    writeFileSync(open, Buffer.concat([readFileSync(open), Buffer.from('torn')]))
    const { segments, damages } = listSegments(files, '1')
    expect(damages).toEqual([])
    expect(
      segments.map(({ sizeBytes, crc32c, ...facts }) => ({ ...facts, hasCrc: crc32c !== null, sizeBytes })),
    ).toEqual(
      [
        [1, 6],
        [7, 12],
        [113, 118],
        [119, 124],
      ].map(([first, last]) => ({
        path: path(first!),
        firstSequence: first,
        lastSequence: last,
        isOpen: first === 119,
        hasCrc: first !== 119,
        sizeBytes: sizes.get(first!),
      })),
    )
  })

  test('leave out and name what is damaged', () => {
    const { root, files } = archive()
    truncateSync(join(root, path(1)), 50)
    flipByte(join(root, path(7).replace(/wal$/, 'idx')), 8)
    unlinkSync(join(root, path(113).replace(/wal$/, 'idx')))
    const { segments, damages } = listSegments(files, '1')
    expect(segments.map(({ firstSequence }) => firstSequence)).toEqual([119])
    expect(damages.map(({ file, problem }) => `${file.slice(-8)} ${problem}`)).toEqual([
      '0001.wal has another size than its index says',
      '0007.idx ends before it begins',
      '0113.idx a segment that is not the newest has no index',
    ])
  })

  test('are none where there is no archive, and links in it are refused', () => {
    const root = tempDir()
    expect(listSegments(archiveFilesAt(root), '1')).toEqual({ segments: [], damages: [] })
    mkdirSync(join(root, 'elsewhere/1'), { recursive: true })
    symlinkSync(join(root, 'elsewhere'), join(root, 'wal'))
    expect(() => listSegments(archiveFilesAt(root), '1')).toThrow('not a directory of its own')
  })

  test('have indexes whose bytes are proved', () => {
    const { root, files } = archive()
    expect(readSegmentIndex(files, path(1)).index.commitCount).toBe(3)
    flipByte(join(root, path(1).replace(/wal$/, 'idx')), -10)
    expect(problemOf(() => readSegmentIndex(files, path(1)))).toMatch(/checksum mismatch/)
  })
})

describe('commits of the archive', () => {
  const firsts = (over: Partial<CommitRange>) => {
    const { files } = archive()
    const { commits, hasMore, damages } = readArchivedCommits(files, '1', range(over))
    expect(damages).toEqual([])
    return [commits.map(({ firstSequence }) => firstSequence), hasMore]
  }
  const all = [1, 3, 5, 7, 9, 11, 113, 115, 117, 119, 121, 123]

  test('are read in ranges of sequences and times, from closed segments and from the open one', () => {
    expect(firsts({})).toEqual([all, false])
    expect(firsts({ fromSequence: 6, toSequence: 113 })).toEqual([[5, 7, 9, 11, 113], false])
    expect(firsts({ fromUs: T + 6, toUs: T + 10 })).toEqual([[11, 113, 115, 117, 119], false])
    expect(firsts({ fromSequence: 12, fromUs: T + 7, toSequence: 121, toUs: T + 11 })).toEqual([
      [113, 115, 117, 119, 121],
      false,
    ])
    expect(firsts({ fromSequence: 1000 })).toEqual([[], false])
  })

  test('come no more than were asked for, and whether there are more is told', () => {
    for (const limit of [1, 3, 4, 11, 12, 13]) {
      expect(firsts({ limit })).toEqual([all.slice(0, limit), limit < 12])
    }
    expect(firsts({ limit: 0 })).toEqual([[], true])
  })

  test('are told with time, size and families, the same from an index and from an open segment', () => {
    const { files } = archive()
    const { commits } = readArchivedCommits(files, '1', range({}))
    const facts = (time: number, first: number, last: number) => ({
      firstSequence: first,
      lastSequence: last,
      timeUs: time,
      timeKind: 'commit',
      uncertaintyUs: null,
      families: [{ columnFamilyId: 0, puts: 2, deletes: 0, rangeDeletes: 0 }],
    })
    const told = [commits[0]!, commits[11]!].map(({ sizeBytes, ...rest }) => {
      expect(sizeBytes).toBeGreaterThan(60)
      return rest
    })
    expect(told).toEqual([facts(T + 1, 1, 2), facts(T + 12, 123, 124)])
  })

  test('behind a damaged index are read, and the damage is told', () => {
    const { root, files } = archive()
    flipByte(join(root, path(7).replace(/wal$/, 'idx')), -10)
    const { commits, damages } = readArchivedCommits(files, '1', range({}))
    expect(commits.map(({ firstSequence }) => firstSequence)).toEqual(all.filter((first) => first < 7 || first > 11))
    expect(damages.map(({ problem }) => problem)).toEqual(['checksum mismatch'])
  })
})

describe('what can be recovered', () => {
  test('are stretches without a hole, with the times of their ends', () => {
    const { files } = archive()
    const { stretches, gaps } = recoverableStretches(files, '1')
    expect(stretches).toEqual([
      { firstSequence: 1, lastSequence: 12, firstTimeUs: T + 1, lastTimeUs: T + 6 },
      { firstSequence: 113, lastSequence: 124, firstTimeUs: T + 7, lastTimeUs: T + 12 },
    ])
    expect(gaps.map(({ afterSequence, beforeSequence }) => [afterSequence, beforeSequence])).toEqual([[12, 113]])
  })

  test('ends also where a segment is missing', () => {
    const { root, files } = archive()
    for (const end of ['wal', 'idx']) unlinkSync(join(root, path(113).replace(/wal$/, end)))
    expect(
      recoverableStretches(files, '1').stretches.map(({ firstSequence, lastSequence }) => [
        firstSequence,
        lastSequence,
      ]),
    ).toEqual([
      [1, 12],
      [119, 124],
    ])
  })
})

describe('gaps', () => {
  const gap = (afterSequence: number, beforeSequence: number) => ({
    afterSequence,
    beforeSequence,
    foundAtUs: 5,
    reason: 'lost',
  })

  test('come back in order, and one that was found larger replaces itself', () => {
    const root = tempDir()
    mkdirSync(join(root, 'wal/1'), { recursive: true })
    const gaps = [gap(50, 60), gap(3, 9), gap(50, 55), gap(50, 70)].reduce<ReturnType<typeof gap>[]>(withGap, [])
    writeGaps(root, '1', gaps, nodeFileLayer)
    expect(readGaps(archiveFilesAt(root), '1')).toEqual([gap(3, 9), gap(50, 70)])
    expect(readGaps(archiveFilesAt(root), '2')).toEqual([])
  })

  test('that hold nothing, and lists that were changed, are damage', () => {
    const root = tempDir()
    mkdirSync(join(root, 'wal/1'), { recursive: true })
    writeGaps(root, '1', [gap(3, 4)], nodeFileLayer)
    expect(problemOf(() => readGaps(archiveFilesAt(root), '1'))).toMatch(/beforeSequence/)
    writeGaps(root, '1', [gap(3, 9)], nodeFileLayer)
    flipByte(join(root, 'wal/1/gaps.json'), 40)
    expect(problemOf(() => readGaps(archiveFilesAt(root), '1'))).toMatch(/checksum/)
  })
})
