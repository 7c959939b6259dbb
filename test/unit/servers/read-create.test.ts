import { describe, expect, test } from 'vitest'
import { readCreate } from '../../../src-main/servers/read-reply/read-create.ts'
import { readList } from '../../../src-main/servers/read-reply/read-list.ts'
import { settleCreate } from '../../../src-main/servers/read-reply/settle-create.ts'
import { parse, raw, replyOf } from './support/encode-reply.ts'
import { fixtures, NOW_US } from './support/fixtures.ts'

const made = (id: string | null) => ({ id, isStarted: false, saysSuccess: true })
const started = (id: string | null) => ({ id, isStarted: true, saysSuccess: false })
const uuid = '0b9e7c2e-6f0f-4d3b-9a55-3f2f6a1c8d11'

describe('readCreate', () => {
  test.each<[string, string | Uint8Array, unknown[]]>([
    ['OK', fixtures.ok, ['success without an id', 'certain', made(null)]],
    ['OK with an id', fixtures.okWithId, ['sentence with one id', 'likely', made('5')]],
    ['an integer', fixtures.integer, ['integer', 'likely', made('5')]],
    ['an integer after a push', fixtures.pushBeforeReply, ['integer', 'likely', made('5')]],
    ['an integer after an attribute', fixtures.attributeBeforeReply, ['integer', 'likely', made('5')]],
    ['digits', fixtures.digits, ['integer', 'likely', made('5')]],
    ['flat pairs', fixtures.flatPairs, ['flat pairs', 'likely', made('5')]],
    ['an id and a time', fixtures.idAndTime, ['array that begins with an id', 'likely', made('5')]],
    ['1', ':1\r\n', ['integer', 'guess', made('1'), '1 may be the id, or may mean "true".']],
    ['a map', raw({ backup_id: 'full-5', size: 7 }), ['map', 'likely', made('full-5')]],
    ['a map with a name alone', raw({ name: 'x' }), ['map', 'guess', made('x')]],
    ['JSON', raw('{"id":9}'), ['map', 'likely', made('9')]],
    [
      'a header and a row',
      raw([
        ['id', 'kind'],
        [5, 'full'],
      ]),
      ['header row and one row', 'likely', made('5')],
    ],
    ['a sentence', raw('Backup 5 created (3 files)'), ['sentence with one id', 'likely', made('5')]],
    ['a sentence with a UUID', raw(`Snapshot ${uuid} written`), ['sentence with one id', 'likely', made(uuid)]],
    ['words for a running one', raw('Backup started in background'), ['sentence', 'guess', started(null)]],
    ['a running one with its id', raw('backup 12 queued'), ['sentence', 'likely', started('12')]],
    ['a map of a running one', raw({ id: 12, status: 'scheduled' }), ['map', 'likely', started('12')]],
  ])('reads %s', (_, source, expected) => {
    const reading = readCreate(parse(source), false)
    expect([reading.shape, reading.confidence, reading.value, ...reading.warnings]).toEqual(expected)
  })

  test.each<[string, string | Uint8Array]>([
    ['null', fixtures.null3],
    ['0', ':0\r\n'],
    ['a negative number', ':-5\r\n'],
    ['a number like a time', ':1770000000\r\n'],
    ['digits like a time', raw('1770000000')],
    ['a number beyond u32', ':4294967301\r\n'],
    ['a sentence with two ids', raw('Backup 5 made, base is backup 3')],
    ['a sentence without an id', raw('All 3 files written')],
    ['an empty array', fixtures.emptyArray],
    ['an array of words', raw(['done', 'well'])],
  ])('takes no id from %s', (_, source) => {
    expect(readCreate(parse(source), false)).toEqual(
      expect.objectContaining({ understood: false, value: null, confidence: 'guess' }),
    )
  })

  test("takes our own agent's integer for certain, 1 as well, and nothing that is no id", () => {
    const read = (source: string) => readCreate(parse(source), true)
    expect([read(':1\r\n').confidence, read(':1\r\n').value]).toEqual(['certain', made('1')])
    expect(read(':0\r\n').understood).toBe(false)
  })
})

describe('settleCreate', () => {
  const list = (...ids: (number | [number, string])[]) =>
    readList(
      replyOf(
        ids.map((each) => (typeof each === 'number' ? { id: each, kind: 'full' } : { id: each[0], label: each[1] })),
      ),
      NOW_US,
    )
  const guessed = readList(replyOf('backup 5\nbackup 6'), NOW_US)
  const unread = readList(replyOf('nonsense'), NOW_US)
  const settle = (
    before: Parameters<typeof settleCreate>[0]['before'],
    after: Parameters<typeof settleCreate>[0]['after'],
    id: string | null | undefined,
    labelToken: string | null = null,
  ) => settleCreate({ before, after, reply: id === undefined ? null : made(id), labelToken })

  test.each<[string, ReturnType<typeof settle>, object]>([
    ['reply and list agree', settle(list(5), list(5, 6), '6'), { outcome: 'created', id: '6', confidence: 'certain' }],
    ['the first backup at all', settle(list(), list(1), '1'), { outcome: 'created', id: '1', confidence: 'certain' }],
    [
      'an agreeing reply, and another new backup',
      settle(list(5), list(5, 6, 7), '6'),
      { outcome: 'created', id: '6', confidence: 'likely' },
    ],
    [
      'one new backup, reply OK',
      settle(list(5), list(5, 6), null),
      { outcome: 'created', id: '6', confidence: 'likely' },
    ],
    [
      'one new backup, reply lost',
      settle(list(5), list(5, 6), undefined),
      { outcome: 'created', id: '6', confidence: 'likely' },
    ],
    [
      'one new backup, reply names an old one',
      settle(list(5), list(5, 6), '5'),
      { outcome: 'unknown', candidates: ['5', '6'] },
    ],
    [
      'two new backups, reply lost',
      settle(list(5), list(5, 6, 7), undefined),
      { outcome: 'unknown', candidates: ['6', '7'] },
    ],
    ['none new, reply lost', settle(list(5), list(5), undefined), { outcome: 'not-seen' }],
    ['none new, reply names one', settle(list(5), list(5), '6'), { outcome: 'unknown', candidates: ['6'] }],
    ['a list that is a guess', settle(guessed, guessed, '6'), { outcome: 'unknown', candidates: ['6'] }],
    ['a list that is not understood', settle(list(5), unread, '6'), { outcome: 'unknown', candidates: ['6'] }],
    ['no list before', settle(null, list(5, 6), '6'), { outcome: 'unknown', candidates: ['6'] }],
    ['no list after', settle(list(5), null, undefined), { outcome: 'unknown', candidates: [] }],
    [
      'its own label among new ones',
      settle(list(5), list(5, [6, 'x [t1]'], [7, 'y']), undefined, 't1'),
      { outcome: 'created', id: '6', confidence: 'certain' },
    ],
    [
      'its own label, no list before',
      settle(null, list([6, '[t1]']), undefined, 't1'),
      { outcome: 'created', id: '6', confidence: 'certain' },
    ],
    ['new ones with other labels', settle(list(5), list(5, [6, 'x']), undefined, 't1'), { outcome: 'not-seen' }],
    [
      'the label on two backups',
      settle(list(5), list(5, [6, '[t1]'], [7, '[t1]']), undefined, 't1'),
      { outcome: 'not-seen' },
    ],
  ])('judges: %s', (_, settled, expected) => {
    expect(settled).toEqual({ ...expected, reason: expect.stringMatching(/^[A-Z].*\.$/) })
  })
})
