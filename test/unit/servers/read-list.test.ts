import { describe, expect, test } from 'vitest'
import type { ListedBackup } from '../../../src-main/servers/read-reply/listed-backup.ts'
import { readList } from '../../../src-main/servers/read-reply/read-list.ts'
import type { Reading } from '../../../src-main/servers/read-reply/reading.ts'
import { flat, parse, raw } from './support/encode-reply.ts'
import { type FixtureName, fixtures, NOW_US, nonUtf8Name } from './support/fixtures.ts'

const DOUBLED = 'An id comes more than once.'
const AHEAD = "A time lies in the future: this machine's clock or the server's is wrong."
const NOT_UNDERSTOOD = 'The reply was not understood.'

function read(source: string | Uint8Array): Reading<readonly ListedBackup[]> {
  return readList(parse(source), NOW_US)
}

/** shape, confidence, warnings, and of each backup what is known, on one line */
function summary(reading: Reading<readonly ListedBackup[]>): unknown[] {
  const rows = reading.value?.map((backup) => {
    const known = [
      backup.kind,
      backup.state,
      backup.created?.us ?? backup.created?.text,
      backup.sizeBytes,
      backup.label,
    ]
    return [backup.id, backup.confidence, ...known.filter((each) => each !== null && each !== undefined)].join(' ')
  })
  return [reading.shape, reading.confidence, rows ?? null, ...reading.warnings]
}

const golden: Record<FixtureName, unknown[]> = {
  emptyArray: ['empty array', 'certain', []],
  nullBulk: ['null', 'likely', []],
  null3: ['null', 'likely', []],
  ok: ['unreadable', 'guess', null, NOT_UNDERSTOOD],
  okWithId: ['unreadable', 'guess', null, NOT_UNDERSTOOD],
  integer: ['unreadable', 'guess', null, NOT_UNDERSTOOD],
  digits: ['unreadable', 'guess', null, NOT_UNDERSTOOD],
  idAndTime: ['flat array folded into rows of 2', 'guess', ['5 guess 1700000000000000']],
  flatPairs: ['one map', 'likely', ['5 likely full'], 'The server sent one backup where a list was asked for.'],
  arrayOfFlatPairs: ['array of flat key-value arrays', 'likely', ['5 likely full', '6 likely wal']],
  headerAndRows: ['header row and rows', 'likely', ['5 likely 1770000000000000', '6 likely 1770003600000000']],
  mapOfMaps: ['map of id to fields', 'likely', ['5 likely full', '6 likely wal']],
  setOfMaps: ['array of maps', 'certain', ['5 certain', '6 certain']],
  borderedTable: ['text table', 'likely', ['5 likely full 1772618400000000', '6 likely incremental 1772622000000000']],
  infoBlocks: [
    'blocks of key:value lines',
    'likely',
    ['5 likely full 1770000000000000', '6 likely wal 1770003600000000'],
  ],
  jsonArray: ['JSON: array of maps', 'certain', ['5 certain full 1772618400000000', '6 certain incremental']],
  jsonLines: ['JSON lines: array of maps', 'certain', ['5 certain 1024', '6 certain 2048']],
  bulkWithLineEnd: ['comma-separated values', 'likely', ['5 likely full', '6 likely wal']],
  errorWithLineFeed: ['unreadable', 'guess', null, NOT_UNDERSTOOD],
  errorAsBulk: ['unreadable', 'guess', null, NOT_UNDERSTOOD],
  pushBeforeReply: ['unreadable', 'guess', null, NOT_UNDERSTOOD],
  attributeBeforeReply: ['unreadable', 'guess', null, NOT_UNDERSTOOD],
  attributeInside: ['array of ids', 'likely', ['5 likely', '6 likely']],
  idBeyondU32: ['unreadable', 'guess', null, NOT_UNDERSTOOD],
  duplicateIds: ['array of maps', 'likely', ['5 guess', '5 guess'], DOUBLED],
  timeInSeconds: ['array of maps', 'certain', ['5 certain 1770000000000000']],
  timeInMilliseconds: ['array of maps', 'certain', ['5 certain 1770000000000000']],
  timeInMicroseconds: ['array of maps', 'certain', ['5 certain 1770000000000000']],
  timeInNanoseconds: ['array of maps', 'certain', ['5 certain 1770000000000000']],
  timeInFuture: ['array of maps', 'likely', ['5 likely 1990000000000000'], AHEAD],
  publicEditionError: ['unreadable', 'guess', null, NOT_UNDERSTOOD],
  pong: ['unreadable', 'guess', null, NOT_UNDERSTOOD],
}

const agentRow = {
  id: 7,
  kind: 'incremental',
  state: 'complete',
  created_us: 1_770_000_000_000_001,
  first_seq: 10,
  last_seq: 20,
  bytes: 4096,
  files: 3,
  base: 5,
  label: 'nightly',
  verified_us: null,
}

describe('readList', () => {
  test.each(Object.entries(golden))('reads the fixture %s', (name, expected) => {
    expect(summary(read(fixtures[name as FixtureName]))).toEqual(expected)
  })

  test.each([
    ['RESP3 maps', [agentRow], 'array of maps of the Lifeboat agent'],
    ['RESP2 flat arrays', [flat(agentRow)], 'array of flat key-value arrays of the Lifeboat agent'],
  ])('reads every field of our own agent from %s, for certain', (_, value, shape) => {
    expect(read(raw(value))).toEqual({
      understood: true,
      shape,
      confidence: 'certain',
      warnings: [],
      rawText: expect.stringContaining('nightly'),
      value: [
        {
          id: '7',
          confidence: 'certain',
          kind: 'incremental',
          state: 'complete',
          created: { us: 1_770_000_000_000_001, text: '1770000000000001' },
          verified: null,
          sizeBytes: 4096,
          fileCount: 3,
          base: '5',
          label: 'nightly',
          firstSequence: 10n,
          lastSequence: 20n,
          fields: Object.entries(agentRow).map(([key, each]) => ({
            name: key,
            text: each === null ? '(nil)' : String(each),
          })),
        },
      ],
    })
  })

  const s = 1_770_000_000
  test.each<[string, unknown, unknown[]]>([
    ['backups wrapped in a map', { count: 1, backups: [{ id: 5 }] }, ['array of maps', 'certain', ['5 certain']]],
    ['an empty wrapped list', { backups: [] }, ['empty array', 'certain', []]],
    [
      'a map of ids to flat pairs',
      { 'full-5': ['type', 'full'] },
      ['map of id to fields', 'likely', ['full-5 likely full']],
    ],
    ['ids named by another field', [{ name: 'nightly', size: 5 }], ['array of maps', 'likely', ['nightly likely 5']]],
    ['maps of which one has no id', [{ id: 5 }, { type: 'full' }], ['unreadable', 'guess', null, NOT_UNDERSTOOD]],
    ['an id with a leading zero', [{ id: '05' }], ['unreadable', 'guess', null, NOT_UNDERSTOOD]],
    ['an id with a control character', [{ id: '5\n6' }], ['unreadable', 'guess', null, NOT_UNDERSTOOD]],
    [
      'a header before texts that look like flat pairs',
      [
        ['id', 'kind', 'state', 'label'],
        ['5', 'full', 'ok', 'a'],
        ['6', 'wal', 'ok', 'b'],
      ],
      ['header row and rows', 'likely', ['5 likely full ok a', '6 likely wal ok b']],
    ],
    [
      'flat pairs of texts alone, which look like a header',
      [
        ['id', '5', 'kind', 'full'],
        ['id', '6', 'kind', 'wal'],
      ],
      ['array of flat key-value arrays', 'likely', ['5 likely full', '6 likely wal']],
    ],
    [
      'one row of flat pairs of texts',
      [['id', 'five', 'kind', 'full']],
      ['array of flat key-value arrays', 'likely', ['five likely full']],
    ],
    ['a header without rows', [['id', 'timestamp']], ['header row and rows, without rows', 'likely', []]],
    [
      'flat pairs with different keys',
      [
        ['id', 5, 'kind', 'full'],
        ['id', 6, 'size', 9],
      ],
      ['unreadable', 'guess', null, NOT_UNDERSTOOD],
    ],
    [
      'tuples with one column of ids',
      [
        [5, 'full', s],
        [6, 'wal', s + 60],
      ],
      ['array of tuples', 'likely', ['5 likely full 1770000000000000', '6 likely wal 1770000060000000']],
    ],
    [
      'tuples with two columns that could be ids',
      [
        [900, 5, s],
        [800, 6, s + 60],
      ],
      [
        'array of tuples',
        'guess',
        ['5 guess 1770000000000000 900', '6 guess 1770000060000000 800'],
        'More than one column could hold the ids.',
      ],
    ],
    [
      'tuples of different widths',
      [
        [5, s],
        [6, s, 'x'],
      ],
      ['unreadable', 'guess', null, NOT_UNDERSTOOD],
    ],
    [
      'tuples with a time text',
      [['full-1', '2026-03-04 10:00:00']],
      ['array of tuples', 'likely', ['full-1 likely 2026-03-04 10:00:00 (zone unknown)']],
    ],
    ['ids alone', [1, 2, 5], ['array of ids', 'likely', ['1 likely', '2 likely', '5 likely']]],
    ['ids as digits', ['1', '2'], ['array of ids', 'likely', ['1 likely', '2 likely']]],
    ['numbers that do not increase', [2, 1], ['unreadable', 'guess', null, NOT_UNDERSTOOD]],
    ['numbers that are times', [s, s + 60], ['unreadable', 'guess', null, NOT_UNDERSTOOD]],
    [
      'ids and times in turn',
      [5, s, 6, s + 60],
      ['flat array folded into rows of 2', 'likely', ['5 likely 1770000000000000', '6 likely 1770000060000000']],
    ],
    [
      'ids and kinds in turn',
      [5, 'full', 6, 'wal'],
      ['flat array folded into rows of 2', 'likely', ['5 likely full', '6 likely wal']],
    ],
    ['ids twice in turn with times', [5, s, 5, s], ['unreadable', 'guess', null, NOT_UNDERSTOOD]],
    [
      'a table parted by two spaces',
      'ID  Kind  Status\n5   full  ok\n6   wal   ok\n',
      ['text table', 'likely', ['5 likely full ok', '6 likely wal ok']],
    ],
    ['a table parted by tabs', 'id\tsize\n5\t\n6\t12\n(2 rows)', ['text table', 'likely', ['5 likely', '6 likely 12']]],
    [
      'quoted comma-separated values',
      'id,label\n5,"a, ""b"""\n',
      ['comma-separated values', 'likely', ['5 likely a, "b"']],
    ],
    [
      'JSON with a wrapper',
      '{"items":[{"backup_id":"full-5","created":1770000000.5}]}',
      ['JSON: array of maps', 'certain', ['full-5 certain 1770000000500000']],
    ],
    [
      'lines of words',
      'Backup 5 of 2026-03-04T10:00:00Z\nbackup #6 of yesterday\n',
      ['lines of text', 'guess', ['5 guess 1772618400000000', '6 guess'], 'The ids were found in sentences.'],
    ],
    [
      'an array of lines',
      ['backup 5', 'backup 6'],
      ['lines of text', 'guess', ['5 guess', '6 guess'], 'The ids were found in sentences.'],
    ],
    [
      'an array of a header line and lines',
      ['id,kind', '5,full'],
      ['comma-separated values', 'likely', ['5 likely full']],
    ],
    ['words for none', 'No backups found.', ['text that says there are none', 'likely', []]],
    ['an empty text', '', ['text that says there are none', 'likely', []]],
    ['words for something else', 'Everything is fine', ['unreadable', 'guess', null, NOT_UNDERSTOOD]],
  ])('reads %s', (_, value, expected) => {
    expect(summary(read(raw(value)))).toEqual(expected)
  })

  test('keeps fields it does not know, and cleans what is shown of a name that is not UTF-8', () => {
    const [backup] = read(nonUtf8Name).value!
    expect(backup?.label).toBe('c\ufffd\ufffdd')
    const [other] = read(raw([{ id: 5, moon: ['full', 2], text: 'a\u0000\u001b[31mred\u001b[0m\r\nb' }])).value!
    expect(other?.fields).toEqual([
      { name: 'id', text: '5' },
      { name: 'moon', text: '1) full 2) 2' },
      { name: 'text', text: 'ared b' },
    ])
  })

  test('keeps the whole reply as text when it does not understand it', () => {
    expect(read(raw([{ id: 0 }, 'x', null]))).toEqual({
      understood: false,
      shape: 'unreadable',
      value: null,
      confidence: 'guess',
      warnings: [NOT_UNDERSTOOD],
      rawText: '1)\n  id: 0\n2) x\n3) (nil)',
    })
  })

  test('cuts the text of a huge reply', () => {
    const { rawText } = read(raw(Array.from({ length: 50_000 }, (_, index) => `line ${index}`)))
    expect(rawText.length).toBeLessThan(66_000)
    expect(rawText.endsWith('… (cut)')).toBe(true)
  })

  test('reads 100,000 rows', () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => [index + 1, s + index])
    const reading = read(raw(rows))
    expect([reading.shape, reading.confidence, reading.value?.length, reading.value?.at(-1)?.id]).toEqual([
      'array of tuples',
      'likely',
      100_000,
      '100000',
    ])
  }, 30_000)
})
