import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  base64FromBytes,
  bytesFromBase64,
  hexLines,
  keyText,
  nameText,
  parseKeyText,
  printableText,
  readableText,
} from '../../../src-renderer/base/key-text.ts'

const base64 = (bytes: readonly number[]) => base64FromBytes(Uint8Array.from(bytes))
const ofText = (text: string) => base64FromBytes(new TextEncoder().encode(text))

describe('the text of a key', () => {
  test('is itself when it is printable UTF-8', () => {
    expect(['n:41', 'clé 鍵', ''].map((text) => keyText(ofText(text)))).toEqual(['n:41', 'clé 鍵', ''])
  })

  test('has escapes where a few bytes are not printable', () => {
    expect(keyText(base64([0x6e, 0x3a, 0x31, 0x00]))).toBe('n:1\\x00')
    expect(keyText(ofText('a\\b'))).toBe('a\\\\b')
  })

  test('is hex when most bytes are not printable', () => {
    expect(keyText(base64([0x00, 0x01, 0xff, 0x41]))).toBe('0x0001ff41')
  })

  test('keeps what can be seen beside what is escaped', () => {
    expect(keyText(ofText('🛟\n鍵'))).toBe('🛟\\x0a鍵')
  })

  test('never looks like another key: no direction changes, no widthless characters, no spaces at the edges', () => {
    const keys = [
      'evil\u202egpj.exe',
      'zero\u200bwidth',
      'abc\u200ddef',
      'line\u2028break',
      ' spaces ',
      '0xff',
      '\ufeffx',
    ]
    expect(keys.map((key) => keyText(ofText(key)))).toEqual([
      'evil\\xe2\\x80\\xaegpj.exe',
      'zero\\xe2\\x80\\x8bwidth',
      'abc\\xe2\\x80\\x8ddef',
      'line\\xe2\\x80\\xa8break',
      '\\x20spaces\\x20',
      '\\x30xff',
      '0xefbbbf78',
    ])
  })

  test('keeps the joiners that hold an emoji together', () => {
    expect(keyText(ofText('👩\u200d👧'))).toBe('👩\u200d👧')
  })

  test('is cut with an ellipsis at the limit, between two characters', () => {
    expect([keyText(ofText('abcdef'), 3), keyText(ofText('é鍵'), 3), keyText(ofText('abc'), 3)]).toEqual([
      'abc…',
      'é…',
      'abc',
    ])
  })

  test('leads back to the same bytes, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(parseKeyText(keyText(base64FromBytes(bytes)))).toEqual(Uint8Array.from(bytes))
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 32 }), (text) => {
        const bytes = new TextEncoder().encode(text)
        expect(parseKeyText(keyText(base64FromBytes(bytes)))).toEqual(Uint8Array.from(bytes))
      }),
    )
  })
})

describe('a typed key', () => {
  test('may be text, escapes or hex', () => {
    expect(['n:1\\x00', '0x6E 3a', 'é', '\\\\'].map(parseKeyText)).toEqual([
      Uint8Array.of(0x6e, 0x3a, 0x31, 0),
      Uint8Array.of(0x6e, 0x3a),
      Uint8Array.of(0xc3, 0xa9),
      Uint8Array.of(0x5c),
    ])
  })

  test('is refused while an escape or a hex pair is unfinished', () => {
    expect(['\\x', '\\x0', '\\', '0x1', '0xzz'].map(parseKeyText)).toEqual([null, null, null, null, null])
  })
})

test('base64 carries any bytes there and back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(bytesFromBase64(base64FromBytes(bytes))).toEqual(Uint8Array.from(bytes))
    }),
  )
})

test('control characters make a text unprintable', () => {
  expect([[0x61], [0x0a], [0xc3], [0x7f]].map((bytes) => printableText(Uint8Array.from(bytes)))).toEqual([
    'a',
    null,
    null,
    null,
  ])
})

test('a value is readable with its lines and tabs, also when the cut went through a character', () => {
  const ofBytes = (bytes: readonly number[]) => readableText(Uint8Array.from(bytes))
  expect([ofBytes([0x61, 0x0a, 0x09, 0x62]), ofBytes([0x61, 0xe9, 0x8d]), ofBytes([0x61, 0x00])]).toEqual([
    'a\n\tb',
    'a',
    null,
  ])
})

test('a name without characters is named so', () => {
  expect(['nodes', '', ' '].map(nameText)).toEqual(['nodes', '(no name)', '\\x20'])
})

test('a hex dump has offset, bytes and ASCII, and keeps its columns in the last line', () => {
  const bytes = new TextEncoder().encode('key\u0000value')
  expect(hexLines(bytes, 8)).toEqual([
    { offset: '000000', hex: '6b 65 79 00 76 61 6c 75', text: 'key.valu' },
    { offset: '000008', hex: '65                     ', text: 'e' },
  ])
})
