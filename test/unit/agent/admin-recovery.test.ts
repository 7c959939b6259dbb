// Goal: the commands that go back to a point, name one or keep a backup read their words as documented, and complain in words
// that help. Method: a service that notes what it was asked for; replies as a client of either protocol reads them.
import { describe, expect, test } from 'vitest'
import { AppError } from '#base/app-error.ts'
import { runAdminBackup } from '../../../src-main/agent/admin-backup.ts'
import { runAdminPitr } from '../../../src-main/agent/admin-pitr.ts'
import type { BackupService } from '../../../src-main/agent/backup-service.ts'
import { refusedRecovery } from '../../../src-main/agent/recovery-refusal.ts'
import { encodeReply } from '../../../src-main/resp/encode-reply.ts'
import type { Reply } from '../../../src-main/resp/reply.ts'
import { notingService, plan, report } from './noting-service.ts'

const words = (...texts: string[]) => texts.map((text) => Buffer.from(text))
const encoded = (reply: Reply, protocol: 2 | 3) =>
  Buffer.concat([...encodeReply(reply, protocol)].map((chunk) => Buffer.from(chunk))).toString()

async function complaintOf(run: () => Promise<unknown> | unknown): Promise<[string, string | undefined]> {
  try {
    await run()
  } catch (error) {
    if (error instanceof AppError) return [error.facts.message, error.facts.nextStep]
    throw error
  }
  throw new Error('there was no complaint')
}

describe('words', () => {
  const order = { targetPath: null, isDryRun: false }
  test.each([
    [
      ['RESTORE', '3'],
      ['restore', { ...order, target: { kind: 'backup', backupId: 3 } }],
    ],
    [
      ['restore', 'time', '7', 'to', '/x y', 'dryrun'],
      ['restore', { target: { kind: 'time', timeUs: 7, isInclusive: true }, targetPath: '/x y', isDryRun: true }],
    ],
    [
      ['RESTORE', 'SEQ', '9', 'DRYRUN'],
      ['restore', { ...order, target: { kind: 'sequence', sequence: 9 }, isDryRun: true }],
    ],
    [
      ['RESTORE', 'BEFORE', '9'],
      ['restore', { ...order, target: { kind: 'before', sequence: 9 } }],
    ],
    [
      ['RESTORE', 'LATEST'],
      ['restore', { ...order, target: { kind: 'latest' } }],
    ],
    [
      ['RESTORE', 'MARK', 'TO', 'TO', '/x'],
      ['restore', { ...order, target: { kind: 'mark', name: 'TO' }, targetPath: '/x' }],
    ],
    [
      ['MARK', 'before the release ✓'],
      ['mark', 'before the release ✓'],
    ],
    [['MARKS'], ['marks']],
    [
      ['PIN', '3'],
      ['pin', 3, ''],
    ],
    [
      ['PIN', '3', 'for the audit'],
      ['pin', 3, 'for the audit'],
    ],
    [
      ['UNPIN', '3'],
      ['unpin', 3],
    ],
  ])('%j', async (texts, expected) => {
    const { asked, service } = notingService()
    await runAdminBackup(words(...texts), service)
    expect(asked).toEqual([expected])
  })

  test.each([
    [[], 'UTC', true, { targetPath: null, isDryRun: false }],
    [['ZONE', 'Europe/Berlin', 'EXCLUSIVE'], 'Europe/Berlin', false, { targetPath: null, isDryRun: false }],
    [['to', '/x', 'dryrun'], 'UTC', true, { targetPath: '/x', isDryRun: true }],
  ])('ADMIN.PITR RESTORE with %j', async (more, zone, isInclusive, rest) => {
    const { asked, service } = notingService()
    await runAdminPitr(words('restore', '2026-03-04T10:30:04.000000', ...more), service)
    expect(asked).toEqual([
      ['timeAsked', '2026-03-04T10:30:04.000000', zone],
      ['restore', { target: { kind: 'time', timeUs: 1_772_620_204_000_000, isInclusive }, ...rest }],
    ])
  })
})

describe('complaints', () => {
  const restore =
    'Write ADMIN.BACKUP RESTORE <id | TIME us | SEQ n | BEFORE seq | LATEST | MARK name> [TO path] [DRYRUN]'
  test.each([
    [['RESTORE'], 'the id is missing', restore],
    [['RESTORE', 'yesterday'], "the id must be a whole number from 1 to 9007199254740991, not 'yesterday'", restore],
    [['RESTORE', 'TIME'], 'the time is missing', restore],
    [['RESTORE', '3', 'TO'], 'the path is missing', restore],
    [['RESTORE', '3', 'NOW'], "'NOW' is not understood here", restore],
    [
      ['MARK', ''],
      'the name has 1 to 200 characters, none of them a control character',
      'Write ADMIN.BACKUP MARK name',
    ],
    [
      ['MARK', 'a\nb'],
      'the name has 1 to 200 characters, none of them a control character',
      'Write ADMIN.BACKUP MARK name',
    ],
    [['MARKS', 'all'], "'all' is not understood here", 'Write ADMIN.BACKUP MARKS'],
    [['PIN', '3', 'a', 'b'], "'b' is not understood here", 'Write ADMIN.BACKUP PIN id [note]'],
    [['UNPIN'], 'the id is missing', 'Write ADMIN.BACKUP UNPIN id'],
  ])('%j', async (texts, message, nextStep) => {
    const { asked, service } = notingService()
    expect(await complaintOf(() => runAdminBackup(words(...texts), service))).toEqual([message, nextStep])
    expect(asked).toEqual([])
  })

  test.each([
    [['SHOW', 'x'], 'RESTORE is missing'],
    [['RESTORE'], 'the time is missing'],
    [['RESTORE', 'x', 'ZONE'], 'the zone is missing'],
    [['RESTORE', 'x', 'FORCE'], "'FORCE' is not understood here"],
  ])('ADMIN.PITR %j', async (texts, message) => {
    const { asked, service } = notingService()
    expect(await complaintOf(() => runAdminPitr(words(...texts), service))).toEqual([
      message,
      'Write ADMIN.PITR RESTORE "2026-03-04T10:30:04.000000" [TO path] [ZONE name] [EXCLUSIVE] [DRYRUN]',
    ])
    expect(asked).toEqual([])
  })

  test('a point that cannot be reached is refused with the nearest ones, as they can be asked for', () => {
    const error = {
      code: 'INSTANT_NOT_COVERED' as const,
      message: 'sequence 9 lies in a gap',
      subject: 'timeline 1',
      unharmed: 'Nothing was written.',
      nextStep: 'Choose another point.',
      details: null,
    }
    const refusal = refusedRecovery({
      error,
      nearestBefore: { sequence: 8, committedAtUs: 70 },
      nearestAfter: { sequence: 12, committedAtUs: null },
    })
    expect([refusal.code, refusal.facts]).toEqual([
      'INSTANT_NOT_COVERED',
      {
        message: 'sequence 9 lies in a gap',
        subject: 'timeline 1',
        unharmed: 'Nothing was written.',
        nextStep: 'Choose another point. The nearest points: before it SEQ 8 (TIME 70), after it SEQ 12.',
      },
    ])
    expect(refusedRecovery({ error, nearestBefore: null, nearestAfter: null }).facts.nextStep).toBe(
      'Choose another point.',
    )
  })
})

describe('answers', () => {
  const answer = async (protocol: 2 | 3, ...texts: string[]) =>
    encoded(await runAdminBackup(words(...texts), notingService().service), protocol)

  test.each([
    [['PIN', '3'], '+OK\r\n'],
    [['UNPIN', '3'], '+OK\r\n'],
    [
      ['MARKS'],
      '*1\r\n%4\r\n$4\r\nname\r\n$18\r\nbefore the release\r\n$8\r\ntimeline\r\n$1\r\n1\r\n$3\r\nseq\r\n:8\r\n$7\r\nmade_us\r\n:5\r\n',
    ],
  ])('%j', async (texts, expected) => {
    expect(await answer(3, ...texts)).toBe(expected)
  })

  test('a dry run answers the plan, and no result', async () => {
    const text = await answer(3, 'RESTORE', 'SEQ', '8', 'DRYRUN')
    expect(text).toMatch(/^%2\r\n\$4\r\nplan\r\n%17\r\n\$7\r\nread_as\r\n_\r\n/)
    const numbers = {
      seq: 8,
      last_kept_us: 70,
      first_dropped_seq: 9,
      base: 3,
      commits: 1,
      bytes: 430,
      lost_commits: 1,
      lost_puts: 2,
      lost_deletes: 3,
      lost_to_us: 90,
    }
    for (const [name, value] of Object.entries(numbers)) expect(text).toContain(`\r\n${name}\r\n:${value}\r\n`)
    for (const name of ['first_dropped_us', 'expected_us', 'lost_from_us']) {
      expect(text).toContain(`\r\n${name}\r\n_\r\n`)
    }
    expect(text).toContain('\r\nwarnings\r\n*1\r\n$18\r\nA clock went back.\r\n')
    expect(text.endsWith('$6\r\nresult\r\n_\r\n')).toBe(true)
  })

  test('a restore answers what it did, how it was proved, and where the database before lies', async () => {
    const { service } = notingService()
    const done: BackupService = {
      ...service,
      restore: async () => ({ plan, report, path: '/restored', previousPath: '/before' }),
    }
    const text = encoded(await runAdminBackup(words('RESTORE', '3'), done), 3)
    expect(text.slice(text.indexOf('$6\r\nresult'))).toBe(
      '$6\r\nresult\r\n%11\r\n$4\r\npath\r\n$9\r\n/restored\r\n$13\r\nprevious_path\r\n$7\r\n/before\r\n$8\r\nlast_seq\r\n:8\r\n' +
        '$11\r\nproof_level\r\n$7\r\nsampled\r\n$6\r\nproved\r\n:1\r\n$11\r\ndifferences\r\n*0\r\n$5\r\nfiles\r\n:5\r\n' +
        '$5\r\nbytes\r\n:430\r\n$7\r\ncommits\r\n:1\r\n$11\r\nduration_us\r\n:500\r\n$6\r\nphases\r\n*1\r\n%3\r\n' +
        '$4\r\nname\r\n$7\r\nCopying\r\n$11\r\nduration_us\r\n:400\r\n$5\r\nbytes\r\n:400\r\n',
    )
  })

  test('a time that was written tells how it was read', async () => {
    const reply = await runAdminPitr(words('RESTORE', '2026-03-04T10:30:04', 'DRYRUN'), notingService().service)
    expect(encoded(reply, 2)).toContain('\r\nread_as\r\n$12\r\nRead as UTC.\r\n')
  })
})
