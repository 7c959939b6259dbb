import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeReply, type ProtocolVersion } from '../../../src-main/resp/encode-reply.ts'
import {
  array,
  boolean,
  bulk,
  double,
  errorReply,
  integer,
  map,
  nullReply,
  okReply,
  type Reply,
  verbatim,
} from '../../../src-main/resp/reply.ts'

function encoded(reply: Reply, protocol: ProtocolVersion): string {
  return Buffer.concat([...encodeReply(reply, protocol)]).toString('latin1')
}

describe('bytes of each reply', () => {
  test.each<[string, Reply, string, string]>([
    ['simple', okReply, '+OK\r\n', '+OK\r\n'],
    ['error', errorReply('NOTFOUND', 'backup 9'), '-NOTFOUND backup 9\r\n', '-NOTFOUND backup 9\r\n'],
    ['integer', integer(-7), ':-7\r\n', ':-7\r\n'],
    ['largest exact integer', integer(2 ** 53 - 1), ':9007199254740991\r\n', ':9007199254740991\r\n'],
    ['64-bit integer', integer(2n ** 63n - 1n), ':9223372036854775807\r\n', ':9223372036854775807\r\n'],
    ['larger integer', integer(2n ** 63n), '$19\r\n9223372036854775808\r\n', '(9223372036854775808\r\n'],
    ['text', bulk('né'), '$3\r\nn\xc3\xa9\r\n', '$3\r\nn\xc3\xa9\r\n'],
    ['bytes', bulk(Uint8Array.of(0, 13, 10, 255)), '$4\r\n\x00\r\n\xff\r\n', '$4\r\n\x00\r\n\xff\r\n'],
    ['empty bulk', bulk(''), '$0\r\n\r\n', '$0\r\n\r\n'],
    ['text for people', verbatim('a\r\nb'), '$4\r\na\r\nb\r\n', '=8\r\ntxt:a\r\nb\r\n'],
    ['null', nullReply, '$-1\r\n', '_\r\n'],
    ['true', boolean(true), ':1\r\n', '#t\r\n'],
    ['false', boolean(false), ':0\r\n', '#f\r\n'],
    ['double', double(2.5), '$3\r\n2.5\r\n', ',2.5\r\n'],
    ['infinite', double(Number.NEGATIVE_INFINITY), '$4\r\n-inf\r\n', ',-inf\r\n'],
    ['no number', double(Number.NaN), '$3\r\nnan\r\n', ',nan\r\n'],
    ['minus zero', double(-0), '$2\r\n-0\r\n', ',-0\r\n'],
    ['empty array', array([]), '*0\r\n', '*0\r\n'],
    ['nested array', array([array([integer(1)]), nullReply]), '*2\r\n*1\r\n:1\r\n$-1\r\n', '*2\r\n*1\r\n:1\r\n_\r\n'],
    [
      'map',
      map({ id: integer(5), ok: boolean(true) }),
      '*4\r\n$2\r\nid\r\n:5\r\n$2\r\nok\r\n:1\r\n',
      '%2\r\n$2\r\nid\r\n:5\r\n$2\r\nok\r\n#t\r\n',
    ],
  ])('%s', (_name, reply, resp2, resp3) => {
    expect([encoded(reply, 2), encoded(reply, 3)]).toEqual([resp2, resp3])
  })

  test('an error is one line whatever its text holds', { timeout: 30_000 }, () => {
    const reply = errorReply('ERR', 'a\r\n+OK\r\nb\n\x1b[31m\x00\x7f\u0085\u2028c')
    expect(encoded(reply, 2)).toBe('-ERR a  +OK  b  [31m    c\r\n')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(encoded(errorReply('ERR', text), 3)).toMatch(/^-ERR [^\r\n\0]*\r\n$/)
      }),
    )
  })

  test('a number that is not exact is refused', () => {
    expect(() => encoded(integer(2 ** 53), 2)).toThrow('an integer reply is exact')
  })
})

describe('long replies', () => {
  test('a long array comes in pieces of at most 64 KiB', () => {
    const reply = array(Array.from({ length: 100_000 }, (_, index) => bulk(`value ${index}`)))
    const chunks = [...encodeReply(reply, 3)]
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(64 * 1024)
    const expected = `*100000\r\n${reply.kind === 'array' ? reply.items.map((_, index) => `$${`value ${index}`.length}\r\nvalue ${index}\r\n`).join('') : ''}`
    expect(Buffer.concat(chunks).toString()).toBe(expected)
  })

  test('large bytes are sent without being copied', () => {
    const value = new Uint8Array(8 * 1024 * 1024)
    const chunks = [...encodeReply(bulk(value), 2)]
    expect(chunks.map((chunk) => chunk.buffer === value.buffer)).toEqual([false, true, false])
    expect(chunks.map((chunk) => chunk.length)).toEqual([10, value.length, 2])
  })

  test('a reply as deep as 100,000 arrays is written', () => {
    let reply: Reply = integer(1)
    for (let depth = 0; depth < 100_000; depth += 1) reply = array([reply])
    expect(encoded(reply, 2)).toBe(`${'*1\r\n'.repeat(100_000)}:1\r\n`)
  })
})
