import { expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import type { BlobLocation } from '../../../../src-main/rocksdb/blob/blob-file.ts'
import { readEmbeddedBlob } from '../../../../src-main/rocksdb/blob/embedded-blob.ts'
import { decodeBlobIndex } from '../../../../src-main/rocksdb/blob-index.ts'
import { readFooter } from '../../../../src-main/rocksdb/sst/footer.ts'
import { openTable } from '../../../../src-main/rocksdb/sst/table.ts'
import { fixtureBytes, problemOf, textOf } from '../fixtures.ts'

const bytes = fixtureBytes('sst/v11_embedded_blobs.sst')

function references(): Map<string, BlobLocation> {
  const found = new Map<string, BlobLocation>()
  const iterator = openTable(memorySource('t.sst', bytes)).iterator()
  for (iterator.seekToFirst(); iterator.valid; iterator.next()) {
    if (iterator.type !== 17) continue
    const reference = decodeBlobIndex(iterator.value, { file: 't.sst', structure: 'blob index', offsetBytes: null })
    if (reference.kind === 'blob' && reference.fileNumber === 0) found.set(textOf(iterator.userKey), reference)
  }
  return found
}

function read(location: BlobLocation, from = bytes, verifyChecksums = true): string {
  const source = memorySource('t.sst', from)
  return textOf(readEmbeddedBlob({ source, footer: readFooter(source), verifyChecksums }, location))
}

test('embedded blobs of RocksDB 11 are read from their table', () => {
  const values = [...references()].map(([key, location]) => [key, read(location)])
  expect(values).toHaveLength(10)
  for (const [key, value] of values) {
    expect([key, value?.length, new Set(value).size]).toEqual([expect.stringMatching(/^key000/), 200, 1])
  }
})

test('an embedded blob that is not what its reference says is refused with its place', () => {
  const location = [...references().values()][1] as BlobLocation
  const { offsetBytes, sizeBytes } = location
  const damaged = bytes.slice()
  damaged[offsetBytes + 3]! ^= 1
  expect(problemOf(() => read(location, damaged))).toContain(
    `t.sst at byte ${offsetBytes}: embedded blob: xxh3 checksum mismatch`,
  )
  expect(read(location, damaged, false)).toHaveLength(sizeBytes)
  expect(problemOf(() => read({ ...location, offsetBytes: offsetBytes - 1 }))).toContain('checksum mismatch')
  expect(problemOf(() => read({ ...location, compression: 7 }))).toContain('compression is not that of the value')
  for (const sizeBytes of [bytes.length, 2 ** 53 - 1]) {
    expect(problemOf(() => read({ ...location, sizeBytes }))).toContain('value is too large')
  }
  expect(problemOf(() => read({ ...location, offsetBytes: 2 ** 53 - 1 }))).toContain('value is too large')
})
