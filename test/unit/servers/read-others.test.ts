import { describe, expect, test } from 'vitest'
import { cleanLine, cleanText } from '../../../src-main/servers/read-reply/clean-text.ts'
import { readBackupInfo, readRetention, readStatus } from '../../../src-main/servers/read-reply/read-agent.ts'
import { readDelete, readPrune } from '../../../src-main/servers/read-reply/read-removal.ts'
import { serverErrorOf } from '../../../src-main/servers/read-reply/server-error.ts'
import { timeFromInteger, timeFromText } from '../../../src-main/servers/read-reply/times.ts'
import { flat, parse, raw, replyOf } from './support/encode-reply.ts'
import { fixtures } from './support/fixtures.ts'

describe('serverErrorOf', () => {
  test.each([
    ["ERR unknown command 'ADMIN.BACKUP'", 'unknown-command'],
    ["ERR Unknown command 'X', with args", 'unknown-command'],
    ['NOAUTH Authentication required.', 'credentials'],
    ['WRONGPASS invalid username-password pair', 'credentials'],
    ['NOPERM this user has no permissions', 'credentials'],
    ['ERR invalid username-password pair', 'credentials'],
    ['ERR licence expired', 'licence'],
    ['ERR backup feature is not enabled', 'licence'],
    ["ERR wrong number of arguments for 'ADMIN.BACKUP'", 'usage'],
    ['ERR unknown subcommand', 'usage'],
    ['BUSY a full backup is running (job 12, 43 %)', 'busy'],
    ['ERR backup already running', 'busy'],
    ['NOTFOUND backup 9', 'not-found'],
    ['ERR no such backup', 'not-found'],
    ['CORRUPT 000012.sst', 'damage'],
    ['ERR verification failed', 'damage'],
    ['ERR Protocol error: invalid bulk length', 'protocol'],
    ['ERR storage degraded', 'degraded'],
    ['CHAIN backup 7 needs it', 'chain'],
    ['NOSPACE needed 10, free 5', 'no-space'],
    ['READONLY this server is a replica', 'read-only'],
    ['ERR out of cheese', 'unclassified'],
  ])('classes %s as %s', (text, expected) => {
    expect(serverErrorOf(parse(`-${text}\r\n`))).toEqual({ class: expected, text, isErrorReply: true })
  })

  test('reads an error with bare line feeds, and one in a text that is no error reply', () => {
    expect(
      [fixtures.errorWithLineFeed, fixtures.errorAsBulk, '+Failed: busy\r\n'].map((each) => serverErrorOf(parse(each))),
    ).toEqual([
      { class: 'unclassified', text: 'ERR parse error at line 2 unexpected token', isErrorReply: true },
      { class: 'licence', text: 'ERR backup engine is not enabled', isErrorReply: false },
      { class: 'busy', text: 'Failed: busy', isErrorReply: false },
    ])
  })

  test('takes nothing else for an error', () => {
    const others = [
      fixtures.ok,
      fixtures.borderedTable,
      fixtures.integer,
      fixtures.emptyArray,
      raw('errors: 0'),
      raw('Errol'),
    ]
    expect(others.map((each) => serverErrorOf(parse(each)))).toEqual(others.map(() => null))
  })
})

describe('cleanText', () => {
  test.each([
    ['plain täxt ✓', 'plain täxt ✓'],
    ['a\u0000b\u0007c\u007fd\u0085e', 'abcde'],
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u009b31mred', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;http://x\u001b\\link', 'link'],
    ['\u001b(Bx', 'Bx'],
    ['line\r\nnext\ttab', 'line\nnext\ttab'],
    ['a\rb', 'ab'],
    ['\u202eevil\u2066x', 'evilx'],
    ['cut \u001b[', 'cut '],
    ['cut \u001b', 'cut '],
    ['\u001b]endless\nline', '\nline'],
  ])('makes of %j what may be shown', (source, expected) => {
    expect(cleanText(source)).toBe(expected)
  })

  test('replaces bytes that are not UTF-8, and puts lines on one', () => {
    expect(cleanLine(Uint8Array.of(0x61, 0xff, 0x0a, 0x20, 0x62))).toBe('a\ufffd b')
  })
})

describe('times', () => {
  test('tells the unit of an integer by its magnitude', () => {
    const given = [1_770_000_000n, 1_770_000_000_123n, 1_770_000_000_123_456n, 1_770_000_000_123_456_789n]
    expect(given.map((value) => timeFromInteger(value, null)?.us)).toEqual([
      1_770_000_000_000_000, 1_770_000_000_123_000, 1_770_000_000_123_456, 1_770_000_000_123_456,
    ])
    expect([5n, 0n, -1_770_000_000n, 177_000_000_000n].map((value) => timeFromInteger(value, null))).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  test.each([
    ['2026-03-04T10:30:04.000001Z', { us: 1_772_620_204_000_001, text: '2026-03-04T10:30:04.000001Z' }],
    ['2026-03-04 10:30:04+02:00', { us: 1_772_613_004_000_000, text: '2026-03-04 10:30:04+02:00' }],
    ['2026-03-04T10:30 UTC', { us: 1_772_620_200_000_000, text: '2026-03-04T10:30 UTC' }],
    ['2026-03-04T10:30:04', { us: null, text: '2026-03-04T10:30:04 (zone unknown)' }],
    ['2026-02-30T10:30:04Z', null],
    ['2026-03-04', null],
    ['yesterday', null],
  ])('reads %s', (text, expected) => {
    expect(timeFromText(text)).toEqual(expected)
  })
})

describe('replies of our own agent', () => {
  const status = {
    timeline: 't1',
    last_seq: 900,
    archived_seq: 880,
    archive_lag_us: 1500,
    recoverable_from_us: 1_770_000_000_000_000,
    recoverable_to_us: 1_770_000_100_000_000,
    job: null,
    progress: null,
  }

  test.each([
    ['a map', status, 'map'],
    ['flat pairs', flat(status), 'flat pairs'],
  ])('STATUS as %s', (_, value, shape) => {
    const reading = readStatus(replyOf(value))
    expect([reading.shape, reading.confidence, reading.value]).toEqual([
      shape,
      'certain',
      {
        timeline: 't1',
        lastSequence: 900n,
        archivedSequence: 880n,
        archiveLagUs: 1500,
        recoverableFrom: { us: 1_770_000_000_000_000, text: '1770000000000000' },
        recoverableTo: { us: 1_770_000_100_000_000, text: '1770000100000000' },
        job: null,
        progress: null,
        fields: Object.entries(status).map(([name, each]) => ({ name, text: each === null ? '(nil)' : String(each) })),
      },
    ])
  })

  test('RETENTION, whole, in part and not at all', () => {
    const read = (value: unknown) => readRetention(replyOf(value))
    expect(read(['maxcount', 7, 'maxage', 30])).toEqual(
      expect.objectContaining({
        confidence: 'certain',
        value: expect.objectContaining({ countMax: 7, ageMaxDays: 30 }),
      }),
    )
    expect(read({ 'max-count': 0 })).toEqual(
      expect.objectContaining({
        confidence: 'likely',
        value: expect.objectContaining({ countMax: 0, ageMaxDays: null }),
      }),
    )
    expect(read({ rule: 'keep all' }).understood).toBe(false)
  })

  test('INFO of a backup with chain and files', () => {
    const value = {
      id: 7,
      kind: 'full',
      chain: [5, 7],
      files: 2,
      file_list: [{ path: 'a.sst', bytes: 9, crc32c: 0x03069283 }, ['b.sst', 10]],
      problems: ['c.sst is missing'],
    }
    const reading = readBackupInfo(replyOf(value), '7')
    expect([
      reading.confidence,
      reading.value?.backup.id,
      reading.value?.chain,
      reading.value?.files,
      reading.value?.problems,
    ]).toEqual([
      'certain',
      '7',
      ['5', '7'],
      [
        { path: 'a.sst', sizeBytes: 9, crc32c: '03069283' },
        { path: 'b.sst', sizeBytes: 10, crc32c: null },
      ],
      ['c.sst is missing'],
    ])
    expect(readBackupInfo(replyOf(value), '8').understood).toBe(false)
  })

  test.each<[string, unknown, unknown[]]>([
    ['none', [], ['empty array', 'certain', []]],
    ['maps', [{ id: 5, rule: 'maxcount 7' }], ['array of ids with rules', 'likely', [{ id: '5', rule: 'maxcount 7' }]]],
    [
      'flat pairs',
      [['id', 5, 'rule', 'maxage 30']],
      ['array of ids with rules', 'likely', [{ id: '5', rule: 'maxage 30' }]],
    ],
    ['tuples', [[5, 'maxcount 7']], ['array of ids with rules', 'likely', [{ id: '5', rule: 'maxcount 7' }]]],
    [
      'a flat array',
      [5, 'a', 6, 'b'],
      [
        'flat array of ids and rules',
        'likely',
        [
          { id: '5', rule: 'a' },
          { id: '6', rule: 'b' },
        ],
      ],
    ],
    [
      'ids alone',
      [5, 6],
      [
        'array of ids',
        'guess',
        [
          { id: '5', rule: null },
          { id: '6', rule: null },
        ],
      ],
    ],
    ['something else', 'pruned', ['unreadable', 'guess', null]],
  ])('PRUNE as %s', (_, value, expected) => {
    const reading = readPrune(replyOf(value))
    expect([reading.shape, reading.confidence, reading.value]).toEqual(expected)
  })

  test('DELETE as OK, and with the backups that went along', () => {
    const read = (source: string | Uint8Array) => readDelete(parse(source))
    expect([read(fixtures.ok).shape, read(fixtures.ok).value]).toEqual(['success', []])
    expect(read(raw([7, 8])).value).toEqual([
      { id: '7', rule: null },
      { id: '8', rule: null },
    ])
    expect(read(':1\r\n').understood).toBe(false)
  })
})
