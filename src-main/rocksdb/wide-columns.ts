import { compareBytes } from '#base/bytes.ts'
import { limits } from '#base/limits.ts'
import { ByteReader } from './byte-reader.ts'
import type { Place } from './place.ts'

/** One column of an entity; the default column has the empty name. */
export type WideColumn = {
  readonly name: Uint8Array
  readonly kind: 'inline' | 'blob-index'
  readonly value: Uint8Array
}

const TYPE_INLINE = 0x01
const TYPE_BLOB_INDEX = 0x11
/** version 1 spends two bytes on the smallest column, version 2 three */
const COLUMN_BYTES_MIN = 2

/**
 * Decodes a wide-column entity, version 1 or 2 (RocksDB: db/wide/wide_column_serialization.cc;
 * docs/formats/rocksdb.md §3.3). Names and values are views.
 * @throws DamageError
 */
export function decodeWideColumns(bytes: Uint8Array, place: Place): WideColumn[] {
  const reader = new ByteReader(bytes, place)
  const version = reader.varint32()
  if (version !== 1 && version !== 2) reader.fail('unknown entity version', '1 or 2', `${version}`)
  const count = reader.varint32()
  if (count * COLUMN_BYTES_MIN > reader.remaining) reader.fail('more columns than bytes', undefined, `${count}`)
  if (count > limits.entityColumnsMax) reader.fail('too many columns', `at most ${limits.entityColumnsMax}`, `${count}`)
  const columns = version === 1 ? readVersion1(reader, count) : readVersion2(reader, count)
  if (reader.remaining > 0) reader.fail('trailing bytes after the columns')
  for (let index = 1; index < columns.length; index += 1) {
    const previous = columns[index - 1]
    const column = columns[index]
    if (previous !== undefined && column !== undefined && compareBytes(previous.name, column.name) >= 0) {
      reader.fail('column names are not in order')
    }
  }
  return columns
}

function readVersion1(reader: ByteReader, count: number): WideColumn[] {
  const names: Uint8Array[] = []
  const sizes: number[] = []
  for (let index = 0; index < count; index += 1) {
    names.push(reader.lengthPrefixed())
    sizes.push(reader.varint32())
  }
  return names.map((name, index) => ({ name, kind: 'inline', value: reader.slice(sizes[index] ?? 0) }))
}

function readVersion2(reader: ByteReader, count: number): WideColumn[] {
  const nameSizesBytes = reader.varint32()
  const valueSizesBytes = reader.varint32()
  const namesBytes = reader.varint32()
  const kinds = reader.slice(count)
  const nameSizes = readSizes(reader, count, nameSizesBytes)
  const valueSizes = readSizes(reader, count, valueSizesBytes)
  const namesStart = reader.position
  const names = nameSizes.map((size) => reader.slice(size))
  if (reader.position - namesStart !== namesBytes) reader.fail('column names do not fill their part', `${namesBytes}`)
  return names.map((name, index) => {
    const kind = kinds[index]
    if (kind !== TYPE_INLINE && kind !== TYPE_BLOB_INDEX) reader.fail('unknown column type', '1 or 17', `${kind}`)
    const value = reader.slice(valueSizes[index] ?? 0)
    return { name, kind: kind === TYPE_INLINE ? 'inline' : 'blob-index', value }
  })
}

function readSizes(reader: ByteReader, count: number, expectedBytes: number): number[] {
  const start = reader.position
  const sizes: number[] = []
  for (let index = 0; index < count; index += 1) sizes.push(reader.varint32())
  const usedBytes = reader.position - start
  if (usedBytes !== expectedBytes)
    reader.fail('column sizes do not fill their part', `${expectedBytes}`, `${usedBytes}`)
  return sizes
}
