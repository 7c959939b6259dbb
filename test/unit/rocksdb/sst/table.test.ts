import { describe, expect, test } from 'vitest'
import type { ByteSource } from '#base/byte-source.ts'
import { DamageError } from '#base/damage.ts'
import { memorySource } from '#base/memory-source.ts'
import { BlockCache } from '../../../../src-main/rocksdb/sst/block-cache.ts'
import { openTable } from '../../../../src-main/rocksdb/sst/table.ts'
import { entryLabel, fixtureBytes, hashEntries, readEntries } from './fixtures.ts'
import { bytesOf } from './table-writer.ts'

function countingSource(file: string): { source: ByteSource; reads: { offset: number; size: number }[] } {
  const inner = memorySource(file, fixtureBytes(file))
  const reads: { offset: number; size: number }[] = []
  const source: ByteSource = {
    ...inner,
    readInto(target, offsetBytes) {
      reads.push({ offset: offsetBytes, size: target.length })
      return inner.readInto(target, offsetBytes)
    },
  }
  return { source, reads }
}

describe('a table', () => {
  test('lists its range deletions beside its entries', () => {
    const file = 'sst/v7.8.3_rangedel.sst'
    const table = openTable(memorySource(file, fixtureBytes(file)))
    expect(table.rangeTombstones()).toEqual([{ begin: bytesOf('k2'), end: bytesOf('k5'), sequence: 11 }])
    expect(
      readEntries(table)
        .map(entryLabel)
        .filter((label) => !label.endsWith(':1')),
    ).toEqual(['k7@12:7', 'k8@13:0'])
  })

  test('types its properties', () => {
    const file = 'sst/v11_fv7_zstd_dict.sst'
    expect(openTable(memorySource(file, fixtureBytes(file))).properties).toEqual({
      formatVersion: 7,
      entryCount: 100,
      deletionCount: 0,
      mergeOperandCount: 0,
      rangeDeletionCount: 0,
      rawKeyBytes: 1800,
      rawValueBytes: 2790,
      dataBytes: expect.any(Number),
      indexBytes: expect.any(Number),
      filterBytes: expect.any(Number),
      dataBlockCount: expect.any(Number),
      columnFamilyId: 0,
      columnFamilyName: 'default',
      comparator: 'leveldb.BytewiseComparator',
      mergeOperator: null,
      compression: 'ZSTD',
      creationTimeS: expect.any(Number),
      oldestKeyTimeS: expect.any(Number),
      newestKeyTimeS: expect.any(Number),
      fileCreationTimeS: expect.any(Number),
      databaseIdentity: expect.any(String),
      sessionIdentity: expect.stringMatching(/^[0-9A-Z]{20}$/),
      hostIdentity: expect.any(String),
      originalFileNumber: expect.any(Number),
      indexType: 'binarySearch',
      indexKeyIsUserKey: true,
      indexValueIsDeltaEncoded: true,
      timestampsPersisted: true,
      externalFile: null,
      embeddedBlobs: null,
      userCollected: new Map(),
    })
  })

  test('says when it holds embedded blobs or was built to be ingested', () => {
    const file = 'sst/v11_embedded_blobs.sst'
    const { properties } = openTable(memorySource(file, fixtureBytes(file)))
    expect({ blobs: properties.embeddedBlobs?.count, version: properties.externalFile?.version }).toEqual({
      blobs: 10,
      version: 2,
    })
  })

  test('a look-up reads the index and one data block, nothing else', () => {
    const { source, reads } = countingSource('sst/v11_fv7_xxh3.sst')
    const table = openTable(source)
    const iterator = table.iterator()
    reads.length = 0
    iterator.seek(bytesOf('key0000050'))
    expect(reads.length).toBe(1)
    expect(reads[0]?.size).toBeLessThan(700)
    expect(entryLabel(iterator)).toBe('key0000050@51:1')
  })

  test('a scan reads the data in a few calls and hardly a byte twice', () => {
    const { source, reads } = countingSource('sst/v11_fv7_xxh3.sst')
    const table = openTable(source)
    const iterator = table.iterator()
    reads.length = 0
    for (iterator.seekToFirst(); iterator.valid; ) iterator.next()
    expect(reads.length).toBeLessThan(table.properties.dataBlockCount / 2)
    expect(reads.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(source.sizeBytes * 1.5)
  })

  test('a scan back does so too', () => {
    const { source, reads } = countingSource('sst/v11_fv7_xxh3.sst')
    const table = openTable(source)
    const iterator = table.iterator()
    reads.length = 0
    for (iterator.seekToLast(); iterator.valid; ) iterator.prev()
    expect(reads.length).toBeLessThan(table.properties.dataBlockCount / 2)
    expect(reads.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(source.sizeBytes * 1.5)
  })

  test('two iterators do not disturb each other', () => {
    const file = 'sst/v7.8.3_ldb_lz4.sst'
    const table = openTable(memorySource(file, fixtureBytes(file)))
    const first = table.iterator()
    const second = table.iterator()
    first.seek(bytesOf('key0000010'))
    second.seek(bytesOf('key0000090'))
    expect([entryLabel(first), entryLabel(second)]).toEqual(['key0000010@0:1', 'key0000090@0:1'])
    expect(Buffer.from(first.value).toString()).toMatch(/^value10-/)
  })

  test('a file that became shorter is damage, not a crash', () => {
    const file = 'sst/v11_fv7_xxh3.sst'
    const inner = memorySource(file, fixtureBytes(file))
    let isShort = false
    const table = openTable({ ...inner, readInto: (target, at) => (isShort ? 0 : inner.readInto(target, at)) })
    const iterator = table.iterator()
    isShort = true
    expect(() => iterator.seekToFirst()).toThrow(DamageError)
  })

  test('closes its source', () => {
    let closedCount = 0
    const inner = memorySource('x', fixtureBytes('sst/v11_fv7_xxh3.sst'))
    const close = () => {
      closedCount += 1
    }
    openTable({ ...inner, close }).close()
    expect(closedCount).toBe(1)
  })
})

describe('the block cache', () => {
  test.each(['sst/v11_fv7_part.sst', 'sst/v11_fv7_zstd_dict.sst', 'sst/v7.8.3_ldb_lz4_dict.sst'])(
    '%s: a second scan reads nothing and gives the same',
    (file) => {
      const { source, reads } = countingSource(file)
      const table = openTable(source, { cache: new BlockCache(1024 * 1024) })
      const first = hashEntries(readEntries(table))
      reads.length = 0
      expect({ hash: hashEntries(readEntries(table)), reads }).toEqual({ hash: first, reads: [] })
    },
  )

  test('never grows over its capacity and drops what was not used longest', () => {
    const cache = new BlockCache(1000)
    for (let index = 0; index < 3; index += 1) cache.put('a', index, new Uint8Array(200))
    cache.get('a', 0)
    cache.put('b', 0, new Uint8Array(200))
    const kept = [cache.get('a', 0), cache.get('a', 1), cache.get('a', 2), cache.get('b', 0)].map(Boolean)
    expect({ kept, usedBytes: cache.usedBytes }).toEqual({ kept: [true, false, true, true], usedBytes: 984 })
  })

  test('replaces a block of the same place and refuses one that cannot fit', () => {
    const cache = new BlockCache(1000)
    cache.put('a', 0, new Uint8Array(100))
    cache.put('a', 0, new Uint8Array(300))
    cache.put('a', 1, new Uint8Array(2000))
    expect({ size: cache.get('a', 0)?.length, big: cache.get('a', 1), usedBytes: cache.usedBytes }).toEqual({
      size: 300,
      big: undefined,
      usedBytes: 428,
    })
  })

  test('keeps no block that nobody checked', () => {
    const file = 'sst/v11_fv7_crc32c.sst'
    const bytes = fixtureBytes(file)
    bytes[3]! ^= 1
    const cache = new BlockCache(1024 * 1024)
    const unchecked = openTable(memorySource(file, bytes), { cache, cacheKey: file, verifyChecksums: false }).iterator()
    try {
      unchecked.seekToFirst()
    } catch (error) {
      if (!(error instanceof DamageError)) throw error
    }
    const checked = openTable(memorySource(file, bytes), { cache, cacheKey: file }).iterator()
    expect(() => checked.seekToFirst()).toThrow('crc32c checksum mismatch')
  })
})
