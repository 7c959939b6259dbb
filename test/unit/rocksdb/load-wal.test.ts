import { zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import type { InternalIterator } from '../../../src-main/rocksdb/internal-iterator.ts'
import { type LoadedWal, loadWal } from '../../../src-main/rocksdb/wal/load-wal.ts'
import type { WalFile } from '../../../src-main/rocksdb/wal/wal-file.ts'
import { bytesOf, fixtureBytes, fixtureSource, seededRandom, textOf } from './fixtures.ts'
import { batch, batchRecord, familyRecord, logOf, physicalRecord, put } from './log-writer.ts'

const MAX_BYTES = 100 * 1024 * 1024
/** what the MANIFEST says when a test does not look at it; the fixtures start at 1 or later */
const FLUSHED = { flushedSequence: 1000, trackedLogs: [] }

function entriesOf(cursor: InternalIterator): string[] {
  const entries: string[] = []
  for (cursor.seekToFirst(); cursor.valid; cursor.next()) {
    entries.push(`${textOf(cursor.userKey)}@${cursor.sequence} ${cursor.type} ${textOf(cursor.value)}`)
  }
  return entries
}

function entries(wal: LoadedWal, columnFamilyId = 0): string[] {
  const run = wal.runs.get(columnFamilyId)
  return run === undefined ? [] : entriesOf(run.iterator())
}

const walFile = (logNumber: number, bytes: Uint8Array): WalFile => ({
  logNumber,
  open: () => memorySource(`${logNumber}.log`, bytes),
})
const load = (files: readonly WalFile[], logNumberOf: (id: number) => number | null = () => 0, maxBytes = MAX_BYTES) =>
  loadWal(files, { ...FLUSHED, logNumberOf, maxBytes })
const summary = ({ lastSequence, stop, ignoredFiles, damages, preparedCount }: LoadedWal) => ({
  lastSequence,
  stop,
  ignoredFiles,
  problems: damages.map((damage) => `${damage.file} ${damage.offsetBytes} ${damage.problem}`),
  preparedCount,
})
const whole = { stop: null, ignoredFiles: [], problems: [], preparedCount: 0 }

describe('write-ahead logs in memory', () => {
  test('hold every kind of operation, by family and in key order', () => {
    const wal = load([{ logNumber: 1, open: () => fixtureSource('wal/all_tags.log') }])
    const entity = '\x01\x03\x00\x03\x04col1\x04\x04col2\x04defval1val2'
    expect(summary(wal)).toEqual({ ...whole, lastSequence: 13 })
    expect(entries(wal, 0)).toEqual(['a@1 1 1', 'b@3 0 ', 'c@5 7 ', `ent@11 22 ${entity}`, 'm@9 2 x', 'z@13 1 last'])
    expect(entries(wal, 1)).toEqual(['a1@2 1 v1', 'b1@4 0 ', 'c1@6 7 ', `ent1@12 22 ${entity}`, 'm1@10 2 y'])
    expect([wal.runs.get(0)?.rangeTombstones, wal.runs.get(1)?.rangeTombstones]).toEqual([
      [{ begin: bytesOf('d'), end: bytesOf('e'), sequence: 7 }],
      [{ begin: bytesOf('d1'), end: bytesOf('e1'), sequence: 8 }],
    ])
  })

  test('stop being loaded, and are closed, when the checkpoint of a block throws', () => {
    const log = logOf(Array.from({ length: 9 }, (_, index) => batch(1 + index, 1, put('k', 'v'.repeat(10_000)))))
    const stopped = new Error('stopped')
    let blockCount = 0
    let openCount = 0
    const open = () => {
      const source = memorySource('1.log', log)
      openCount += 1
      const close = () => {
        openCount -= 1
      }
      return { ...source, close }
    }
    const options = { ...FLUSHED, logNumberOf: () => 0, maxBytes: MAX_BYTES }
    const checkpoint = () => {
      blockCount += 1
      if (blockCount === 2) throw stopped
    }
    expect(() => loadWal([{ logNumber: 1, open }], { ...options, checkpoint })).toThrow(stopped)
    expect([blockCount, openCount]).toEqual([2, 0])
  })

  test('leave out what a family has flushed and families the MANIFEST does not know', () => {
    const log = (start: number, key: string) =>
      logOf([batch(start, 3, put(key, 'v'), familyRecord(5, 1, key, 'v'), familyRecord(5, 9, key, 'v'))])
    const logNumberOf = (id: number) => (id === 0 ? 12 : id === 1 ? 10 : null)
    const wal = load([walFile(9, log(1, 'a')), walFile(10, log(4, 'b')), walFile(12, log(7, 'c'))], logNumberOf)
    expect([entries(wal, 0), entries(wal, 1), [...wal.runs.keys()], wal.lastSequence]).toEqual([
      ['c@7 1 v'],
      ['b@5 1 v', 'c@8 1 v'],
      [1, 0],
      9,
    ])
  })

  test('order the versions of a key newest first, also beyond the compared prefix', () => {
    const keys = ['prefix-b', 'prefix-a', 'prefix', 'p', 'prefix-a', 'prefix\0', '']
    const wal = load([walFile(1, logOf([batch(1, keys.length, ...keys.map((key) => put(key, 'v')))]))])
    expect(entries(wal)).toEqual([
      '@7 1 v',
      'p@4 1 v',
      'prefix@3 1 v',
      'prefix\0@6 1 v',
      'prefix-a@5 1 v',
      'prefix-a@2 1 v',
      'prefix-b@1 1 v',
    ])
  })

  test('find the first entry that is not before a key', () => {
    const keys = ['b', 'd', 'd', 'f']
    const cursor = load([walFile(1, logOf([batch(1, 4, ...keys.map((key) => put(key, 'v')))]))])
      .runs.get(0)
      ?.iterator()
    const found = ['', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => {
      cursor?.seek(bytesOf(key))
      return cursor?.valid ? `${textOf(cursor.userKey)}@${cursor.sequence}` : null
    })
    expect(found).toEqual(['b@1', 'b@1', 'd@3', 'd@3', 'f@4', 'f@4', null])
  })

  test('use the order of the family', () => {
    const wal = loadWal([walFile(1, logOf([batch(1, 2, put('a', '1'), put('b', '2'))]))], {
      ...FLUSHED,
      logNumberOf: () => 0,
      comparatorOf: () => 'rocksdb.ReverseBytewiseComparator',
      maxBytes: MAX_BYTES,
    })
    expect(entries(wal)).toEqual(['b@2 1 2', 'a@1 1 1'])
  })

  test('do not resurrect the former life of a recycled log', () => {
    const wal = load([{ logNumber: 14, open: () => fixtureSource('wal/recycled_000014.log') }])
    expect([wal.runs.get(0)?.entryCount, wal.lastSequence]).toEqual([20, 260])
  })

  test('are refused beyond the memory limit', () => {
    const value = 'x'.repeat(1_000_000)
    const log = logOf([batch(1, 1, put('a', value)), batch(2, 1, put('b', value))])
    expect(() => load([walFile(1, log)], () => 0, 1_500_000)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    )
    expect(load([walFile(1, log)], () => 0, 2_100_000).lastSequence).toBe(2)
  })
})

describe('compressed logs', () => {
  const setCompression = physicalRecord(9, Uint8Array.of(7, 0, 0, 0))
  const logData = (sizeBytes: number) =>
    physicalRecord(1, zstdCompressSync(batch(1, 0, batchRecord(3, 'x'.repeat(sizeBytes)))))

  test('are refused when they unpack to many times the limit and leave nothing in memory', () => {
    const bomb = Buffer.concat([setCompression, ...Array.from({ length: 20 }, () => logData(500_000))])
    expect(summary(load([walFile(1, bomb)]))).toEqual({ ...whole, lastSequence: 0 })
    expect(() => load([walFile(1, bomb)], () => 0, 1_000_000)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    )
  })

  test('never unpack one record beyond the memory limit', () => {
    const { problems } = summary(
      load([walFile(1, Buffer.concat([setCompression, logData(2_000_000)]))], () => 0, 1_000_000),
    )
    expect(problems).toEqual(['1.log 11 the compressed record unpacks to more than 1000000 bytes'])
  })
})

describe('point-in-time replay', () => {
  const first = logOf([batch(1, 1, put('a', '1')), batch(2, 1, put('b', '2')), batch(3, 1, put('c', '3'))])
  const record = first.length / 3
  const torn = first.subarray(0, 2 * record + 4)
  const laterLog = (sequence: number) => walFile(9, logOf([batch(sequence, 1, put('z', 'later'))]))

  test('ends quietly at a tear of the last log', () => {
    const wal = load([walFile(8, torn)])
    expect([summary(wal), entries(wal)]).toEqual([{ ...whole, lastSequence: 2 }, ['a@1 1 1', 'b@2 1 2']])
  })

  test('goes on behind a tear only with the exact next sequence', () => {
    expect(summary(load([walFile(8, torn), laterLog(3)]))).toEqual({ ...whole, lastSequence: 3 })
    const wal = load([walFile(8, torn), laterLog(4), walFile(10, new Uint8Array(0))])
    expect([summary(wal), entries(wal)]).toEqual([
      {
        lastSequence: 2,
        stop: { file: '8.log', offsetBytes: 2 * record },
        ignoredFiles: ['9.log'],
        problems: [`8.log ${2 * record} the record header is cut off`],
        preparedCount: 0,
      },
      ['a@1 1 1', 'b@2 1 2'],
    ])
  })

  test('stops at a flipped bit and reports it', () => {
    const flipped = Buffer.from(first)
    flipped[record + 9]! ^= 1
    expect(summary(load([walFile(8, flipped), laterLog(4)]))).toEqual({
      lastSequence: 1,
      stop: { file: '8.log', offsetBytes: record },
      ignoredFiles: ['9.log'],
      problems: [`8.log ${record} checksum mismatch`],
      preparedCount: 0,
    })
  })

  test('takes a batch with a wrong count back and goes on nowhere', () => {
    const bad = logOf([batch(1, 1, put('a', '1')), batch(2, 3, put('b', '2'), put('c', '3'))])
    const wal = load([walFile(8, bad), laterLog(2)])
    expect([summary(wal), entries(wal)]).toEqual([
      {
        lastSequence: 1,
        stop: { file: '8.log', offsetBytes: record },
        ignoredFiles: ['9.log'],
        problems: [`8.log ${bad.length} wrong number of operations`],
        preparedCount: 0,
      },
      ['a@1 1 1'],
    ])
  })
})

describe('what is missing between logs', () => {
  const log = (logNumber: number, ...sequences: readonly number[]) =>
    walFile(logNumber, logOf(sequences.map((sequence) => batch(sequence, 1, put(`k${sequence}`, 'v')))))
  const problems = (
    files: readonly WalFile[],
    flushedSequence: number,
    trackedLogs: readonly { logNumber: number; syncedSizeBytes: number | null }[] = [],
  ) => {
    const wal = loadWal(files, { flushedSequence, trackedLogs, logNumberOf: () => 0, maxBytes: MAX_BYTES })
    return [
      entries(wal).length,
      ...wal.damages.map(({ file, offsetBytes, problem, expected, found }) =>
        [file, offsetBytes, problem, expected, found].join(' '),
      ),
    ]
  }

  test('is reported: a missing log, or one that was cut at the end of a record', () => {
    expect(problems([log(8, 1, 2), log(10, 5, 6)], 0)).toEqual([
      4,
      '10.log 0 operations are missing before this log 3 5',
    ])
    expect(problems([log(10, 201)], 100)).toEqual([1, '10.log 0 operations are missing before this log 101 201'])
  })

  test('is nothing where the MANIFEST has what lies between, or inside a log, where gaps are normal', () => {
    expect(problems([log(8, 1, 2), log(10, 5, 6)], 4)).toEqual([4])
    expect(problems([log(8, 1, 2, 9), log(10, 10)], 0)).toEqual([4])
    expect(problems([log(8), log(10, 1), log(12), log(14, 2)], 0)).toEqual([2])
  })

  test('is nothing before the oldest log that is needed: a flush may drop the newest operations', () => {
    const files = [log(10, 201), log(12, 205)]
    const options = { flushedSequence: 100, trackedLogs: [], logNumberOf: () => 0, maxBytes: MAX_BYTES }
    const found = [true, false].map((hasFirstLog) =>
      loadWal(files, { ...options, hasFirstLog }).damages.map(({ file, expected }) => `${file} ${expected}`),
    )
    expect(found).toEqual([['12.log 202'], ['10.log 101', '12.log 202']])
  })

  test('is not told by a transaction database, which may use two write queues', () => {
    const transactions = walFile(8, logOf([batch(1, 1, batchRecord(0x0d), put('a', '1'))]))
    expect([load([transactions]).hasTransactions, load([log(10, 7)]).hasTransactions]).toEqual([true, false])
    expect(problems([transactions, log(10, 7)], 0)).toEqual([2])
  })

  test('may be too much: sequences that go back are reported once a log, and replayed', () => {
    expect(problems([log(8, 1, 2, 3), log(10, 2, 1, 5)], 0)).toEqual([6, '10.log 0 sequence numbers go back 4 2'])
  })

  test('is known of logs that the MANIFEST tracks', () => {
    const tracked = [8, 9, 10].map((logNumber) => ({ logNumber, syncedSizeBytes: logNumber === 10 ? null : 31 }))
    expect(problems([log(8, 1), log(10, 2)], 0, tracked)).toEqual([
      2,
      '000009.log  the MANIFEST needs this log, and it is not there  ',
      '8.log 25 shorter than the MANIFEST says 31 bytes 25 bytes',
    ])
  })
})

describe('transactions in the logs', () => {
  test('may have as many operations as a hostile log gives them', () => {
    const section = (count: number) => [
      batchRecord(0x13),
      ...Array.from({ length: count }, () => put('k', 'v')),
      batchRecord(0x0a, 'x'),
    ]
    const log = logOf([
      batch(1, 1, ...section(1)),
      batch(2, 200_000, ...section(200_000)),
      batch(3, 0, batchRecord(0x0b, 'x')),
    ])
    expect(load([walFile(1, log)], () => 0, 2 ** 30).runs.get(0)?.entryCount).toBe(200_001)
  })

  test('count against the memory limit even when they are empty', () => {
    const empty = (id: number) => batch(1, 0, batchRecord(0x09), batchRecord(0x0a, `${id}`))
    const log = logOf(Array.from({ length: 10_000 }, (_, id) => empty(id)))
    expect(load([walFile(1, log)]).preparedCount).toBe(10_000)
    expect(() => load([walFile(1, log)], () => 0, 2_000_000)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    )
  })

  test('appear when they are committed, with the sequences of the commit', () => {
    const wal = load([{ logNumber: 1, open: () => fixtureSource('wal/2pc_write_committed.log') }])
    expect([summary(wal), entries(wal)]).toEqual([
      { ...whole, lastSequence: 4, preparedCount: 1 },
      ['between@1 1 b', 'k1@2 1 v1', 'k2@3 1 v2', 'k4@4 1 v4'],
    ])
  })

  test('of the write-prepared policy share the sequence of their prepare record', () => {
    const wal = load([{ logNumber: 1, open: () => fixtureSource('wal/2pc_write_prepared.log') }])
    expect([summary(wal), entries(wal)]).toEqual([
      { ...whole, lastSequence: 7, preparedCount: 1 },
      ['between@2 1 b', 'k1@1 1 v1', 'k2@1 1 v2', 'k3@5 0 ', 'k4@6 1 v4'],
    ])
  })

  test('give a batch between two no-ops one sequence', () => {
    const noop = batchRecord(0x0d)
    const log = logOf([batch(5, 2, noop, put('a', '1'), put('b', '2'), noop), batch(6, 1, noop, put('c', '3'), noop)])
    const wal = load([walFile(1, log)])
    expect([entries(wal), wal.lastSequence]).toEqual([['a@5 1 1', 'b@5 1 2', 'c@6 1 3'], 6])
  })
})

describe('a large log', () => {
  test('of two hundred thousand small records is loaded and sorted at once', () => {
    const random = seededRandom(42)
    const count = 200_000
    const batches: Buffer[] = []
    for (let start = 1; start <= count; start += 100) {
      const puts = Array.from({ length: 100 }, () => put(`key${random(1_000_000)}`, 'v'))
      batches.push(batch(start, 100, ...puts))
    }
    const bytes = logOf(batches)
    const startedAt = performance.now()
    const run = load([walFile(1, bytes)]).runs.get(0)
    const cursor = run?.iterator()
    let ordered = 0
    let previous: Buffer = Buffer.alloc(0)
    let previousSequence = Number.POSITIVE_INFINITY
    if (cursor !== undefined) {
      for (cursor.seekToFirst(); cursor.valid; cursor.next()) {
        const order = Buffer.compare(previous, cursor.userKey)
        if (order < 0 || (order === 0 && cursor.sequence < previousSequence)) ordered += 1
        previous = Buffer.from(cursor.userKey)
        previousSequence = cursor.sequence
      }
    }
    expect([run?.entryCount, ordered]).toEqual([count, count])
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })

  test('keeps its entries when the bytes it was read from are overwritten', () => {
    const bytes = fixtureBytes('wal/ldb_batchput.log')
    const wal = load([walFile(1, bytes)])
    bytes.fill(0)
    expect(entries(wal)).toEqual(['a@1 1 1', 'b@2 1 2', 'c@3 1 3', 'd@4 1 4'])
  })
})
