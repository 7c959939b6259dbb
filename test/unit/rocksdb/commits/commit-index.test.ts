import { describe, expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import { indexCommits } from '../../../../src-main/rocksdb/commits/commit-index.ts'
import { encodeCommitMarker } from '../../../../src-main/rocksdb/commits/commit-marker.ts'
import type { WalFile } from '../../../../src-main/rocksdb/wal/wal-file.ts'
import { textOf } from '../fixtures.ts'
import { batch, batchRecord, logOf, put } from '../log-writer.ts'

const commit = (sequence: number) => batch(sequence, 1, put('a', `${sequence}`))
const timed = (sequence: number, timeUs: number) => {
  const { key, value } = encodeCommitMarker(timeUs)
  return batch(sequence, 1, batchRecord(3, textOf(key) + textOf(value)), put('a', `${sequence}`))
}
const file = (logNumber: number | null, bytes: Uint8Array): WalFile => ({
  logNumber,
  open: () => memorySource(`${logNumber ?? 'archive'}.log`, bytes),
})
const log = (...batches: Uint8Array[]) => file(1, logOf(batches))
const archive = (...batches: Uint8Array[]) => file(null, logOf(batches))

function indexed(files: readonly WalFile[]) {
  const index = indexCommits(files, { upToSequence: null, flushedSequence: 0 })
  const commits = Array.from({ length: index.count }, (_, at) => index.at(at).lastSequence)
  return { index, commits, problems: index.damages.map(({ file: name, problem }) => `${name} ${problem}`) }
}

describe('the commits of logs and of the archive behind them', () => {
  test('are each there once, also where the archive begins before the end of the logs', () => {
    const { commits, problems } = indexed([
      log(commit(1), commit(2)),
      archive(commit(1), commit(2), commit(3)),
      archive(commit(4)),
    ])
    expect([commits, problems]).toEqual([[1, 2, 3, 4], []])
  })

  test('end before a hole in the archive, which is said', () => {
    const { commits, problems } = indexed([
      log(commit(1)),
      archive(commit(2)),
      archive(commit(4), commit(5)),
      archive(commit(6)),
    ])
    expect([commits, problems]).toEqual([[1, 2], ['archive.log operations are missing before this log']])
  })

  test('go on in the archive behind a log that was torn', () => {
    const torn = logOf([commit(1), commit(2), commit(3)])
    const { commits, problems } = indexed([
      file(1, torn.subarray(0, -3)),
      archive(commit(1), commit(2), commit(3), commit(4)),
    ])
    expect([commits, problems]).toEqual([[1, 2, 3, 4], []])
  })

  test('begin in the archive behind what tables hold', () => {
    const index = indexCommits([archive(commit(5), commit(6), commit(7))], { upToSequence: null, flushedSequence: 5 })
    expect([index.count, index.at(0).lastSequence, index.damages]).toEqual([2, 6, []])
  })
})

describe('commits up to a time', () => {
  test('are none while no time up to it is known, whatever was committed before', () => {
    const { index } = indexed([log(commit(1), timed(2, 1000), commit(3), timed(4, 2000))])
    expect([5, 999, 1000, 1999, 2000, 9999].map((timeUs) => index.countUpToTime(timeUs))).toEqual([0, 0, 3, 3, 4, 4])
    expect([index.firstTimeUs(), index.timeOf(2), index.timeOf(3)]).toEqual([1000, 1000, null])
  })
})
