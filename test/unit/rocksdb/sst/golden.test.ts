import { describe, expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import { indexTypes } from '../../../../src-main/rocksdb/sst/properties.ts'
import { openTable } from '../../../../src-main/rocksdb/sst/table.ts'
import { verifyBlocks } from '../../../../src-main/rocksdb/sst/verify-blocks.ts'
import { entryLabel, expectedTables, fixtureBytes, hashEntries, readEntries } from './fixtures.ts'

const compressionOfVersion7: Readonly<Record<string, string>> = { ';;': 'NoCompression', 'BuiltinV2;07;': 'ZSTD' }

describe('a table written by the engine', () => {
  test.each(expectedTables)('$file has the entries the engine reads', (expected) => {
    const table = openTable(memorySource(expected.file, fixtureBytes(expected.file)))
    const entries = readEntries(table)
    expect({
      formatVersion: table.footer.formatVersion,
      checksum: table.footer.checksumKind,
      compression: table.properties.compression,
      indexType: table.properties.indexType,
      entryCount: entries.length,
      countedInProperties: table.properties.entryCount - table.properties.rangeDeletionCount,
      first: entryLabel(entries[0]),
      last: entryLabel(entries.at(-1)),
      firstKey: table.firstKey(),
      lastKey: table.lastKey(),
      sha256: hashEntries(entries),
    }).toEqual({
      formatVersion: expected.formatVersion,
      checksum: expected.checksum,
      compression: compressionOfVersion7[expected.compression] ?? expected.compression,
      indexType: indexTypes[expected.indexType],
      entryCount: expected.entryCount,
      countedInProperties: expected.entryCount,
      first: expected.first,
      last: expected.last,
      firstKey: entries[0]?.userKey,
      lastKey: entries.at(-1)?.userKey,
      sha256: expected.sha256,
    })
  })

  test.each(expectedTables)('$file passes the check of every block', (expected) => {
    const result = verifyBlocks(memorySource(expected.file, fixtureBytes(expected.file)))
    expect({ damages: result.damages, isVerifiable: result.isVerifiable }).toEqual({
      damages: [],
      isVerifiable: expected.checksum !== 'none',
    })
  })
})
