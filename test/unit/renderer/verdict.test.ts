import { describe, expect, test } from 'vitest'
import type { Backup, Source } from '#contract'
import { restorableOf, summaryOf, urgencyOf, verdictOf } from '../../../src-renderer/places/parts/verdict.ts'

const hourUs = 3_600_000_000
const nowUs = 1_800_000_000_000_000

const source: Source = {
  sourceId: 1,
  path: '/srv/backups/graph',
  name: 'graph',
  state: 'ready',
  error: null,
  backupCount: 2,
  unsoundBackupCount: 0,
  newestBackup: { backupId: 2, createdAtUs: nowUs, sequence: 61 },
  storedBytes: 10,
  lastVerification: null,
  openedAtUs: nowUs,
  indexedAtUs: nowUs,
  indexJobId: null,
}

function backup(backupId: number, changes: Partial<Backup> = {}): Backup {
  return {
    sourceId: 1,
    backupId,
    state: 'sound',
    createdAtUs: nowUs - hourUs,
    sequence: 61,
    schemaVersion: '2.1',
    fileCount: 3,
    logicalBytes: 10,
    exclusiveBytes: 4,
    sharedBytes: 6,
    entryCount: 5,
    damageCount: 0,
    lastVerification: null,
    ...changes,
  }
}

const verified = (level: 'presence' | 'checksum', outcome: 'passed' | 'failed') => ({
  lastVerification: { verificationId: 1, level, outcome, finishedAtUs: nowUs - 5 * hourUs },
})
const verdict = (...backups: Backup[]) => verdictOf(source, backups, nowUs)

describe('the verdict on a repository', () => {
  test('is never good because files exist', () => {
    expect(verdict(backup(2), backup(1, verified('checksum', 'passed')))).toEqual({
      tone: 'warn',
      pill: 'Never verified',
      because: 'Nothing proves that it restores.',
      step: 'verify',
    })
    expect(verdict(backup(2, verified('presence', 'passed')))).toMatchObject({ tone: 'warn', step: 'verify' })
  })

  test('is good when every byte of the newest backup was proved, with the age of the proof', () => {
    expect(verdict(backup(2, verified('checksum', 'passed')))).toEqual({
      tone: 'good',
      pill: 'Checksum verified, 5 h ago',
      because: 'Every byte of it matched its checksum.',
      step: 'restore',
    })
  })

  test('is bad when the newest backup failed or cannot be restored', () => {
    expect(verdict(backup(2, verified('checksum', 'failed')))).toMatchObject({ tone: 'bad', step: 'inspect' })
    expect(verdict(backup(2, { state: 'incomplete' }), backup(1))).toEqual({
      tone: 'bad',
      pill: 'Newest backup incomplete',
      because: 'It cannot be restored as it is. The newest complete one is backup 1.',
      step: 'inspect',
    })
  })

  test('is bad without backups or when the directory cannot be used', () => {
    expect(verdict()).toMatchObject({ tone: 'bad', pill: 'No backups', step: 'none' })
    expect(verdictOf({ ...source, state: 'unusable' }, [backup(2)], nowUs)).toMatchObject({
      tone: 'bad',
      step: 'inspect',
    })
  })

  test('waits while the directory is being read', () => {
    expect(verdictOf({ ...source, state: 'indexing' }, [], nowUs)).toMatchObject({ tone: 'quiet', step: 'wait' })
  })
})

test('what one would restore is the newest backup that nothing speaks against', () => {
  const failed = backup(3, verified('checksum', 'failed'))
  expect(restorableOf([failed, backup(2, { state: 'incomplete' }), backup(1)])?.backupId).toBe(1)
  expect(restorableOf([failed])).toBeNull()
})

test('the summary counts what is proved, what needs a person and what is unproved', () => {
  expect(summaryOf(['good', 'bad', 'bad', 'warn'])).toBe('1 of 4 repositories verified. 2 need you now. 1 is unproved.')
  expect(summaryOf(['good'])).toBe('1 of 1 repository verified.')
})

test('what could not be looked at is as urgent as what is bad', () => {
  const urgencies = [null, verdict(), verdict(backup(2)), verdict(backup(2, verified('checksum', 'passed')))].map(
    urgencyOf,
  )
  expect(urgencies).toEqual([3, 3, 2, 0])
})
