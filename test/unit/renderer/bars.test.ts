import { expect, test } from 'vitest'
import type { Backup } from '#contract'
import { barsOf } from '../../../src-renderer/places/home/bars.ts'

const backup = (backupId: number, change: Partial<Backup> = {}): Backup => ({
  sourceId: 1,
  backupId,
  state: 'sound',
  createdAtUs: backupId,
  sequence: 1,
  schemaVersion: '1',
  fileCount: 1,
  logicalBytes: 10,
  exclusiveBytes: 1,
  sharedBytes: 9,
  entryCount: 1,
  damageCount: 0,
  lastVerification: null,
  ...change,
})
const verified = { verificationId: 1, level: 'checksum', outcome: 'passed', finishedAtUs: 1 } as const

test('bars stand oldest first, and the legend says what the colours mean and how many have them', () => {
  const newestFirst = [
    backup(4, { state: 'incomplete' }),
    backup(3, { lastVerification: verified }),
    backup(2, { lastVerification: { ...verified, outcome: 'failed' } }),
    backup(1),
  ]
  const { bars, label, legend } = barsOf(newestFirst, String)
  expect(bars.map(({ id, tone }) => [id, tone])).toEqual([
    [1, 'idle'],
    [2, 'bad'],
    [3, 'good'],
    [4, 'bad'],
  ])
  expect(label).toBe('The backups by size, newest right')
  expect(legend).toEqual([
    { tone: 'good', text: 'verified by checksum', count: 1 },
    { tone: 'idle', text: 'unproved', count: 1 },
    { tone: 'bad', text: 'unsound, or failed its verification', count: 2 },
  ])
})

test('of many backups the newest sixty are shown, and it is said', () => {
  const newestFirst = Array.from({ length: 1_000 }, (_, index) => backup(1_000 - index))
  const { bars, label } = barsOf(newestFirst, String)
  expect([bars.length, bars[0]?.id, bars.at(-1)?.id, label]).toEqual([
    60,
    941,
    1_000,
    'The newest 60 backups by size, newest right',
  ])
})
