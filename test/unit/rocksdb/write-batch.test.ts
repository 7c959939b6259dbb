import { describe, expect, test } from 'vitest'
import { decodeBlobIndex } from '../../../src-main/rocksdb/blob-index.ts'
import { decodeWriteBatch } from '../../../src-main/rocksdb/wal/write-batch.ts'
import { decodeWideColumns } from '../../../src-main/rocksdb/wide-columns.ts'
import { bytesOf, problemOf, textOf } from './fixtures.ts'
import { batch, batchRecord, familyRecord, lengthPrefixed, put, varint } from './log-writer.ts'

const place = { file: 'x.log', structure: 'write batch', offsetBytes: 0 }

function decoded(payload: Uint8Array) {
  const visited: unknown[] = []
  const header = decodeWriteBatch(payload, place, {
    operation: (type, family, sequence, key, value) =>
      visited.push([type, family, sequence, textOf(key), textOf(value)]),
    marker: (type, id, timestamp) => visited.push([`marker ${type}`, textOf(id), textOf(timestamp)]),
    logData: (data) => visited.push(['log data', textOf(data)]),
  })
  return { ...header, visited }
}

const problem = (payload: Uint8Array): string => problemOf(() => decoded(payload)).replace(/^.*write batch: /, '')

describe('a write batch', () => {
  test('gives every operation its sequence and visits markers without counting them', () => {
    const payload = batch(
      7,
      5,
      batchRecord(0x0d),
      put('a', '1'),
      batchRecord(3, 'note'),
      familyRecord(0x0e, 300, 'b', 'c'),
      familyRecord(0x04, 0, 'd'),
      familyRecord(0x10, 2, 'e', 'index'),
      familyRecord(0x19, 2, 'f', '12345678'),
      batchRecord(0x15, 'time', 'xid'),
      batchRecord(0x13),
    )
    expect(decoded(payload)).toEqual({
      sequence: 7,
      count: 5,
      visited: [
        ['marker 13', '', ''],
        [0x01, 0, 7, 'a', '1'],
        ['log data', 'note'],
        [0x0f, 300, 8, 'b', 'c'],
        [0x00, 0, 9, 'd', ''],
        [0x11, 2, 10, 'e', 'index'],
        [0x18, 2, 11, 'f', '12345678'],
        ['marker 21', 'xid', 'time'],
        ['marker 19', '', ''],
      ],
    })
  })

  test('is refused when its count is wrong, however large', () => {
    expect([problem(batch(1, 2, put('a', '1'))), problem(batch(1, 0xffffffff, put('a', '1')))]).toEqual([
      'wrong number of operations (expected 2, found 1)',
      'wrong number of operations (expected 4294967295, found 1)',
    ])
  })

  test('is refused when it is short, cut, has an unknown tag or a length past its end', () => {
    expect([
      problem(new Uint8Array(11)),
      problem(batch(1, 1, Buffer.from([1, 1, 0x61]))),
      problem(batch(1, 1, batchRecord(0x1a, 'a'))),
      problem(batch(1, 1, Buffer.from([1, 0xff, 0xff, 0xff, 0xff, 0x0f]))),
      problem(batch(1, 1, Buffer.from([5, 0xff, 0xff, 0xff, 0xff, 0xff, 1]))),
    ]).toEqual([
      'ends too early (expected 4 bytes, found 3 bytes)',
      'varint runs past the end',
      'unknown tag in a write batch (found 26)',
      'length goes past the end (expected at most 0, found 4294967295)',
      'varint is longer than 5 bytes',
    ])
  })

  test('is refused when its sequences run over or a timed put has no time', () => {
    expect([
      problem(batch(Number.MAX_SAFE_INTEGER, 1, put('a', '1'))),
      problem(batch(2 ** 55, 1, put('a', '1'))),
      problem(batch(1, 1, batchRecord(0x18, 'k', '1234567'))),
    ]).toEqual([
      'sequence numbers run over (found 9007199254740991+1)',
      `64-bit number is too large (expected at most ${Number.MAX_SAFE_INTEGER})`,
      'a timed put without its time (expected 8 bytes, found 7 bytes)',
    ])
  })
})

describe('a blob index', () => {
  const read = (...parts: Uint8Array[]) => decodeBlobIndex(new Uint8Array(Buffer.concat(parts)), place)

  test('names file, place and compression', () => {
    expect(read(Uint8Array.of(1), varint(10), varint(66), varint(200), Uint8Array.of(7))).toEqual({
      kind: 'blob',
      expirationS: null,
      fileNumber: 10,
      offsetBytes: 66,
      sizeBytes: 200,
      compression: 7,
    })
    expect(read(Uint8Array.of(0), varint(99), bytesOf('v'))).toEqual({
      kind: 'inlined',
      expirationS: 99,
      value: bytesOf('v'),
    })
  })

  test('is refused when it is short, long or of an unknown kind', () => {
    const problems = [[1, 10], [1, 1, 1, 1, 0, 0], [3, 1], []].map((bytes) =>
      problemOf(() => read(Uint8Array.from(bytes))),
    )
    expect(problems.map((text) => text.replace(/^.*write batch: /, ''))).toEqual([
      'varint runs past the end',
      'trailing bytes after a blob index',
      'unknown kind of blob index (expected 0 to 2, found 3)',
      'ends too early (expected 1 bytes, found 0 bytes)',
    ])
  })
})

describe('wide columns', () => {
  const name = (text: string, valueBytes: number) => Buffer.concat([lengthPrefixed(text), varint(valueBytes)])
  const read = (...parts: Uint8Array[]) => decodeWideColumns(new Uint8Array(Buffer.concat(parts)), place)

  test('are read in version 1 and 2', () => {
    expect(read(varint(1), varint(2), name('', 3), name('a', 1), bytesOf('defx'))).toEqual([
      { name: bytesOf(''), kind: 'inline', value: bytesOf('def') },
      { name: bytesOf('a'), kind: 'inline', value: bytesOf('x') },
    ])
    const version2 = [2, 2, 2, 2, 3, 0x01, 0x11, 1, 2, 3, 1].map((byte) => Uint8Array.of(byte))
    expect(read(...version2, bytesOf('abcxyz!'))).toEqual([
      { name: bytesOf('a'), kind: 'inline', value: bytesOf('xyz') },
      { name: bytesOf('bc'), kind: 'blob-index', value: bytesOf('!') },
    ])
  })

  test('are refused with impossible counts, sizes, order or version', () => {
    const problems = [
      () => read(varint(1), varint(0xffffffff)),
      () => read(varint(1), varint(100_001), Buffer.alloc(200_002)),
      () => read(varint(1), varint(1), name('a', 0xffffffff), bytesOf('x')),
      () => read(varint(1), varint(2), name('b', 0), name('a', 0)),
      () => read(varint(1), varint(2), name('a', 0), name('a', 0)),
      () => read(varint(3), varint(0)),
      () => read(varint(1), varint(1), name('a', 0), bytesOf('tail')),
      () => read(varint(2), varint(1), varint(9), varint(1), varint(1), bytesOf('\x01\x01\x00a')),
    ].map((attempt) => problemOf(attempt).replace(/^.*write batch: /, ''))
    expect(problems).toEqual([
      'more columns than bytes (found 4294967295)',
      'too many columns (expected at most 100000, found 100001)',
      'ends too early (expected 4294967295 bytes, found 1 bytes)',
      'column names are not in order',
      'column names are not in order',
      'unknown entity version (expected 1 or 2, found 3)',
      'trailing bytes after the columns',
      'column sizes do not fill their part (expected 9, found 1)',
    ])
  })
})
