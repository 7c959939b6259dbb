import { expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import { loadWal } from '../../../../src-main/rocksdb/wal/load-wal.ts'
import { fixtureBytes } from '../fixtures.ts'

const NAME = 'db_two_cf_crashed/000004.log'

function replay(bytes: Uint8Array): { sequence: number | null; isQuiet: boolean } {
  const wal = loadWal([{ logNumber: 4, open: () => memorySource(NAME, bytes) }], {
    flushedSequence: 0,
    trackedLogs: [],
    logNumberOf: () => 0,
    maxBytes: 2 ** 20,
  })
  wal.close()
  return { sequence: wal.lastSequence, isQuiet: wal.damages.length === 0 }
}

test('a log with any one bit flipped is never taken for the original', () => {
  const original = fixtureBytes(NAME)
  expect(replay(original)).toEqual({ sequence: 20, isQuiet: true })
  for (let at = 0; at < original.length; at += 1) {
    const flipped = new Uint8Array(original)
    flipped[at]! ^= 1 << (at % 8)
    expect([at, replay(flipped).sequence === 20]).toEqual([at, false])
  }
})
