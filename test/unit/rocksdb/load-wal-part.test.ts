// Goal: a view of a part of the keys has every operation on them and no other, and sequences as they are. Method: logs with plain and
// two-phase commits in two families and range deletions, replayed with filters.
import { expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import type { KeyFilter } from '../../../src-main/rocksdb/wal/batch-replay.ts'
import { loadWal } from '../../../src-main/rocksdb/wal/load-wal.ts'
import { textOf } from './fixtures.ts'
import { batch, batchRecord, familyRecord, logOf, put } from './log-writer.ts'

const log = logOf([
  batch(1, 3, put('a', '1'), put('n', '2'), familyRecord(5, 1, 'a', '3')),
  batch(4, 1, batchRecord(0x0f, 'b', 'c')),
  batch(5, 2, batchRecord(0x09), put('b', '4'), put('m', '5'), batchRecord(0x0a, 'x')),
  batch(5, 0, batchRecord(0x0b, 'x')),
  batch(7, 1, batchRecord(0, 'z')),
])

function replayed(accepts?: KeyFilter) {
  const wal = loadWal([{ logNumber: 3, open: () => memorySource('000003.log', log) }], {
    flushedSequence: 0,
    trackedLogs: [],
    logNumberOf: () => 0,
    maxBytes: 1 << 20,
    accepts,
  })
  const entries: string[] = []
  for (const [id, run] of wal.runs) {
    const cursor = run.iterator()
    for (cursor.seekToFirst(); cursor.valid; cursor.next()) {
      entries.push(`${id} ${textOf(cursor.userKey)}@${cursor.sequence}`)
    }
  }
  const tombstones = wal.runs.get(0)?.rangeTombstones.map(({ begin, sequence }) => `${textOf(begin)}@${sequence}`)
  wal.close()
  return { entries, tombstones, lastSequence: wal.lastSequence, damages: wal.damages }
}

/** By the first byte of the key. */
const below = (bound: string): KeyFilter => {
  return (_columnFamilyId, bytes, keyAt) => (bytes[keyAt] ?? 0) < bound.charCodeAt(0)
}

test('a part of the keys is replayed with the sequences of the whole', () => {
  const whole = { tombstones: ['b@4'], lastSequence: 7, damages: [] }
  expect(replayed()).toEqual({ ...whole, entries: ['0 a@1', '0 b@5', '0 m@6', '0 n@2', '0 z@7', '1 a@3'] })
  expect(replayed(below('c'))).toEqual({ ...whole, entries: ['0 a@1', '0 b@5', '1 a@3'] })
  expect(replayed((...key) => !below('c')(...key))).toEqual({ ...whole, entries: ['0 m@6', '0 n@2', '0 z@7'] })
  expect(replayed((columnFamilyId) => columnFamilyId === 1)).toEqual({ ...whole, entries: ['1 a@3'] })
})
