import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { DamageError } from '#base/damage.ts'
import { decodeBzip2 } from '../../../../src-main/rocksdb/sst/bzip2.ts'
import { BlockScratch, decompressBlock } from '../../../../src-main/rocksdb/sst/compression.ts'
import { decodeLz4 } from '../../../../src-main/rocksdb/sst/lz4.ts'
import { decodeSnappy } from '../../../../src-main/rocksdb/sst/snappy.ts'
import { bytesOf, concat, fixed32, varint } from './table-writer.ts'

const place = { file: 'x.sst', structure: 'data block', offsetBytes: 0 }

type Codec = (input: Uint8Array, start: number, output: Uint8Array) => string | null

function run(codec: Codec, input: Uint8Array, sizeBytes: number): string {
  // guard bytes around the output show every write outside
  const memory = new Uint8Array(sizeBytes + 32).fill(0xee)
  const output = memory.subarray(16, 16 + sizeBytes)
  const problem = codec(input, 0, output)
  expect(memory.subarray(0, 16).every((byte) => byte === 0xee)).toBe(true)
  expect(memory.subarray(16 + sizeBytes).every((byte) => byte === 0xee)).toBe(true)
  return problem ?? Buffer.from(output).toString('latin1')
}

function problemOf(part: () => unknown): string {
  try {
    part()
  } catch (error) {
    if (error instanceof DamageError) return error.damage.problem
    throw error
  }
  return 'no damage'
}

describe('Snappy', () => {
  const literal = (text: string) => concat([(text.length - 1) << 2], bytesOf(text))

  test('literals and copies of every offset width, overlapping ones too', () => {
    const abab = concat(literal('ab'), [((8 - 4) << 2) | 1, 2])
    const twoBytes = concat(literal('abc'), [((6 - 1) << 2) | 2, 3, 0])
    const fourBytes = concat(literal('abc'), [((6 - 1) << 2) | 3, 3, 0, 0, 0])
    const long = concat([60 << 2, 99], bytesOf('x'.repeat(100)), [(63 << 2) | 2, 1, 0], [(63 << 2) | 2, 1, 0])
    expect([run(decodeSnappy, abab, 10), run(decodeSnappy, twoBytes, 9), run(decodeSnappy, fourBytes, 9)]).toEqual([
      'ababababab',
      'abcabcabc',
      'abcabcabc',
    ])
    expect(run(decodeSnappy, long, 228)).toBe('x'.repeat(228))
  })

  test.each([
    ['copy reaches before the output', concat(literal('ab'), [1, 3]), 6],
    ['copy reaches before the output', concat(literal('ab'), [1, 0]), 6],
    ['output is longer than its size', concat(literal('abc')), 2],
    ['output is longer than its size', concat(literal('ab'), [1, 1]), 3],
    ['output is shorter than its size', concat(literal('abc')), 4],
    ['literal goes past the input', new Uint8Array([40, 65]), 11],
    ['literal goes past the input', concat([63 << 2], fixed32(0xffff_ffff)), 11],
    ['literal length is cut', new Uint8Array([63 << 2, 1]), 11],
    ['copy is cut', concat(literal('ab'), [3, 1, 0]), 11],
  ])('refuses: %s', (problem, input, sizeBytes) => {
    expect(run(decodeSnappy, input, sizeBytes)).toBe(problem)
  })
})

describe('LZ4', () => {
  const withDictionary: Codec = (input, start, output) => decodeLz4(input, start, output, bytesOf('0123456789'))

  test('literals, overlapping matches and long lengths', () => {
    const block = concat([(2 << 4) | 15], bytesOf('ab'), [2, 0, 255, 1], [1 << 4], bytesOf('!'))
    const matchBytes = 4 + 15 + 255 + 1
    expect(run(decodeLz4, block, 2 + matchBytes + 1)).toBe(`${'ab'.repeat(150).slice(0, 2 + matchBytes)}!`)
  })

  test('matches reach into the dictionary and over its end', () => {
    const block = concat([(1 << 4) | 2], bytesOf('A'), [4, 0], [1 << 4], bytesOf('Z'))
    expect(run(withDictionary, block, 8)).toBe('A789A78Z')
  })

  test.each([
    ['match reaches before the output', concat([1 << 4], bytesOf('A'), [2, 0], [0]), 5],
    ['match reaches before the output', concat([1 << 4], bytesOf('A'), [0, 0], [0]), 5],
    ['output is longer than its size', concat([(1 << 4) | 9], bytesOf('A'), [1, 0], [0]), 9],
    ['output is longer than its size', concat([3 << 4], bytesOf('ABC')), 2],
    ['output is shorter than its size', concat([3 << 4], bytesOf('ABC')), 4],
    ['literal goes past the input', concat([4 << 4], bytesOf('ABC')), 4],
    ['literal length is cut', new Uint8Array([0xf0, 255, 255]), 4],
    ['match length is cut', concat([0x1f], bytesOf('A'), [1, 0, 255]), 4000],
    ['match offset is cut', concat([1 << 4], bytesOf('A'), [1]), 5],
    ['block ends after a match', concat([1 << 4], bytesOf('A'), [1, 0]), 5],
  ])('refuses: %s', (problem, input, sizeBytes) => {
    expect(run(decodeLz4, input, sizeBytes)).toBe(problem)
  })
})

describe('bzip2', () => {
  // printf 'aaaaaaaaaaaaaaaaaaaabbbbbbbbcc hello hello hello' | bzip2
  const stream = new Uint8Array(
    Buffer.from(
      '425a683931415926535980ce1da500000471000400400040003a44a00021b513ca32100306e6ab2b84730f186a3e2ee48a70a121019c3b4a',
      'hex',
    ),
  )
  const text = 'aaaaaaaaaaaaaaaaaaaabbbbbbbbcc hello hello hello'

  test('decodes runs and text', () => {
    expect(run(decodeBzip2, stream, text.length)).toBe(text)
  })

  test('refuses another size, bytes after the stream, and every cut', () => {
    expect(run(decodeBzip2, stream, text.length + 1)).toBe('output is shorter than its size')
    expect(run(decodeBzip2, stream, text.length - 1)).toBe('output is longer than its size')
    expect(run(decodeBzip2, concat(stream, [0]), text.length)).toBe('bytes after the stream')
    for (let length = 0; length < stream.length; length += 1) {
      expect(run(decodeBzip2, stream.subarray(0, length), text.length)).toBe('stream is cut')
    }
  })

  test('with a flipped bit it gives the right text or refuses, never another text', () => {
    let refusedCount = 0
    for (let bit = 0; bit < stream.length * 8; bit += 1) {
      const flipped = stream.slice()
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      const output = new Uint8Array(text.length)
      if (decodeBzip2(flipped, 0, output) !== null) refusedCount += 1
      else expect(Buffer.from(output).toString('latin1')).toBe(text)
    }
    expect(refusedCount).toBeGreaterThan(stream.length * 7)
  })
})

describe('decompressBlock', () => {
  const zlibBlock = (size: number, text: string) => concat(varint(size), deflateRawSync(text))

  test('takes a size prefix of GiB before memory is taken', () => {
    for (const type of [1, 2, 3, 4, 5, 7]) {
      const bomb = concat(varint(8 * 1024 ** 3), new Uint8Array(20))
      expect(problemOf(() => decompressBlock(type, bomb, null, null, place))).toBe('decompressed size is too large')
    }
    const snappy = concat(varint(1024 ** 2), [0, 65])
    expect(problemOf(() => decompressBlock(1, snappy, null, null, place))).toBe('decompressed size is too large')
  })

  test('needs the exact size and nothing behind the stream', () => {
    const text = 'z'.repeat(50)
    const good = decompressBlock(2, zlibBlock(50, text), null, null, place)
    expect(Buffer.from(good).toString()).toBe(text)
    expect(problemOf(() => decompressBlock(2, zlibBlock(51, text), null, null, place))).toBe(
      'decompressed size is wrong',
    )
    expect(problemOf(() => decompressBlock(2, zlibBlock(49, text), null, null, place))).toMatch(/^Zlib data is damaged/)
    const trailing = concat(zlibBlock(50, text), [0])
    expect(problemOf(() => decompressBlock(2, trailing, null, null, place))).toMatch(/^Zlib data is damaged/)
  })

  test.each([6, 8, 0x40, 0x80, 0xfe])('refuses compression type %i', (type) => {
    expect(problemOf(() => decompressBlock(type, concat([1, 65]), null, null, place))).toBe(
      'compression is not supported',
    )
  })

  test('scratch memory is used again, and not kept when it is large', () => {
    const scratch = new BlockScratch()
    const first = scratch.take(1000)
    expect(scratch.take(500).buffer).toBe(first.buffer)
    expect(scratch.take(2 * 1024 * 1024).buffer).not.toBe(first.buffer)
    expect(scratch.take(1000).buffer).toBe(first.buffer)
  })
})
