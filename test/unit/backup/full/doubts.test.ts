import { describe, expect, test } from 'vitest'
import { Doubts } from '../../../../src-main/backup/full/doubts.ts'
import type { VerifiedBackup } from '../../../../src-main/repository/own/format/records.ts'

const file = (path: string) => ({ path, sizeBytes: 1, crc32c: 1 }) as never
const verified = (facts: Partial<VerifiedBackup>): VerifiedBackup => ({
  id: 1,
  level: 'checksum',
  result: 'failed',
  verifiedAtUs: 10,
  fileCount: 1,
  readBytes: 1,
  durationUs: 1,
  problems: [],
  ...facts,
})

describe('Doubts', () => {
  test('are about the files that a failed verification names', () => {
    const doubts = new Doubts()
    doubts.note(verified({ problems: ['shared_checksum/1.sst: checksum (expected 1, found 2)'] }), [
      file('private/1/A'),
    ])
    expect(doubts.paths()).toEqual(new Set(['shared_checksum/1.sst']))
  })

  test('end with a later verification of any backup that compared the bytes of the file', () => {
    const doubts = new Doubts()
    doubts.note(verified({ problems: ['a: checksum', 'b: checksum', 'c: checksum'] }), [])
    doubts.note(verified({ id: 2, result: 'passed', verifiedAtUs: 11 }), [file('a')])
    doubts.note(verified({ id: 3, result: 'passed', verifiedAtUs: 9 }), [file('b')])
    doubts.note(verified({ id: 4, result: 'passed', verifiedAtUs: 12, level: 'presence' }), [file('c')])
    expect(doubts.paths()).toEqual(new Set(['b', 'c']))
  })

  test('are about every file of a backup whose record had no room for all problems', () => {
    const doubts = new Doubts()
    const problems = Array.from({ length: 100 }, (_, index) => `${index}: missing`)
    doubts.note(verified({ problems }), [file('a')])
    expect([doubts.paths().size, doubts.paths().has('a')]).toEqual([101, true])
  })
})
