import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../../src-main/base/limits.ts'
import { ReplyDecoder } from '../../../src-main/servers/connection/reply-decoder.ts'
import type { Reply } from '../../../src-main/servers/reply-tree.ts'
import { encodeReply, parse } from './support/encode-reply.ts'
import { fixtures, nonUtf8Name } from './support/fixtures.ts'

const bytes = (text: string) => Buffer.from(text)
const bulk = (text: string): Reply => ({ type: 'bulk', bytes: new Uint8Array(bytes(text)) })
const simple = (text: string): Reply => ({ type: 'simple', bytes: new Uint8Array(bytes(text)) })
const integer = (value: number | bigint): Reply => ({ type: 'integer', value: BigInt(value) })

const scalar: fc.Arbitrary<Reply> = fc.oneof(
  fc.uint8Array({ maxLength: 20 }).map((each): Reply => ({ type: 'bulk', bytes: each })),
  fc.uint8Array({ maxLength: 20 }).map((each): Reply => ({ type: 'verbatim', bytes: each })),
  fc.stringMatching(/^[ -~\n]{0,20}$/).map(simple),
  fc.stringMatching(/^[ -~\n]{0,20}$/).map((text): Reply => ({ type: 'error', bytes: new Uint8Array(bytes(text)) })),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(integer),
  fc.double().map((value): Reply => ({ type: 'double', value })),
  fc.boolean().map((value): Reply => ({ type: 'boolean', value })),
  fc.constant<Reply>({ type: 'null' }),
)
const { tree } = fc.letrec<{ tree: Reply }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 5 }).map((items): Reply => ({ type: 'array', items })),
    fc.array(tie('tree'), { maxLength: 5 }).map((items): Reply => ({ type: 'set', items })),
    fc.array(fc.tuple(tie('tree'), tie('tree')), { maxLength: 4 }).map((entries): Reply => ({ type: 'map', entries })),
  ),
}))

describe('ReplyDecoder', () => {
  test('tells every type of RESP2 and RESP3 apart, agreed on or not', () => {
    const raw =
      '*13\r\n+OK\r\n-ERR x\r\n:-7\r\n$2\r\n\r\n\r\n$-1\r\n*-1\r\n_\r\n#t\r\n,2.5\r\n(12345678901234567890123\r\n=7\r\ntxt:abc\r\n!3\r\nE y\r\n~0\r\n'
    expect(parse(raw)).toEqual({
      type: 'array',
      items: [
        simple('OK'),
        { type: 'error', bytes: new Uint8Array(bytes('ERR x')) },
        integer(-7),
        bulk('\r\n'),
        { type: 'null' },
        { type: 'null' },
        { type: 'null' },
        { type: 'boolean', value: true },
        { type: 'double', value: 2.5 },
        integer(12345678901234567890123n),
        { type: 'verbatim', bytes: new Uint8Array(bytes('abc')) },
        { type: 'error', bytes: new Uint8Array(bytes('E y')) },
        { type: 'set', items: [] },
      ],
    })
  })

  test('reads an error to CRLF, past bare line feeds', () => {
    const text = 'ERR parse error\nat line 2\nunexpected token'
    expect(parse(fixtures.errorWithLineFeed)).toEqual({ type: 'error', bytes: new Uint8Array(bytes(text)) })
  })

  test('sets pushes aside, and attributes before and inside a reply, whose bytes stay in the raw reply', () => {
    expect(parse(fixtures.pushBeforeReply)).toEqual(integer(5))
    expect(parse(fixtures.attributeInside)).toEqual({ type: 'array', items: [integer(5), integer(6)] })
    expect(new ReplyDecoder().push(bytes(fixtures.attributeBeforeReply))).toEqual([
      { tree: integer(5), rawBytes: new Uint8Array(bytes(fixtures.attributeBeforeReply)) },
    ])
  })

  test.each([...Object.entries(fixtures), ['nonUtf8Name', nonUtf8Name] as const])(
    'reads %s the same in one piece, byte by byte and cut at every byte',
    (_, raw) => {
      const whole = Buffer.from(raw as string)
      const source = typeof raw === 'string' ? whole : Buffer.from(raw)
      const expected = new ReplyDecoder().push(source)
      expect(expected).toHaveLength(1)
      const single = new ReplyDecoder()
      expect([...source].flatMap((byte) => single.push(Uint8Array.of(byte)))).toEqual(expected)
      for (let cut = 0; cut <= source.length; cut += 1) {
        const decoder = new ReplyDecoder()
        const first = decoder.push(source.subarray(0, cut))
        expect(first).toHaveLength(cut === source.length ? 1 : 0)
        expect([...first, ...decoder.push(source.subarray(cut))]).toEqual(expected)
        expect(decoder.isInsideReply).toBe(false)
      }
    },
  )

  test('gives back every random tree, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(tree, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(200), { maxLength: 6 }),
        (trees, cuts) => {
          const encoded = trees.map(encodeReply)
          const source = Buffer.concat(encoded)
          const decoder = new ReplyDecoder()
          const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, source.length)), source.length])].toSorted(
            (a, b) => a - b,
          )
          const replies = places.slice(1).flatMap((place, index) => decoder.push(source.subarray(places[index], place)))
          expect(replies).toEqual(
            trees.map((each, index) => ({ tree: each, rawBytes: new Uint8Array(encoded[index]!) })),
          )
        },
      ),
    )
  })

  test('refuses random bytes or reads them, and always comes to an end', () => {
    const begin = fc.constantFrom(...'+-:$*_#,(=!%~>|').map((type) => bytes(type))
    fc.assert(
      fc.property(begin, fc.uint8Array({ maxLength: 60 }), (type, rest) => {
        try {
          new ReplyDecoder().push(Buffer.concat([type, rest]))
        } catch (error) {
          expect((error as Error).name).toBe('ReplyFormatError')
        }
      }),
    )
  })

  test.each([
    ['a length beyond the bytes of a reply', `$${limits.serverReplyBytesMax + 1}\r\n`],
    ['an array beyond its elements', `*${limits.serverReplyElementsMax + 1}\r\n`],
    ['a map beyond its elements', '%4294967295\r\n'],
    ['nesting beyond the depth', '*1\r\n'.repeat(limits.serverReplyDepthMax + 1)],
    ['a negative length', '$-2\r\n'],
    ['a length with a sign', '*+1\r\n'],
    ['a streamed length', '$?\r\n'],
    ['a text longer than it says', '$1\r\nab\r\n'],
    ['an integer that is none', ':5x\r\n'],
    ['an empty integer', ':\r\n'],
    ['a boolean that is none', '#x\r\n'],
    ['a null with a value', '_x\r\n'],
    ['a push inside a reply', '*1\r\n>1\r\n+x\r\n'],
    ['a map of length -1', '%-1\r\n'],
  ])('refuses %s', (_, raw) => {
    expect(() => new ReplyDecoder().push(bytes(raw))).toThrow(expect.objectContaining({ name: 'ReplyFormatError' }))
  })

  test('says what else may be speaking when the first byte begins no reply', () => {
    expect(() => new ReplyDecoder().push(Uint8Array.of(0x15, 3, 1))).toThrow('a TLS record: the port expects TLS')
    expect(() => new ReplyDecoder().push(bytes('HTTP/1.1 400'))).toThrow('an answer of another protocol, perhaps HTTP')
    expect(() => new ReplyDecoder().push(bytes('OK'))).toThrow('a reply that begins with byte 79')
  })

  test('refuses a line without end and an array of more values than memory should hold', () => {
    const endless = new ReplyDecoder()
    const piece = Buffer.alloc(1024 * 1024, 'a')
    expect(() => {
      endless.push(bytes('+'))
      for (let count = 0; count < 17; count += 1) endless.push(piece)
    }).toThrow('reply of more than 16777216 bytes')
    const inner = `*100000\r\n${'_\r\n'.repeat(100_000)}`
    expect(() => new ReplyDecoder().push(bytes(`*11\r\n${inner.repeat(11)}`))).toThrow(
      'a reply of more than 1000000 values',
    )
  })

  test('reads a list of 100,000 rows that arrives in small pieces', () => {
    const row = (id: number) => `*2\r\n:${id}\r\n:1770000000\r\n`
    const source = bytes(`*100000\r\n${Array.from({ length: 100_000 }, (_, index) => row(index + 1)).join('')}`)
    const decoder = new ReplyDecoder()
    const replies = []
    for (let at = 0; at < source.length; at += 1460) replies.push(...decoder.push(source.subarray(at, at + 1460)))
    expect(replies).toHaveLength(1)
    const [only] = replies
    expect(only?.rawBytes.length).toBe(source.length)
    expect(only?.tree.type === 'array' && only.tree.items.at(-1)).toEqual({
      type: 'array',
      items: [integer(100_000), integer(1_770_000_000)],
    })
  }, 30_000)
})
