import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fieldKey, meaningOf } from '../../../src-main/servers/read-reply/field-names.ts'
import { readBackupInfo, readRetention, readStatus } from '../../../src-main/servers/read-reply/read-agent.ts'
import { readCreate } from '../../../src-main/servers/read-reply/read-create.ts'
import { readList } from '../../../src-main/servers/read-reply/read-list.ts'
import { readDelete, readPrune } from '../../../src-main/servers/read-reply/read-removal.ts'
import { readVerify } from '../../../src-main/servers/read-reply/read-verify.ts'
import { serverErrorOf } from '../../../src-main/servers/read-reply/server-error.ts'
import { type Reply, textOf } from '../../../src-main/servers/reply-tree.ts'
import { encodeReply, parse, replyOf } from './support/encode-reply.ts'
import { fixtures, NOW_US } from './support/fixtures.ts'

const runs = { numRuns: 1000 }
const words = [
  'id',
  'backup',
  'ok',
  'full',
  '5',
  '1770000000',
  'backup 5',
  'state',
  'valid',
  '{"id":5}',
  'a,b\n1,2',
  'id:5',
  '#',
  '2026-03-04T10:00:00Z',
]

function trees(text: fc.Arbitrary<string>): fc.Arbitrary<Reply> {
  const texts = text.chain((value) =>
    fc
      .constantFrom('bulk', 'simple', 'verbatim', 'error')
      .map((type): Reply => ({ type: type as 'bulk', bytes: Buffer.from(value) })),
  )
  const scalars = fc.oneof(
    texts,
    fc.oneof(fc.bigInt({ min: -5n, max: 20n }), fc.bigInt()).map((value): Reply => ({ type: 'integer', value })),
    fc.double().map((value): Reply => ({ type: 'double', value })),
    fc.boolean().map((value): Reply => ({ type: 'boolean', value })),
    fc.constant<Reply>({ type: 'null' }),
    fc.uint8Array({ maxLength: 12 }).map((bytes): Reply => ({ type: 'bulk', bytes })),
  )
  return fc.letrec<{ tree: Reply }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      scalars,
      fc.array(tie('tree'), { maxLength: 6 }).map((items): Reply => ({ type: 'array', items })),
      fc.array(tie('tree'), { maxLength: 4 }).map((items): Reply => ({ type: 'set', items })),
      fc
        .array(fc.tuple(tie('tree'), tie('tree')), { maxLength: 4 })
        .map((entries): Reply => ({ type: 'map', entries })),
    ),
  })).tree
}

const anything = trees(fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom(...words)))
const meaningless = trees(
  fc
    .string({ unit: 'binary', maxLength: 12 })
    .filter((text) => meaningOf(fieldKey(text)) === null && !text.includes('{')),
)

function readAll(reply: Reply) {
  return [
    readList(reply, NOW_US),
    readCreate(reply, false),
    readCreate(reply, true),
    readVerify(reply, '5'),
    readStatus(reply),
    readRetention(reply),
    readBackupInfo(reply, '5'),
    readPrune(reply),
    readDelete(reply),
  ]
}

describe('replies that mean nothing', () => {
  test('are read without throwing, in bounded text without control characters', () => {
    fc.assert(
      fc.property(anything, (reply) => {
        serverErrorOf(reply)
        for (const reading of readAll(reply)) {
          expect(reading.rawText.length).toBeLessThan(70_000)
          // biome-ignore lint/suspicious/noControlCharactersInRegex: what the text must not hold
          expect(reading.rawText).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
          expect(reading.understood).toBe(reading.shape !== 'unreadable')
        }
      }),
      runs,
    )
  })

  test('never give a certain id, whatever they hold besides names of fields', () => {
    fc.assert(
      fc.property(meaningless, (reply) => {
        const list = readList(reply, NOW_US)
        expect((list.value ?? []).filter((backup) => backup.confidence === 'certain')).toEqual([])
        expect((list.value ?? []).length === 0 || list.confidence !== 'certain').toBe(true)
        const create = readCreate(reply, false)
        expect(create.value?.id != null && create.confidence === 'certain').toBe(false)
        expect((readPrune(reply).value ?? []).length > 0 && readPrune(reply).confidence === 'certain').toBe(false)
      }),
      runs,
    )
  })

  test('never give an id that is not in the reply as it stands', () => {
    fc.assert(
      fc.property(anything, (reply) => {
        const bytes = encodeReply(reply)
        const ids = (readList(reply, NOW_US).value ?? []).map((backup) => backup.id)
        expect(ids.filter((id) => !/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/.test(id) || !bytes.includes(id))).toEqual([])
      }),
      runs,
    )
  })
})

describe('lists that mean something', () => {
  test('one changed byte of a certain list never makes another certain id out of it', () => {
    const source = Buffer.from(fixtures.setOfMaps)
    fc.assert(
      fc.property(fc.nat(source.length - 1), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(source)
        changed[at] = byte
        let tree: Reply
        try {
          tree = parse(changed)
        } catch {
          return
        }
        for (const backup of readList(tree, NOW_US).value ?? [])
          expect(changed.includes(`:${backup.id}\r\n`) || changed.includes(`(${backup.id}\r\n`)).toBe(true)
      }),
      runs,
    )
  })

  const ids = fc
    .uniqueArray(fc.integer({ min: 1, max: 99_999_999 }), { minLength: 1, maxLength: 8 })
    .map((each) => each.toSorted((a, b) => a - b))
  test('the same backups are found in every shape, in their order', () => {
    fc.assert(
      fc.property(ids, (numbers) => {
        const expected = numbers.map(String)
        const kind = (index: number) => (index % 2 === 0 ? 'full' : 'incremental')
        const time = (index: number) => 1_770_000_000 + index * 60
        const rows = numbers.map((id, index) => ({ id, kind: kind(index), time: time(index) }))
        const table = ['id | kind | time', ...rows.map((row) => `${row.id} | ${row.kind} | ${row.time}`)].join('\n')
        const shapes: unknown[] = [
          rows,
          rows.map((row) => Object.entries(row).flat()),
          [['id', 'kind', 'time'], ...rows.map((row) => Object.values(row))],
          rows.map((row) => [row.id, row.kind, row.time]),
          table,
          rows.map((row) => `id:${row.id}\r\nkind:${row.kind}\r\ntime:${row.time}\r\n`).join('\r\n'),
          ['id,kind,time', ...rows.map((row) => `${row.id},${row.kind},${row.time}`)].join('\n'),
          JSON.stringify(rows),
          { backups: rows },
        ]
        for (const shape of shapes) {
          const reading = readList(replyOf(shape), NOW_US)
          expect([reading.value?.map((backup) => backup.id), reading.value?.map((backup) => backup.kind)]).toEqual([
            expected,
            rows.map((row) => row.kind),
          ])
          expect(reading.confidence).not.toBe('guess')
        }
      }),
      { numRuns: 200 },
    )
  })

  test('a text is never taken for a field name and an id at once', () => {
    const reading = readList(parse(fixtures.arrayOfFlatPairs), NOW_US)
    expect(reading.value?.map((backup) => backup.fields.map((field) => field.name))).toEqual([
      ['id', 'type'],
      ['id', 'type'],
    ])
    expect(textOf(parse(fixtures.pong))).toBe('PONG')
  })
})
