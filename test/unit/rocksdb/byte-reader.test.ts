import { describe, expect, test } from 'vitest'
import { ByteReader } from '../../../src-main/rocksdb/byte-reader.ts'
import { problemOf } from './fixtures.ts'

function reader(...bytes: number[]): ByteReader {
  return new ByteReader(Uint8Array.from(bytes), { file: 'f', structure: 's', offsetBytes: 100 })
}

const ff = (count: number): number[] => Array.from({ length: count }, () => 0xff)

describe('the byte reader', () => {
  test('reads little-endian integers and keeps its position', () => {
    const it = reader(1, 0x34, 0x12, 0x78, 0x56, 0x34, 0x92, 1, 0, 0, 0, 0, 1, 0, 0)
    expect([it.u8(), it.fixed16(), it.fixed32(), it.fixed64(), it.remaining]).toEqual([
      1,
      0x1234,
      0x92345678,
      2 ** 40 + 1,
      0,
    ])
  })

  test('reads varints up to their width and accepts overlong ones', () => {
    expect([
      reader(0).varint32(),
      reader(0xff, 0xff, 0xff, 0xff, 0x0f).varint32(),
      reader(0x81, 0x80, 0x80, 0x80, 0x00).varint32(),
      reader(0x81, 0x80, 0x80, 0x80, 0x70).varint32(),
      reader(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f).varint64(),
      reader(0x85, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02).varint64(),
    ]).toEqual([0, 0xffffffff, 1, 1, Number.MAX_SAFE_INTEGER, 5])
  })

  test('decodes zigzag numbers', () => {
    expect([0, 1, 2, 3, 255].map((byte) => reader(byte === 255 ? 0xff : byte, 1).signedVarint64())).toEqual([
      0, -1, 1, -2, -128,
    ])
  })

  test('refuses varints that are too long or cut', () => {
    const problems = [
      problemOf(() => reader(...ff(5), 1).varint32()),
      problemOf(() => reader(0xff, 0xff).varint32()),
      problemOf(() => reader(...ff(10), 1).varint64()),
      problemOf(() => reader(...ff(9)).varint64()),
    ]
    expect(problems).toEqual([
      'f at byte 100: s: varint is longer than 5 bytes',
      'f at byte 100: s: varint runs past the end',
      'f at byte 100: s: varint is longer than 10 bytes',
      'f at byte 100: s: varint runs past the end',
    ])
  })

  test('refuses numbers that are no safe integers', () => {
    const max = Number.MAX_SAFE_INTEGER
    expect([
      problemOf(() => reader(0, 0, 0, 0, 0, 0, 0x20, 0).fixed64()),
      problemOf(() => reader(...ff(8)).fixed64()),
      problemOf(() => reader(...ff(9), 1).varint64()),
    ]).toEqual([
      `f at byte 100: s: 64-bit number is too large (expected at most ${max})`,
      `f at byte 100: s: 64-bit number is too large (expected at most ${max})`,
      `f at byte 100: s: varint is too large (expected at most ${max})`,
    ])
  })

  test('checks a length before it slices, near 2^32 too', () => {
    const it = reader(0, 0xff, 0xff, 0xff, 0xff, 0x0f, 7)
    it.u8()
    expect(problemOf(() => it.lengthPrefixed())).toBe(
      'f at byte 101: s: length goes past the end (expected at most 1, found 4294967295)',
    )
    expect(problemOf(() => it.slice(7))).toBe('f at byte 101: s: ends too early (expected 7 bytes, found 6 bytes)')
  })

  test('names the place inside a part by the offset of the whole', () => {
    const it = reader(9, 2, 1, 0xff, 5)
    it.u8()
    const inner = it.within(it.lengthPrefixed())
    inner.u8()
    expect(problemOf(() => inner.varint32())).toBe('f at byte 103: s: varint runs past the end')
  })
})
