import { describe, expect, test } from 'vitest'
import { BincodeReader } from '../../../src-main/samyama/bincode-reader.ts'
import { encodePropertyValue } from '../../../src-main/samyama/encode.ts'
import { NESTING_MAX, readPropertyValue } from '../../../src-main/samyama/property-reader.ts'
import type { PropertyValue } from '../../../src-main/samyama/property-value.ts'
import type { Generation, Layout } from '../../../src-main/samyama/variants.ts'
import { fromHex } from './worked-example.ts'

const nothing: PropertyValue = { type: 'null' }
const vector: PropertyValue = { type: 'vector', values: new Float32Array([0.5, 1]) }
const duration: PropertyValue = { type: 'duration', months: 1n, days: 2n, seconds: 3n, nanoseconds: 4 }
const list: PropertyValue = { type: 'array', items: [{ type: 'integer', value: 1n }, nothing] }
const map: PropertyValue = { type: 'map', entries: [{ name: 'k', value: { type: 'boolean', value: true } }] }

function read(bytes: Uint8Array, layout: Layout): PropertyValue {
  const reader = new BincodeReader('nodes', bytes)
  const value = readPropertyValue(reader, layout)
  reader.expectEnd('value')
  return value
}

describe('the encodings that the engine was seen to write', () => {
  test.each<[Generation, PropertyValue, string]>([
    ['A1', { type: 'string', value: 'Ann' }, '00000000 0300000000000000 416e6e'],
    ['A1', { type: 'integer', value: -2n }, '01000000 feffffffffffffff'],
    ['A1', { type: 'float', value: 2.5 }, '02000000 0000000000000440'],
    ['A1', { type: 'boolean', value: true }, '03000000 01'],
    ['A1', { type: 'dateTime', milliseconds: 1_700_000_000_000n }, '04000000 0068e5cf8b010000'],
    ['A1', list, '05000000 0200000000000000 01000000 0100000000000000 09000000'],
    ['A1', map, '06000000 0100000000000000 0100000000000000 6b 03000000 01'],
    ['A1', vector, '07000000 0200000000000000 0000003f 0000803f'],
    ['A1', duration, '08000000 0100000000000000 0200000000000000 0300000000000000 04000000'],
    ['A1', nothing, '09000000'],
    ['A0', nothing, '08000000'],
    ['A0', list, '05000000 0200000000000000 01000000 0100000000000000 08000000'],
    ['B', { type: 'date', days: -1 }, '05000000 ffffffff'],
    ['B', { type: 'localTime', nanoseconds: 1n }, '06000000 0100000000000000'],
    ['B', { type: 'time', nanoseconds: 1n, offsetSeconds: -5400 }, '07000000 0100000000000000 e8eaffff'],
    ['B', { type: 'localDateTime', seconds: 2n, nanoseconds: 3 }, '08000000 0200000000000000 03000000'],
    [
      'B',
      { type: 'zonedDateTime', seconds: 2n, nanoseconds: 3, offsetSeconds: 3600, zone: null },
      '09000000 0200000000000000 03000000 100e0000 00',
    ],
    [
      'B',
      { type: 'zonedDateTime', seconds: 2n, nanoseconds: 3, offsetSeconds: 0, zone: 'UTC' },
      '09000000 0200000000000000 03000000 00000000 01 0300000000000000 555443',
    ],
    ['B', list, '0a000000 0200000000000000 01000000 0100000000000000 0e000000'],
    ['B', map, '0b000000 0100000000000000 0100000000000000 6b 03000000 01'],
    ['B', vector, '0c000000 0200000000000000 0000003f 0000803f'],
    ['B', duration, '0d000000 0100000000000000 0200000000000000 0300000000000000 04000000'],
    ['B', nothing, '0e000000'],
  ])('%s %o is read and written', (generation, value, hex) => {
    expect(read(fromHex(hex), generation)).toEqual(value)
    expect(encodePropertyValue(value, generation)).toEqual(fromHex(hex))
  })

  test('a generation refuses to write a value that it does not have', () => {
    expect(() => encodePropertyValue(duration, 'A0')).toThrow('generation A0 has the variant duration')
    expect(() => encodePropertyValue({ type: 'date', days: 1 }, 'A1')).toThrow('generation A1 has the variant date')
  })
})

describe('hostile bytes', () => {
  test.each([
    ['no bytes', '', 'nodes at byte 0: property variant: ends too early (expected 4 bytes, found 0 bytes)'],
    [
      'an unknown variant',
      '0f000000',
      'nodes at byte 0: property variant: unknown (expected a variant of B, found 15)',
    ],
    [
      'a string of 2^64 - 1 bytes',
      '00000000 ffffffffffffffff 41',
      'nodes at byte 4: string: more items than the bytes left can hold (expected 1 bytes, found 18446744073709551615 items)',
    ],
    [
      'an array of 2^62 items',
      '0a000000 0000000000000040 0e000000',
      'nodes at byte 4: array: more items than the bytes left can hold (expected 4 bytes, found 4611686018427387904 items)',
    ],
    [
      'a vector one float longer than its bytes',
      '0c000000 0200000000000000 0000003f',
      'nodes at byte 4: vector: more items than the bytes left can hold (expected 4 bytes, found 2 items)',
    ],
    [
      'a map of more entries than there are bytes',
      '0b000000 0200000000000000 0000000000000000 0e000000',
      'nodes at byte 4: property map: more items than the bytes left can hold (expected 12 bytes, found 2 items)',
    ],
    ['a boolean of 2', '03000000 02', 'nodes at byte 4: boolean: not a boolean (expected 0 or 1, found 2)'],
    ['half a surrogate pair', '00000000 0300000000000000 eda080', 'nodes at byte 12: string: not valid UTF-8'],
    ['a byte too many', '0e000000 00', 'nodes at byte 4: value: bytes left over (expected 0, found 1)'],
    ['a cut float', '02000000 000000', 'nodes at byte 4: float: ends too early (expected 8 bytes, found 3 bytes)'],
  ])('%s is damage that says where and why', (_, hex, message) => {
    expect(() => read(fromHex(hex), 'B')).toThrow(message)
  })

  test('variants that generations number differently are unknown to the common layout', () => {
    expect(() => read(fromHex('05000000 00000000'), 'any')).toThrow('found 5')
  })

  test('nesting ends at the limit, without using up the stack', () => {
    const nested = (depth: number) => fromHex(`${'05000000 0100000000000000'.repeat(depth)}09000000`)
    const deepest = read(nested(NESTING_MAX), 'A1')
    expect(encodePropertyValue(deepest, 'A1')).toEqual(nested(NESTING_MAX))
    expect(() => read(nested(NESTING_MAX + 1), 'A1')).toThrow('nested too deep')
    expect(() => read(nested(100_000), 'A1')).toThrow('nested too deep')
  })

  test('a byte-order mark at the start of a string is part of it', () => {
    expect(read(fromHex('00000000 0400000000000000 efbbbf41'), 'A1')).toEqual({ type: 'string', value: '\ufeffA' })
  })
})
