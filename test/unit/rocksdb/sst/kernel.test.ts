import { xxh3 } from '@node-rs/xxhash'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kernelDecode, kernelWindow, kernelXxh3 } from '../../../../src-main/rocksdb/sst/kernel/block-kernel.ts'
import { decodeLz4 } from '../../../../src-main/rocksdb/sst/lz4.ts'
import { decodeSnappy } from '../../../../src-main/rocksdb/sst/snappy.ts'
import { concat, fixed32 } from './table-writer.ts'

const SEED = 20261125
const BLOCK_BYTES_MAX = 2 * 1024 * 1024

function noise(length: number): Uint8Array {
  let state = 1
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}

describe('the hash of the kernel', () => {
  const native = (bytes: Uint8Array) => Number(xxh3.xxh64(bytes) & 0xffff_ffffn)

  test('is the one of the native module for every length, in its own memory and outside', () => {
    const bytes = noise(100_000)
    kernelWindow.set(bytes)
    const lengths = [...Array.from({ length: 3000 }, (_, index) => 241 + index), 65_535, 65_536, 65_537, 99_000]
    const differing = lengths.filter((length) => {
      const at = length % 61
      const expected = native(bytes.subarray(at, at + length))
      const outside = kernelXxh3(bytes.subarray(at), length)
      return outside !== expected || kernelXxh3(kernelWindow.subarray(at), length) !== expected
    })
    expect(differing).toEqual([])
  })

  test('is given for no length it does not know', () => {
    const large = new Uint8Array(BLOCK_BYTES_MAX + 1)
    expect([kernelXxh3(large, 0), kernelXxh3(large, 240), kernelXxh3(large, 241)]).toEqual([null, null, null])
    expect(kernelXxh3(large.subarray(1), BLOCK_BYTES_MAX)).toBe(native(large.subarray(1)))
  })
})

/** Literals and matches, in the terms of both formats. */
type Element = { readonly literal: Uint8Array; readonly offset: number; readonly length: number }

const elements = fc.array(
  fc.record({
    literal: fc.oneof({ weight: 5, arbitrary: fc.uint8Array({ maxLength: 40 }) }, fc.uint8Array({ maxLength: 400 })),
    offset: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 700 })),
    length: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 4, max: 64 }) }, fc.integer({ min: 4, max: 600 })),
  }),
  { maxLength: 30 },
)

function lz4Bytes(list: readonly Element[], last: Uint8Array): Uint8Array {
  const extra = (length: number) =>
    length < 15 ? [] : [...Array<number>(Math.floor((length - 15) / 255)).fill(255), (length - 15) % 255]
  const sequence = ({ literal, offset, length }: Element) => {
    const token = (Math.min(15, literal.length) << 4) | Math.min(15, length - 4)
    return concat([token], extra(literal.length), literal, [offset & 255, offset >> 8], extra(length - 4))
  }
  return concat(...list.map(sequence), [Math.min(15, last.length) << 4], extra(last.length), last)
}

function snappyBytes(list: readonly Element[], last: Uint8Array): Uint8Array {
  const literalOf = (bytes: Uint8Array) => {
    if (bytes.length === 0) return concat()
    const length = bytes.length - 1
    return concat(length < 60 ? [length << 2] : [61 << 2, length & 255, length >> 8], bytes)
  }
  const copyOf = (offset: number, length: number, kind: number) => {
    if (kind === 1 && length < 12) return concat([((offset >> 8) << 5) | ((length - 4) << 2) | 1, offset & 255])
    const tag = ((length - 1) << 2) | (kind === 0 ? 3 : 2)
    return concat([tag], kind === 0 ? fixed32(offset) : [offset & 255, offset >> 8])
  }
  const element = ({ literal, offset, length }: Element, index: number) =>
    concat(literalOf(literal), copyOf(offset, Math.min(64, length), index % 3))
  return concat(...list.map(element), literalOf(last))
}

const codecs = [
  { codec: 'lz4', encode: lz4Bytes, decode: decodeLz4, lengthMax: 600 },
  { codec: 'snappy', encode: snappyBytes, decode: decodeSnappy, lengthMax: 64 },
] as const

describe.each(codecs)('$codec in the kernel', ({ codec, encode, decode, lengthMax }) => {
  test(`decodes and refuses as the decoder in TypeScript does (seed ${SEED})`, () => {
    const counts = { decoded: 0, refused: 0 }
    const change = fc.record({
      at: fc.nat(),
      byte: fc.integer({ min: 0, max: 255 }),
      sizeBytes: fc.integer({ min: -3, max: 3 }),
    })
    const cases = fc.tuple(
      elements,
      fc.uint8Array({ maxLength: 300 }),
      fc.option(change, { freq: 2 }),
      fc.integer({ min: 0, max: 9 }),
    )
    fc.assert(
      fc.property(cases, ([list, last, changed, start]) => {
        const input = concat(new Uint8Array(start), encode(list, last))
        let sizeBytes = last.length
        for (const { literal, length } of list) sizeBytes += literal.length + Math.min(lengthMax, length)
        if (changed !== null && input.length > start) {
          input[start + (changed.at % (input.length - start))] = changed.byte
          sizeBytes = Math.max(0, sizeBytes + changed.sizeBytes)
        }
        const expected = new Uint8Array(sizeBytes).fill(0xee)
        const isRight = decode(input, start, expected) === null
        const output = new Uint8Array(sizeBytes).fill(0xee)
        const isDecoded = kernelDecode(codec, input, start, output)
        counts[isRight ? 'decoded' : 'refused'] += 1
        expect({ isDecoded, output }).toEqual({
          isDecoded: isRight,
          output: isRight ? expected : new Uint8Array(sizeBytes).fill(0xee),
        })
      }),
      { seed: SEED, numRuns: 4000 },
    )
    expect(counts.decoded).toBeGreaterThan(200)
    expect(counts.refused).toBeGreaterThan(200)
  })

  test(`repeats a pattern of every length (seed ${SEED})`, () => {
    const pattern = noise(80)
    const differing: string[] = []
    for (let offset = 1; offset <= 80; offset += 1) {
      for (let length = 4; length <= 64; length += 1) {
        const input = encode([{ literal: pattern, offset, length }], pattern.subarray(0, 3))
        const expected = new Uint8Array(80 + length + 3)
        expect(decode(input, 0, expected)).toBeNull()
        const output = new Uint8Array(expected.length)
        const isSame = kernelDecode(codec, input, 0, output) && Buffer.compare(output, expected) === 0
        if (!isSame) differing.push(`${offset}:${length}`)
      }
    }
    expect(differing).toEqual([])
  })

  test('takes blocks up to its limit and leaves larger ones', () => {
    const literal = noise(BLOCK_BYTES_MAX - 16_000)
    const input =
      codec === 'lz4' ? lz4Bytes([], literal) : concat([62 << 2], fixed32(literal.length - 1).slice(0, 3), literal)
    const output = new Uint8Array(literal.length)
    expect(kernelDecode(codec, input, 0, output)).toBe(true)
    expect(Buffer.compare(output, literal)).toBe(0)
    const tooLarge = new Uint8Array(BLOCK_BYTES_MAX + 1)
    expect(kernelDecode(codec, tooLarge, 0, new Uint8Array(1))).toBe(false)
    expect(kernelDecode(codec, new Uint8Array(1), 0, tooLarge)).toBe(false)
  })
})
