// Goal: values of real blob files are what was written. Method: ldb writes databases with each compression that it
// takes; every blob reference in their tables is read here, every blob file is walked.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLocalFile } from '#base/local-file.ts'
import { type BlobFile, openBlobFile } from '../../../../src-main/rocksdb/blob/blob-file.ts'
import { walkBlobRecords } from '../../../../src-main/rocksdb/blob/walk-blob-records.ts'
import { decodeBlobIndex } from '../../../../src-main/rocksdb/blob-index.ts'
import { parseDatabaseFileName } from '../../../../src-main/rocksdb/database-file-name.ts'
import { openTable, type Table } from '../../../../src-main/rocksdb/sst/table.ts'
import {
  type LdbCompression,
  scanWithLdb,
  skipWithoutRocksdbTools,
  writeDatabase,
} from '../../../support/rocksdb-tools.ts'
import { tempDir } from '../../../support/temp-dir.ts'

const TIMEOUT_MS = 60_000
/** ldb cannot store a value that bzip2 makes longer */
const SMALLEST_BLOB_BYTES = 200
const compressionTypes = { no: 0, snappy: 1, zlib: 2, bzip2: 3, lz4: 4, lz4hc: 5, zstd: 7 }

function textOfValue(index: number): string {
  return `value ${index} `.repeat(index === 7 ? 100_000 : index * 5)
}

function entries(from: number, to: number): [string, string][] {
  return Array.from({ length: to - from }, (_, at) => [
    `key${String(from + at).padStart(3, '0')}`,
    textOfValue(from + at),
  ])
}

function hex(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('hex').toUpperCase()
}

/** Every value of type blob index in the tables, by key. */
function readBlobs(table: Table, files: ReadonlyMap<number, BlobFile>): [string, string][] {
  const rows: [string, string][] = []
  const iterator = table.iterator()
  for (iterator.seekToFirst(); iterator.valid; iterator.next()) {
    if (iterator.type !== 17) continue
    const reference = decodeBlobIndex(iterator.value, { file: 't', structure: 'blob index', offsetBytes: null })
    if (reference.kind !== 'blob') continue
    const file = files.get(reference.fileNumber)
    if (file !== undefined) rows.push([hex(iterator.userKey), hex(file.readValue(reference, iterator.userKey))])
  }
  return rows
}

test.for(Object.entries(compressionTypes))(
  'values that ldb compressed with %s are read as ldb reads them',
  { timeout: TIMEOUT_MS },
  async ([compression, type], context) => {
    skipWithoutRocksdbTools(context)
    const path = join(tempDir(), 'database')
    const ldbOptions = [
      '--enable_blob_files',
      `--min_blob_size=${SMALLEST_BLOB_BYTES}`,
      `--blob_compression_type=${compression}`,
    ]
    await writeDatabase(
      path,
      [
        { kind: 'load', entries: entries(0, 20) },
        { kind: 'compact' },
        { kind: 'load', entries: entries(20, 40) },
        { kind: 'compact' },
      ],
      { ldbOptions, compression: compression as LdbCompression },
    )
    const names = readdirSync(path)
    const open = (name: string) => openLocalFile(join(path, name), name)
    const blobNames = names.filter((name) => name.endsWith('.blob'))
    expect(blobNames.length).toBeGreaterThan(1)
    const files = new Map(
      blobNames.map((name) => [parseDatabaseFileName(name)?.fileNumber ?? -1, openBlobFile(open(name))]),
    )
    const tables = names.filter((name) => name.endsWith('.sst')).map((name) => openTable(open(name)))
    const rows = tables.flatMap((table) => readBlobs(table, files)).sort()
    const written = entries(0, 40).filter(([, value]) => value.length >= SMALLEST_BLOB_BYTES)
    expect(rows).toEqual(written.map(([key, value]) => [hex(key), hex(value)]))
    expect(await scanWithLdb(path)).toEqual(expect.arrayContaining(rows))
    let recordCount = 0
    for (const name of blobNames) {
      const source = open(name)
      const result = walkBlobRecords(source, () => {})
      recordCount += result.recordCount
      expect({ ...result, bytes: result.bytes + 62 }).toEqual({
        header: { columnFamilyId: 0, compression: type, hasTtl: false, expiration: { beginS: 0, endS: 0 } },
        footer: { blobCount: result.recordCount, expiration: { beginS: 0, endS: 0 } },
        recordCount: result.recordCount,
        bytes: source.sizeBytes,
        damages: [],
        damageCount: 0,
      })
      source.close()
    }
    expect(recordCount).toBe(written.length)
    for (const opened of [...files.values(), ...tables]) opened.close()
  },
)
