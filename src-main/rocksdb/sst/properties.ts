import { asBuffer } from '#base/bytes.ts'
import { DamageError } from '#base/damage.ts'
import { ByteReader } from '../byte-reader.ts'
import { failAt, type Place } from '../place.ts'
import { compressionName } from './compression.ts'
import type { PropertyMap } from './property-map.ts'

const UNKNOWN_COLUMN_FAMILY_ID = 2147483647
const PREFIX = 'rocksdb.'

/** In the order of their numbers. RocksDB: include/rocksdb/table.h IndexType */
export const indexTypes = ['binarySearch', 'hash', 'twoLevel', 'binarySearchWithFirstKey'] as const
export type IndexType = (typeof indexTypes)[number]

/** What a table says about itself. Counts that are absent are 0, everything else absent or malformed is null. */
export type TableProperties = {
  readonly formatVersion: number
  /** point entries and range deletions, deletions included */
  readonly entryCount: number
  readonly deletionCount: number
  readonly mergeOperandCount: number
  readonly rangeDeletionCount: number
  readonly rawKeyBytes: number
  readonly rawValueBytes: number
  readonly dataBytes: number
  readonly indexBytes: number
  readonly filterBytes: number
  readonly dataBlockCount: number
  readonly columnFamilyId: number | null
  readonly columnFamilyName: string | null
  readonly comparator: string
  readonly mergeOperator: string | null
  /** the engine's name of the compression: "ZSTD", "NoCompression"; several are joined by "+" */
  readonly compression: string
  readonly creationTimeS: number | null
  readonly oldestKeyTimeS: number | null
  readonly newestKeyTimeS: number | null
  readonly fileCreationTimeS: number | null
  readonly databaseIdentity: string | null
  readonly sessionIdentity: string | null
  readonly hostIdentity: string | null
  readonly originalFileNumber: number | null
  readonly indexType: IndexType
  readonly indexKeyIsUserKey: boolean
  readonly indexValueIsDeltaEncoded: boolean
  /** false: user keys were stored without their timestamps */
  readonly timestampsPersisted: boolean
  /** set when the file was built by an SstFileWriter, to be ingested */
  readonly externalFile: { readonly version: number; readonly globalSequence: number | null } | null
  readonly embeddedBlobs: { readonly count: number; readonly bytes: number } | null
  /** properties the application collected, raw */
  readonly userCollected: PropertyMap
}

/**
 * Types the raw properties. A malformed optional value counts as absent; only the index type is required.
 * RocksDB: table/table_properties.cc; docs/formats/rocksdb.md §5.7
 * @throws DamageError
 */
export function readTableProperties(map: PropertyMap, formatVersion: number, place: Place): TableProperties {
  const count = (name: string): number => varint(map, name) ?? 0
  checkFormatVersion(count('format.version'), formatVersion, place)
  return {
    formatVersion,
    entryCount: count('num.entries'),
    deletionCount: count('deleted.keys'),
    mergeOperandCount: count('merge.operands'),
    rangeDeletionCount: count('num.range-deletions'),
    rawKeyBytes: count('raw.key.size'),
    rawValueBytes: count('raw.value.size'),
    dataBytes: count('data.size'),
    indexBytes: count('index.size'),
    filterBytes: count('filter.size'),
    dataBlockCount: count('num.data.blocks'),
    columnFamilyId: columnFamilyId(map),
    columnFamilyName: text(map, 'column.family.name'),
    comparator: text(map, 'comparator') ?? '',
    mergeOperator: text(map, 'merge.operator'),
    compression: compressionOf(text(map, 'compression') ?? ''),
    creationTimeS: positive(map, 'creation.time'),
    oldestKeyTimeS: positive(map, 'oldest.key.time'),
    newestKeyTimeS: positive(map, 'newest.key.time'),
    fileCreationTimeS: positive(map, 'file.creation.time'),
    databaseIdentity: text(map, 'creating.db.identity'),
    sessionIdentity: text(map, 'creating.session.identity'),
    hostIdentity: text(map, 'creating.host.identity'),
    originalFileNumber: positive(map, 'original.file.number'),
    indexType: indexTypeOf(map, place),
    indexKeyIsUserKey: count('index.key.is.user.key') !== 0,
    indexValueIsDeltaEncoded: count('index.value.is.delta.encoded') !== 0,
    timestampsPersisted: varint(map, 'user.defined.timestamps.persisted') !== 0,
    externalFile: externalFileOf(map),
    embeddedBlobs: embeddedBlobsOf(map),
    userCollected: new Map([...map].filter(([name]) => !name.startsWith(PREFIX))),
  }
}

/** The footer has no checksum before version 6; the engine writes 0 here up to release 7. */
function checkFormatVersion(own: number, ofFooter: number, place: Place): void {
  if (own !== 0 && own !== ofFooter) failAt(place, 'format version differs from the footer', `${ofFooter}`, `${own}`)
}

function number(map: PropertyMap, name: string, read: (reader: ByteReader) => number): number | null {
  const value = map.get(PREFIX + name)
  if (value === undefined) return null
  try {
    return read(new ByteReader(value, { file: '', structure: name, offsetBytes: null }))
  } catch (error) {
    if (error instanceof DamageError) return null
    throw error
  }
}

function varint(map: PropertyMap, name: string): number | null {
  return number(map, name, (reader) => reader.varint64())
}

/** 0 is how the engine writes "unknown". */
function positive(map: PropertyMap, name: string): number | null {
  return varint(map, name) || null
}

function text(map: PropertyMap, name: string): string | null {
  const value = map.get(PREFIX + name)
  if (value === undefined || value.length === 0) return null
  const decoded = asBuffer(value).toString('utf8')
  return decoded === 'nullptr' ? null : decoded
}

function columnFamilyId(map: PropertyMap): number | null {
  const id = varint(map, 'column.family.id')
  return id === UNKNOWN_COLUMN_FAMILY_ID ? null : id
}

/** Format version 7 writes "<manager>;<two hex digits per type>;", older ones the plain name. */
function compressionOf(stored: string): string {
  const types = /^([^;]*);((?:[0-9a-fA-F]{2})*);/.exec(stored)
  if (types === null) return stored
  const [, manager = '', digits = ''] = types
  if (digits === '') return compressionName(0)
  const names = (digits.match(/../g) ?? []).map((type) => compressionName(Number.parseInt(type, 16)))
  return manager === '' || manager === 'BuiltinV2' ? names.join('+') : `${manager}: ${names.join('+')}`
}

function indexTypeOf(map: PropertyMap, place: Place): IndexType {
  const stored = number(map, 'block.based.table.index.type', (reader) => reader.fixed32())
  const type = stored === null ? undefined : indexTypes[stored]
  if (type === undefined)
    failAt(place, 'index type is missing or unknown', '0 to 3', stored === null ? null : `${stored}`)
  return type
}

function externalFileOf(map: PropertyMap): TableProperties['externalFile'] {
  const version = number(map, 'external_sst_file.version', (reader) => reader.fixed32())
  if (version === null) return null
  const globalSequence = number(map, 'external_sst_file.global_seqno', (reader) => reader.fixed64())
  return { version, globalSequence }
}

function embeddedBlobsOf(map: PropertyMap): TableProperties['embeddedBlobs'] {
  const count = number(map, 'embedded.blob.stats', (reader) => reader.varint64())
  const bytes = number(map, 'embedded.blob.stats', (reader) => {
    reader.varint64()
    return reader.varint64()
  })
  return count === null || bytes === null ? null : { count, bytes }
}
