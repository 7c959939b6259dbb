import { describe, expect, test } from 'vitest'
import { encodeRowKey, parseRowKey } from '../../../src-main/samyama/keys.ts'
import { fromHex, fromText } from './worked-example.ts'

describe('the keys of rows', () => {
  test('the key of node 26 is read and written byte by byte', () => {
    const key = fromHex('64 65 66 61 75 6c 74 3a 6e 3a 30 30 30 30 30 30 30 30 30 30 30 30 30 30 31 61')
    expect(parseRowKey(key)).toEqual({ tenant: 'default', type: 'node', id: 26n })
    expect(encodeRowKey({ tenant: 'default', type: 'node', id: 26n })).toEqual(key)
  })

  test.each([
    ['a tenant with colons', 'a:n:b:e:00000000000000ff', { tenant: 'a:n:b', type: 'edge', id: 255n }],
    ['the largest id', 't:n:ffffffffffffffff', { tenant: 't', type: 'node', id: 0xffff_ffff_ffff_ffffn }],
    ['an id over 32 bits', 't:n:0000000123456789', { tenant: 't', type: 'node', id: 0x1_2345_6789n }],
    ['an empty tenant', ':e:0000000000000001', { tenant: '', type: 'edge', id: 1n }],
    ['a tenant in another script', 'клиент:n:0000000000000001', { tenant: 'клиент', type: 'node', id: 1n }],
  ] as const)('%s is read and written back', (_, text, parsed) => {
    expect(parseRowKey(fromText(text))).toEqual(parsed)
    expect(encodeRowKey(parsed)).toEqual(fromText(text))
  })

  test.each([
    ['nothing', ''],
    ['no tenant mark', '0000000000000001'],
    ['another letter', 'default:x:0000000000000001'],
    ['upper-case digits', 'default:n:00000000000000FF'],
    ['too few digits', 'default:n:00000000000001'],
    ['too many digits', 'default:n:000000000000000001'],
    ['a letter that is no digit', 'default:n:000000000000000g'],
    ['a key of the index catalogue', 'meta:default:node_count'],
  ])('%s is no row key', (_, text) => {
    expect(parseRowKey(fromText(text))).toBe(null)
  })

  test('a tenant that is not UTF-8 is no row key', () => {
    expect(parseRowKey(Buffer.concat([fromHex('ff fe'), fromText(':n:0000000000000001')]))).toBe(null)
  })
})
