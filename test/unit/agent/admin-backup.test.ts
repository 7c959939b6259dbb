// Goal: every command of ADMIN.BACKUP reads its words as documented, and complains in words that help. Method: a service that
// notes what it was asked for; replies as a client of either protocol reads them.
import { describe, expect, test } from 'vitest'
import { AppError } from '#base/app-error.ts'
import { runAdminBackup, runAdminStatus } from '../../../src-main/agent/admin-backup.ts'
import { encodeReply } from '../../../src-main/resp/encode-reply.ts'
import { notingService as service } from './noting-service.ts'

const words = (...texts: string[]) => texts.map((text) => Buffer.from(text))

async function asked(...texts: string[]): Promise<unknown[]> {
  const { asked: calls, service: own } = service()
  await runAdminBackup(words(...texts), own)
  expect(calls.length).toBeLessThanOrEqual(1)
  return calls[0] ?? []
}

async function answer(protocol: 2 | 3, ...texts: string[]): Promise<string> {
  const reply = await runAdminBackup(words(...texts), service().service)
  return Buffer.concat([...encodeReply(reply, protocol)].map((chunk) => Buffer.from(chunk))).toString()
}

async function complaint(...texts: string[]): Promise<[string, string | undefined]> {
  try {
    await runAdminBackup(words(...texts), service().service)
  } catch (error) {
    if (error instanceof AppError) return [error.facts.message, error.facts.nextStep]
    throw error
  }
  throw new Error('there was no complaint')
}

describe('words', () => {
  test.each([
    [['CREATE'], ['create', { kind: null, label: null, isAsync: false }]],
    [
      ['create', 'full', 'label', 'before x', 'async'],
      ['create', { kind: 'full', label: 'before x', isAsync: true }],
    ],
    [
      ['CREATE', 'LABEL', 'FULL', 'INCREMENTAL'],
      ['create', { kind: 'incremental', label: 'FULL', isAsync: false }],
    ],
    [['LIST'], ['list', { limit: 10_000, beforeId: null }]],
    [
      ['LIST', 'BEFORE', '7', 'LIMIT', '2'],
      ['list', { limit: 2, beforeId: 7 }],
    ],
    [
      ['INFO', '3'],
      ['info', 3],
    ],
    [
      ['VERIFY', '3'],
      ['verify', 3, 'checksum'],
    ],
    [
      ['VERIFY', '3', 'LEVEL', 'Deep'],
      ['verify', 3, 'deep'],
    ],
    [
      ['DELETE', '3'],
      ['remove', 3, { isForced: false }],
    ],
    [
      ['DELETE', '3', 'force'],
      ['remove', 3, { isForced: true }],
    ],
    [
      ['RETENTION', 'SET', 'MAXAGE', '30', 'MAXCOUNT', '0'],
      ['setRetention', { maxCount: 0, maxAgeDays: 30 }],
    ],
    [['PRUNE'], ['prune', { isDryRun: false }]],
    [
      ['PRUNE', 'DRYRUN'],
      ['prune', { isDryRun: true }],
    ],
    [
      ['SCHEDULE', 'SET', 'FULL', '0 3 * * *', 'VERIFY', ''],
      ['setSchedule', { full: '0 3 * * *', verify: null }],
    ],
    [
      ['POINTS', 'FROM', '5', 'TO', '6', 'LIMIT', '1'],
      ['points', { fromUs: 5, toUs: 6, limit: 1 }],
    ],
    [
      ['FETCH', 'meta/1', '0', '10'],
      ['fetch', 'meta/1', 0, 10],
    ],
  ])('%j', async (texts, expected) => {
    expect(await asked(...texts)).toEqual(expected)
  })
})

describe('complaints', () => {
  const create = 'Write ADMIN.BACKUP CREATE [FULL | INCREMENTAL] [LABEL text] [ASYNC]'
  const verify = 'Write ADMIN.BACKUP VERIFY id [LEVEL presence|checksum|deep]'
  test.each([
    [['CREATE', 'NOW'], "'NOW' is not understood here", create],
    [['CREATE', 'LABEL'], 'the label is missing', create],
    [
      ['LIST', 'LIMIT', '0'],
      "the limit must be a whole number from 1 to 10000, not '0'",
      'Write ADMIN.BACKUP LIST [LIMIT n] [BEFORE id]',
    ],
    [
      ['INFO', '-1'],
      "the id must be a whole number from 1 to 9007199254740991, not '-1'",
      'Write ADMIN.BACKUP INFO id',
    ],
    [['INFO', '1', '2'], "'2' is not understood here", 'Write ADMIN.BACKUP INFO id'],
    [['VERIFY', '1', 'LEVEL', 'most'], "'most' is not understood here", verify],
    [['VERIFY', '1', 'LEVEL'], 'the level is missing', verify],
    [
      ['DELETE', '1e3'],
      "the id must be a whole number from 1 to 9007199254740991, not '1e3'",
      'Write ADMIN.BACKUP DELETE id [FORCE]',
    ],
    [['RETENTION'], 'GET or SET is missing', 'Write ADMIN.BACKUP RETENTION GET | SET [MAXCOUNT n] [MAXAGE days]'],
    [
      ['FETCH', 'a', '0', '8388609'],
      "the length must be a whole number from 0 to 8388608, not '8388609'",
      'Write ADMIN.BACKUP FETCH path offset length',
    ],
    [['NOPE'], "unknown subcommand 'NOPE'", 'Try ADMIN.BACKUP HELP.'],
  ])('%j', async (texts, message, nextStep) => {
    expect(await complaint(...texts)).toEqual([message, nextStep])
  })

  test('a label with a line break, one that is too long and one that is no text are refused', async () => {
    for (const label of ['a\nb', 'x'.repeat(201)]) {
      expect((await complaint('CREATE', 'LABEL', label))[0]).toMatch(/^a label has at most 200 characters/)
    }
    await expect(async () =>
      runAdminBackup([...words('CREATE', 'LABEL'), Uint8Array.of(0xff)], service().service),
    ).rejects.toThrow('the label is not UTF-8')
  })
})

describe('answers', () => {
  test('a row is a flat list in RESP2 and a map in RESP3', async () => {
    const fields =
      '$2\r\nid\r\n:3\r\n$4\r\nkind\r\n$11\r\nincremental\r\n$5\r\nstate\r\n$2\r\nok\r\n$10\r\ncreated_us\r\n:1\r\n$9\r\nfirst_seq\r\n:2\r\n$8\r\nlast_seq\r\n'
    const [two, three] = [await answer(2, 'LIST'), await answer(3, 'LIST')]
    expect(two.startsWith(`*1\r\n*22\r\n${fields}$-1\r\n`)).toBe(true)
    expect(three.startsWith(`*1\r\n%11\r\n${fields}_\r\n`)).toBe(true)
  })

  test.each([
    [['CREATE'], ':12\r\n'],
    [['DELETE', '3'], '+OK\r\n'],
    [['DELETE', '3', 'FORCE'], '*2\r\n:3\r\n:4\r\n'],
    [['PRUNE'], '*1\r\n*2\r\n:1\r\n$7\r\ntoo old\r\n'],
    [['RETENTION', 'GET'], '*4\r\n$8\r\nmaxcount\r\n:7\r\n$11\r\nmaxage_days\r\n:0\r\n'],
    [
      ['SCHEDULE', 'GET'],
      '*6\r\n$4\r\nfull\r\n$9\r\n0 3 * * *\r\n$11\r\nincremental\r\n$-1\r\n$6\r\nverify\r\n$-1\r\n',
    ],
    [['FETCH', 'a', '0', '5'], '$5\r\nbytes\r\n'],
    [
      ['POINTS'],
      '*1\r\n*12\r\n$3\r\nseq\r\n:5\r\n$5\r\ncount\r\n:2\r\n$7\r\ntime_us\r\n$-1\r\n$4\r\nputs\r\n:1\r\n$7\r\ndeletes\r\n:1\r\n$5\r\nbytes\r\n:30\r\n',
    ],
  ])('%j', async (texts, expected) => {
    expect(await answer(2, ...texts)).toBe(expected)
  })

  test('STATUS is one map, also as ADMIN.STATUS', async () => {
    const direct = runAdminStatus([], service().service)
    expect(await runAdminBackup(words('status'), service().service)).toEqual(direct)
    expect(Buffer.concat([...encodeReply(direct, 3)].map((chunk) => Buffer.from(chunk))).toString()).toBe(
      '%8\r\n$8\r\ntimeline\r\n$1\r\n1\r\n$8\r\nlast_seq\r\n:9\r\n$12\r\narchived_seq\r\n:8\r\n$14\r\narchive_lag_us\r\n:70\r\n$19\r\nrecoverable_from_us\r\n_\r\n$17\r\nrecoverable_to_us\r\n:6\r\n$3\r\njob\r\n_\r\n$8\r\nprogress\r\n,0.5\r\n',
    )
  })

  test('HELP names every subcommand with how it is written', async () => {
    const help = await answer(2, 'HELP')
    for (const name of [
      'CREATE',
      'LIST',
      'INFO',
      'VERIFY',
      'DELETE',
      'RETENTION',
      'PRUNE',
      'SCHEDULE',
      'STATUS',
      'POINTS',
      'FETCH',
      'RESTORE',
      'MARK',
      'MARKS',
      'PIN',
      'UNPIN',
    ]) {
      expect(help).toContain(`+ADMIN.BACKUP ${name}`)
    }
  })
})
