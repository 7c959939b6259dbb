import { zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import { walkCommits } from '../../../../src-main/rocksdb/commits/walk-commits.ts'
import { fixtureSource, textOf } from '../fixtures.ts'
import { batch, batchRecord, familyRecord, lengthPrefixed, logOf, physicalRecord, put } from '../log-writer.ts'
import { commitsOf, line, markerArrival, markerLogData, markerPut } from './walk.ts'

const lines = (...logs: Uint8Array[]) => commitsOf(logs).commits.map(line)

describe('the commits of a log', () => {
  test('are its records, with place, size and counts of every kind by family', () => {
    const { commits, result } = commitsOf([fixtureSource('wal/all_tags.log')])
    const place = {
      logNumber: 1,
      file: 'wal/all_tags.log',
      committedAtUs: null,
      timeKind: 'unknown',
      uncertaintyUs: null,
      isLastOfRecord: true,
    }
    expect(commits).toEqual([
      {
        ...place,
        firstSequence: 1,
        lastSequence: 12,
        offsetBytes: 0,
        recordEndBytes: 159,
        sizeBytes: 152,
        families: [
          { columnFamilyId: 0, puts: 2, deletes: 2, rangeDeletes: 1, merges: 1, bytes: 38 },
          { columnFamilyId: 1, puts: 2, deletes: 2, rangeDeletes: 1, merges: 1, bytes: 46 },
        ],
      },
      {
        ...place,
        firstSequence: 13,
        lastSequence: 12,
        offsetBytes: 159,
        recordEndBytes: 193,
        sizeBytes: 27,
        families: [],
      },
      {
        ...place,
        firstSequence: 13,
        lastSequence: 13,
        offsetBytes: 193,
        recordEndBytes: 220,
        sizeBytes: 20,
        families: [{ columnFamilyId: 0, puts: 1, deletes: 0, rangeDeletes: 0, merges: 0, bytes: 5 }],
      },
    ])
    expect(result).toEqual({
      commitCount: 3,
      lastSequence: 13,
      logs: [{ logNumber: 1, file: 'wal/all_tags.log', end: 'clean', endOffsetBytes: 220, tear: null }],
      damages: [],
      damageCount: 0,
      gaps: [],
      timeStepsBack: { count: 0, first: null },
      preparedCount: 0,
      unknownPreparedCount: 0,
    })
  })

  test('do not hold the former life of a recycled log', () => {
    const { commits, result } = commitsOf([fixtureSource('wal/recycled_000014.log')], { firstLogNumber: 14 })
    expect([commits.length, commits[0]?.firstSequence, result.lastSequence, result.logs[0]?.end]).toEqual([
      20,
      241,
      260,
      'recycled',
    ])
  })

  test('are read from compressed and from fragmented records, with their places in the file', () => {
    const places = ['wal/zstd.log', 'wal/ldb_put_big_fragmented.log'].map((name) =>
      commitsOf([fixtureSource(name)]).commits.map(({ offsetBytes, recordEndBytes, sizeBytes }) => [
        offsetBytes,
        recordEndBytes,
        sizeBytes,
      ]),
    )
    expect(places).toEqual([
      [
        [11, 52, 21],
        [52, 25200, 200020],
        [25200, 25261, 500021],
        [25261, 25301, 20],
      ],
      [[0, 40034, 40020]],
    ])
  })

  test('give their operations before them, without marker Puts', () => {
    const told: string[] = []
    const log = logOf([
      batch(1, 4, markerPut(7), put('a', '1'), familyRecord(4, 2, 'b'), familyRecord(0x0e, 2, 'c', 'd')),
    ])
    walkCommits(
      [{ logNumber: 1, source: memorySource('1.log', log) }],
      { lastSequenceBefore: 0 },
      {
        commit: (commit) => told.push(line(commit)),
        operation: (type, family, sequence, key, value) =>
          told.push(`${type} ${family} ${sequence} ${textOf(key)} ${textOf(value)}`),
      },
    )
    expect(told).toEqual(['1 0 2 a 1', '0 2 3 b ', '15 2 4 c d', '[1-4] 0:1p 2:1d1r @7'])
  })
})

describe('markers in a record', () => {
  test('begin one commit each, and what stands before the first belongs to it', () => {
    const payload = batch(
      10,
      6,
      put('a', '1'),
      markerPut(100, 3),
      put('b', '2'),
      markerLogData(200),
      familyRecord(4, 1, 'c'),
      markerPut(300),
      put('d', '4'),
    )
    const { commits, result } = commitsOf([logOf([payload, batch(16, 1, put('e', '5'))])])
    expect(commits.map(line)).toEqual(['[10-12] 0:2p @100', '[13-13] 1:1d @200', '[14-15] 0:1p @300', '[16-16] 0:1p'])
    expect(commits.map((commit) => commit.isLastOfRecord)).toEqual([false, false, true, true])
    expect(commits.slice(0, 3).reduce((sum, commit) => sum + commit.sizeBytes, 0)).toBe(payload.length)
    expect(result.lastSequence).toBe(16)
  })

  test('that are not well formed are data', () => {
    const wrong = batchRecord(3, 'lifeboat.commit1234567')
    const payload = batch(1, 2, put('lifeboat.commit', '123'), put('lifeboat.commit', '\xff'.repeat(8)), wrong)
    expect(lines(logOf([payload]))).toEqual(['[1-2] 0:2p'])
  })

  test('with times that go back are counted, and the first place is told', () => {
    const log = logOf([50, 60, 40, 55, 60].map((timeUs, index) => batch(index + 1, 1, markerPut(timeUs))))
    expect(commitsOf([log]).result.timeStepsBack).toEqual({
      count: 2,
      first: { sequence: 3, file: '1.log', offsetBytes: 92, latestUs: 60, committedAtUs: 40 },
    })
  })

  test('of a bad batch tell nothing', () => {
    const log = logOf([batch(1, 1, put('a', '1')), batch(2, 4, markerPut(1), markerPut(2), markerPut(3))])
    const { commits, result } = commitsOf([log, logOf([batch(2, 1, put('b', '2'))])])
    expect(commits.map(line)).toEqual(['[1-1] 0:1p'])
    expect(result.logs.map((log) => log.end)).toEqual(['damaged', 'ignored'])
    expect(result.damages.map((damage) => damage.problem)).toEqual(['wrong number of operations'])
  })
})

describe('a mark of arrival', () => {
  const timesOf = (...payloads: Uint8Array[]) =>
    commitsOf([logOf(payloads)]).commits.map(({ firstSequence, committedAtUs, timeKind, uncertaintyUs, families }) => [
      firstSequence,
      committedAtUs,
      timeKind,
      uncertaintyUs,
      families.length,
    ])

  test('gives a time, with how exact it is, to a commit that has no marker', () => {
    expect(
      timesOf(
        batch(1, 1, markerArrival(900, 40), put('a', '1')),
        batch(2, 1, put('b', '2')),
        batch(3, 0, markerArrival(950, 50)),
      ),
    ).toEqual([
      [1, 900, 'arrival', 40, 1],
      [2, null, 'unknown', null, 1],
      [3, 950, 'arrival', 50, 0],
    ])
  })

  test('begins no commit and gives way to a marker; the first of several counts', () => {
    expect(
      timesOf(
        batch(1, 3, markerArrival(900, 40), put('a', '1'), markerPut(700), put('b', '2')),
        batch(4, 2, markerPut(800), markerArrival(901, 1), put('c', '3')),
        batch(6, 1, markerArrival(902, 2), markerArrival(903, 3), put('d', '4')),
        batch(7, 2, markerArrival(904, 4), put('e', '5'), markerLogData(805), put('f', '6'), markerLogData(806)),
      ),
    ).toEqual([
      [1, 700, 'commit', null, 1],
      [4, 800, 'commit', null, 1],
      [6, 902, 'arrival', 2, 1],
      [7, 805, 'commit', null, 1],
      [9, 806, 'commit', null, 0],
    ])
  })

  test('stands before the decision of a transaction, and not before what only prepares', () => {
    expect(
      timesOf(
        batch(1, 1, markerArrival(900, 4), batchRecord(9), put('a', '1'), batchRecord(0x0a, 'x')),
        batch(1, 0, markerArrival(901, 5), batchRecord(0x0b, 'x')),
      ),
    ).toEqual([[1, 901, 'arrival', 5, 1]])
  })
})

describe('two-phase commits', () => {
  test('hold what was prepared, under the numbers of the commit', () => {
    const { commits, result } = commitsOf([fixtureSource('wal/2pc_write_committed.log')])
    expect(commits.map(line)).toEqual(['[1-1] 0:1p', '[2-3] 0:2p', '[4-4] 0:1p'])
    expect([result.preparedCount, result.unknownPreparedCount, result.lastSequence]).toEqual([1, 0, 4])
  })

  test('use up one number each with the write-prepared policy', () => {
    const { commits, result } = commitsOf([fixtureSource('wal/2pc_write_prepared.log')])
    expect(commits.map(line)).toEqual(['[2-2] 0:1p', '[3-3] 0:2p', '[5-5] 0:1d', '[6-6] 0:1p'])
    expect([result.preparedCount, result.lastSequence]).toEqual([1, 7])
  })

  test('take the time that was prepared or that stands beside the decision', () => {
    const log = logOf([
      batch(1, 2, batchRecord(9), markerPut(5), put('a', '1'), batchRecord(0x0a, 'x')),
      batch(1, 1, batchRecord(9), markerLogData(6), put('b', '2'), batchRecord(0x0a, 'y')),
      batch(1, 1, batchRecord(9), put('c', '3'), batchRecord(0x0a, 'z')),
      batch(1, 0, batchRecord(0x0b, 'x')),
      batch(3, 0, batchRecord(0x0b, 'y')),
      batch(4, 0, markerLogData(7), batchRecord(0x0b, 'z')),
      batch(5, 0, batchRecord(0x0b, 'gone')),
    ])
    const { commits, result } = commitsOf([log])
    expect(commits.map(line)).toEqual(['[1-2] 0:1p @5', '[3-3] 0:1p @6', '[4-4] 0:1p @7', '[5-4] '])
    expect([result.unknownPreparedCount, result.lastSequence]).toEqual([1, 4])
  })
})

describe('the walk over several logs', () => {
  const one = (sequence: number) => batch(sequence, 1, put('k', 'v'))
  const ends = ({ result }: ReturnType<typeof commitsOf>) => result.logs.map((log) => log.end)

  test('tells missing operations between logs and before the first, and numbers that go back', () => {
    const { result } = commitsOf([logOf([one(5)]), logOf([one(8), one(20)]), logOf([one(3), one(2)])], {
      lastSequenceBefore: 2,
    })
    const gap = (kind: string, file: string, expectedSequence: number, foundSequence: number, offsetBytes = 0) => ({
      kind,
      logNumber: Number.parseInt(file, 10),
      file,
      offsetBytes,
      expectedSequence,
      foundSequence,
    })
    expect(result.gaps).toEqual([
      gap('missing', '1.log', 3, 5),
      gap('missing', '2.log', 6, 8),
      gap('back', '3.log', 21, 3),
    ])
  })

  test('stops at a tear that no later log continues', () => {
    const torn = logOf([one(1), one(2)]).subarray(0, -3)
    const walk = commitsOf([torn, logOf([one(3)]), logOf([one(2)])])
    expect([walk.commits.map(line), ends(walk)]).toEqual([
      ['[1-1] 0:1p', '[2-2] 0:1p'],
      ['torn', 'ignored', 'clean'],
    ])
    expect(walk.result.damages).toEqual([])
    const lost = commitsOf([torn, logOf([one(3)])])
    expect([ends(lost), lost.result.damages.map((damage) => damage.problem)]).toEqual([
      ['torn', 'ignored'],
      ['the record is cut off'],
    ])
  })

  test('goes on everywhere for salvage', () => {
    const bad = batch(2, 5, put('k', 'v'))
    const walk = commitsOf([logOf([one(1), bad, one(3)]), logOf([one(9)])], { resync: true })
    expect([walk.commits.map(line), walk.result.damageCount, walk.result.gaps.length]).toEqual([
      ['[1-1] 0:1p', '[3-3] 0:1p', '[9-9] 0:1p'],
      1,
      1,
    ])
  })

  test('stops where the checkpoint throws', () => {
    const checkpoint = (): void => {
      throw new Error('cancelled')
    }
    expect(() => commitsOf([logOf([one(1)])], { checkpoint })).toThrow('cancelled')
  })

  test('finds the end of a record that is spread over blocks of a compressed log', () => {
    const payload = batch(1, 1, Buffer.concat([Buffer.of(1), lengthPrefixed('k'), lengthPrefixed('v'.repeat(100))]))
    const log = Buffer.concat([
      physicalRecord(9, Uint8Array.of(7, 0, 0, 0)),
      physicalRecord(1, zstdCompressSync(payload)),
    ])
    const [commit] = commitsOf([log]).commits
    expect([commit?.offsetBytes, commit?.recordEndBytes, commit?.sizeBytes]).toEqual([11, log.length, payload.length])
  })
})
