import { describe, expect, test } from 'vitest'
import type { ByteSource } from '#base/byte-source.ts'
import { limits } from '#base/limits.ts'
import { memorySource } from '#base/memory-source.ts'
import { openBlobFile } from '../../../../src-main/rocksdb/blob/blob-file.ts'
import { decodeBlobIndex } from '../../../../src-main/rocksdb/blob-index.ts'
import { openTable } from '../../../../src-main/rocksdb/sst/table.ts'
import { bytesOf, fixtureBytes, problemOf, textOf } from '../fixtures.ts'
import { blobFooter, blobHeader, blobRecord } from './blob-writer.ts'

const NO_EXPIRATION = { beginS: 0, endS: 0 }

/** one record at 30: key at 62, value at 65 */
const whole = Buffer.concat([blobHeader({ family: 7 }), blobRecord('key', 'some value'), blobFooter(1)])
const location = { offsetBytes: 65, sizeBytes: 10, compression: 0 }

function read(bytes: Uint8Array, at: Partial<typeof location> = {}, key = 'key', verifyChecksums?: boolean): string {
  const file = openBlobFile(memorySource('000009.blob', bytes))
  return textOf(file.readValue({ ...location, ...at }, bytesOf(key), { verifyChecksums }))
}

function changed(at: number, ...values: readonly number[]): Buffer {
  const bytes = Buffer.from(whole)
  bytes.set(values, at)
  return bytes
}

describe('a blob file', () => {
  test('says what its header and footer say', () => {
    const { header, footer, footerDamage, recordsEndBytes } = openBlobFile(memorySource('000009.blob', whole))
    expect({ header, footer, footerDamage, recordsEndBytes }).toEqual({
      header: { columnFamilyId: 7, compression: 0, hasTtl: false, expiration: NO_EXPIRATION },
      footer: { blobCount: 1, expiration: NO_EXPIRATION },
      footerDamage: null,
      recordsEndBytes: 75,
    })
  })

  test('that was not closed has no footer and gives its values', () => {
    const bytes = whole.subarray(0, -32)
    const { footer, footerDamage, recordsEndBytes } = openBlobFile(memorySource('000009.blob', bytes))
    expect({ footer, footerDamage, recordsEndBytes }).toEqual({ footer: null, footerDamage: null, recordsEndBytes: 75 })
    expect(read(bytes)).toBe('some value')
    expect(openBlobFile(memorySource('000009.blob', blobHeader())).footer).toBeNull()
  })

  test('with expiration times may have the largest of all', () => {
    const bytes = blobHeader({ flags: 1 })
    bytes.writeBigUInt64LE(1_700_000_000n, 14)
    bytes.writeBigUInt64LE(2n ** 64n - 1n, 22)
    expect(openBlobFile(memorySource('000009.blob', bytes)).header).toEqual({
      columnFamilyId: 0,
      compression: 0,
      hasTtl: true,
      expiration: { beginS: 1_700_000_000, endS: 2 ** 64 },
    })
  })

  test.each([
    ['magic number of a blob file is missing (expected 0x00248f37, found 0x00248f36)', changed(0, 0x36)],
    ['version cannot be read (expected 1, found 2)', changed(4, 2)],
    ['expiration in a file without TTL (expected 0 to 0, found 0 to 256)', changed(23, 1)],
    ['goes past the end of the file (expected 30 bytes, found 29 bytes)', whole.subarray(0, 29)],
    ['goes past the end of the file (expected 30 bytes, found 0 bytes)', whole.subarray(0, 0)],
  ])('with a damaged header is refused: %s', (problem, bytes) => {
    expect(problemOf(() => read(bytes))).toBe(`000009.blob at byte 0: blob file header: ${problem}`)
  })

  test.each([
    ['magic number of a blob file is missing', '0x00248f37', '0x00248f36', changed(75, 0x36)],
    ['checksum mismatch', '0xe84a71fb', expect.any(String), changed(79, 2)],
    ['checksum mismatch', '0xe94a71fb', '0xe84a71fb', changed(106, 0xe9)],
  ])('with a damaged footer keeps the damage and gives its values: %s', (problem, expected, found, bytes) => {
    const { footer, footerDamage } = openBlobFile(memorySource('000009.blob', bytes))
    expect({ footer, footerDamage }).toEqual({
      footer: null,
      footerDamage: {
        file: '000009.blob',
        offsetBytes: 75,
        structure: 'blob file footer',
        problem,
        expected,
        found,
      },
    })
    expect(read(bytes)).toBe('some value')
  })
})

describe('a value of a blob file', () => {
  test('is read with one read of its record', () => {
    const reads: (readonly [number, number])[] = []
    const memory = memorySource('000009.blob', whole)
    const source: ByteSource = {
      ...memory,
      readInto(target, offsetBytes) {
        reads.push([offsetBytes, target.length])
        return memory.readInto(target, offsetBytes)
      },
    }
    const file = openBlobFile(source)
    reads.length = 0
    expect(textOf(file.readValue(location, bytesOf('key')))).toBe('some value')
    expect(reads).toEqual([[30, 45]])
  })

  test.each<[string, Partial<typeof location>, string?]>([
    ['at byte 64: blob reference: offset is too small (expected at least 65, found 64)', { offsetBytes: 64 }],
    ['at byte 65: blob reference: offset is too small (expected at least 66, found 65)', {}, 'keys'],
    [
      'at byte 65: blob reference: value goes past the end of the records (expected at most 10 bytes, found 11 bytes)',
      { sizeBytes: 11 },
    ],
    [
      'blob reference: value goes past the end of the records (expected at most 0 bytes, found 1 bytes)',
      { offsetBytes: 2 ** 53 - 1, sizeBytes: 1 },
    ],
    [
      `at byte 65: blob reference: value is too large (expected at most ${limits.blobValueBytesMax} bytes, found ${2 ** 53 - 1} bytes)`,
      { sizeBytes: 2 ** 53 - 1 },
    ],
    ['at byte 65: blob reference: compression is not that of the file (expected 0, found 7)', { compression: 7 }],
    ['at byte 30: blob record: value has another size (expected 9 bytes, found 10 bytes)', { sizeBytes: 9 }],
    ['at byte 31: blob record: checksum mismatch of the header', { offsetBytes: 66, sizeBytes: 9 }],
    ['at byte 30: blob record: record of another key (expected 6b6579, found ', {}, 'kez'],
  ])('is refused for another reference: %s', (problem, at, key) => {
    const expected = problem.replace('expected 6b6579, found ', 'expected 6b657a, found 6b6579)')
    // what lies outside the file has no place in it
    const place = expected.startsWith('at byte') ? '000009.blob ' : '000009.blob: '
    expect(problemOf(() => read(whole, at, key))).toContain(place + expected)
  })

  test('of a key with another length is refused', () => {
    const bytes = Buffer.concat([blobHeader(), blobRecord('', 'abcdefg'), blobRecord('key', 'v')])
    const at = { offsetBytes: 69 + 32 + 3, sizeBytes: 1 }
    expect(read(bytes, at)).toBe('v')
    const claiming = Buffer.concat([blobHeader(), blobRecord('key', 'v', { key: 4n })])
    expect(problemOf(() => read(claiming, { sizeBytes: 1 }))).toBe(
      '000009.blob at byte 30: blob record: record of another key (expected 3 bytes, found 4 bytes)',
    )
  })

  test.each([
    ['key length', 30, 'checksum mismatch of the header'],
    ['value length', 38, 'checksum mismatch of the header'],
    ['expiration', 46, 'checksum mismatch of the header'],
    ['header checksum', 54, 'checksum mismatch of the header'],
    ['blob checksum', 58, 'checksum mismatch of key and value'],
    ['key', 62, 'record of another key'],
    ['value', 65, 'checksum mismatch of key and value'],
  ])('with a damaged %s is refused', (_, at, problem) => {
    const found = problemOf(() => read(changed(at, (whole[at] as number) ^ 0x40)))
    expect(found).toContain(`000009.blob at byte 30: blob record: ${problem} (expected `)
  })

  test('is given without its checksums when asked, and its key is compared all the same', () => {
    expect(read(changed(65, 0x53), {}, 'key', false)).toBe('Some value')
    expect(read(changed(54, 1), {}, 'key', false)).toBe('some value')
    expect(problemOf(() => read(changed(62, 0x4b), {}, 'key', false))).toContain('record of another key')
  })

  test('that claims too much when it is unpacked is refused', () => {
    const bomb = `${String.fromCharCode(0xff, 0xff, 0xff, 0xff, 0x7f)}abcde`
    const bytes = Buffer.concat([blobHeader({ compression: 4 }), blobRecord('key', bomb), blobFooter(1)])
    expect(problemOf(() => read(bytes, { compression: 4 }))).toContain(
      '000009.blob at byte 65: blob value: decompressed size is too large',
    )
  })

  test('in a file that became shorter is refused', () => {
    const source = memorySource('000009.blob', whole)
    let missingBytes = 0
    const file = openBlobFile({ ...source, readInto: (target, at) => source.readInto(target, at) - missingBytes })
    missingBytes = 1
    expect(problemOf(() => file.readValue(location, bytesOf('key')))).toBe(
      '000009.blob at byte 30: blob record: file ended early (expected 45 bytes, found 44 bytes)',
    )
  })
})

test('a table and its blob file of RocksDB 11 give the values that were written', () => {
  const table = openTable(memorySource('t', fixtureBytes('sst/v11_wide_blobindex.sst')))
  const file = openBlobFile(memorySource('b', fixtureBytes('sst/v11_wide_blobindex_000010.blob')))
  const values: string[] = []
  const iterator = table.iterator()
  for (iterator.seekToFirst(); iterator.valid; iterator.next()) {
    if (iterator.type !== 17) continue
    const reference = decodeBlobIndex(iterator.value, { file: 't', structure: 'blob index', offsetBytes: null })
    if (reference.kind !== 'blob') continue
    const value = textOf(file.readValue(reference, iterator.userKey))
    values.push(`${textOf(iterator.userKey)} ${reference.fileNumber} ${value}`)
  }
  expect(values).toEqual([`plain 10 ${'p'.repeat(100)}`])
})
