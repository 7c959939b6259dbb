import { asBuffer } from '#base/bytes.ts'
import { limits } from '#base/limits.ts'
import { ByteReader } from '../byte-reader.ts'
import { readInternalKey } from '../internal-key.ts'
import type { Place } from '../place.ts'
import { readLevel, readNewFile } from './decode-file.ts'
import { editTag, FIELD_MUST_BE_KNOWN_BIT, IGNORABLE_TAG_MASK } from './edit-tag.ts'
import type { EditField, VersionEdit } from './version-edit.ts'

const WAL_FIELD_TERMINATE = 1
const WAL_FIELD_SYNCED_SIZE = 2
const BLOB_FIELD_TERMINATE = 0

/**
 * Decodes one MANIFEST record (RocksDB: db/version_edit.cc; docs/formats/rocksdb.md §4). Byte fields are views into
 * the payload.
 * @throws DamageError
 */
export function decodeVersionEdit(payload: Uint8Array, place: Place): VersionEdit {
  const reader = new ByteReader(payload, place)
  const fields: EditField[] = []
  while (reader.remaining > 0) {
    const start = reader.position
    const tag = reader.varint32()
    const field = readField(tag, reader)
    if (fields.length === limits.manifestEditFieldsMax) reader.fail('too many fields', `at most ${fields.length}`)
    if (field !== null) fields.push(field)
    else skipUnknown(tag, start, reader)
  }
  return fields
}

/** Null for an unknown tag. */
function readField(tag: number, reader: ByteReader): EditField | null {
  switch (tag) {
    case editTag.comparator:
      return { kind: 'comparator', name: text(reader.lengthPrefixed()) }
    case editTag.logNumber:
      return { kind: 'log-number', logNumber: reader.varint64() }
    case editTag.previousLogNumber:
      return { kind: 'previous-log-number', logNumber: reader.varint64() }
    case editTag.nextFileNumber:
      return { kind: 'next-file-number', fileNumber: reader.varint64() }
    case editTag.lastSequence:
      return { kind: 'last-sequence', sequence: reader.varint64() }
    case editTag.minLogNumberToKeep:
      return { kind: 'min-log-number-to-keep', logNumber: reader.varint64() }
    case editTag.columnFamily:
      return { kind: 'column-family', id: reader.varint32() }
    case editTag.columnFamilyAdd:
      return { kind: 'column-family-add', name: text(reader.lengthPrefixed()) }
    case editTag.columnFamilyDrop:
      return { kind: 'column-family-drop' }
    case editTag.maxColumnFamily:
      return { kind: 'max-column-family', id: reader.varint32() }
    case editTag.inAtomicGroup:
      return { kind: 'in-atomic-group', remaining: reader.varint32() }
    default:
      return readFileField(tag, reader)
  }
}

function readFileField(tag: number, reader: ByteReader): EditField | null {
  switch (tag) {
    case editTag.compactCursor:
      return { kind: 'compact-cursor', level: readLevel(reader), key: readInternalKey(reader) }
    case editTag.deletedFile:
      return { kind: 'deleted-file', level: readLevel(reader), fileNumber: reader.varint64() }
    case editTag.newFile:
      return { kind: 'new-file', file: readNewFile(reader, 1) }
    case editTag.newFile2:
      return { kind: 'new-file', file: readNewFile(reader, 2) }
    case editTag.newFile3:
      return { kind: 'new-file', file: readNewFile(reader, 3) }
    case editTag.newFile4:
      return { kind: 'new-file', file: readNewFile(reader, 4) }
    case editTag.blobFileAddition:
    case editTag.oldBlobFileAddition:
      return readNewBlobFile(reader)
    case editTag.blobFileGarbage:
    case editTag.oldBlobFileGarbage:
      return readBlobGarbage(reader)
    default:
      return readNewerField(tag, reader)
  }
}

function readNewerField(tag: number, reader: ByteReader): EditField | null {
  switch (tag) {
    case editTag.databaseId:
      return { kind: 'database-id', databaseId: text(reader.lengthPrefixed()) }
    case editTag.oldWalAddition:
      return readWalAddition(reader)
    case editTag.oldWalDeletion:
      return { kind: 'wal-deletion', logNumber: reader.varint64() }
    case editTag.walAddition:
      return readWalAddition(reader.within(reader.lengthPrefixed()))
    case editTag.walDeletion:
      return { kind: 'wal-deletion', logNumber: reader.within(reader.lengthPrefixed()).varint64() }
    case editTag.fullHistoryTimestampLow: {
      const timestamp = reader.lengthPrefixed()
      if (timestamp.length === 0) reader.fail('the full history timestamp is empty')
      return { kind: 'full-history-timestamp-low', timestamp }
    }
    case editTag.persistUserDefinedTimestamps: {
      const body = reader.lengthPrefixed()
      if (body.length !== 1) reader.fail('a flag of one byte has another length', '1 byte', `${body.length} bytes`)
      return { kind: 'persist-user-defined-timestamps', isPersisted: body[0] === 1 }
    }
    case editTag.lastCompactedManifestFileSize:
      return {
        kind: 'last-compacted-manifest-file-size',
        sizeBytes: reader.within(reader.lengthPrefixed()).varint64(),
      }
    default:
      return null
  }
}

function skipUnknown(tag: number, start: number, reader: ByteReader): void {
  if ((tag & IGNORABLE_TAG_MASK) === 0) {
    reader.position = start
    reader.fail('unknown tag in a version edit', undefined, `${tag}`)
  }
  reader.lengthPrefixed()
}

function readNewBlobFile(reader: ByteReader): EditField {
  const fileNumber = reader.varint64()
  const blobCount = reader.varint64()
  const totalBytes = reader.varint64()
  const checksumMethod = text(reader.lengthPrefixed())
  const checksumValue = reader.lengthPrefixed()
  skipBlobFields(reader)
  return { kind: 'new-blob-file', file: { fileNumber, blobCount, totalBytes, checksumMethod, checksumValue } }
}

function readBlobGarbage(reader: ByteReader): EditField {
  const fileNumber = reader.varint64()
  const garbageCount = reader.varint64()
  const garbageBytes = reader.varint64()
  skipBlobFields(reader)
  return { kind: 'blob-file-garbage', fileNumber, garbageCount, garbageBytes }
}

function skipBlobFields(reader: ByteReader): void {
  for (let tag = reader.varint32(); tag !== BLOB_FIELD_TERMINATE; tag = reader.varint32()) {
    if ((tag & FIELD_MUST_BE_KNOWN_BIT) !== 0) {
      reader.fail('a blob file entry has a field that must be understood', undefined, `field ${tag}`)
    }
    reader.lengthPrefixed()
  }
}

function readWalAddition(reader: ByteReader): EditField {
  const logNumber = reader.varint64()
  let syncedSizeBytes: number | null = null
  for (let tag = reader.varint32(); tag !== WAL_FIELD_TERMINATE; tag = reader.varint32()) {
    if (tag !== WAL_FIELD_SYNCED_SIZE) reader.fail('unknown field of a log addition', undefined, `${tag}`)
    syncedSizeBytes = reader.varint64()
  }
  return { kind: 'wal-addition', logNumber, syncedSizeBytes }
}

/** Names are bytes to RocksDB; valid UTF-8 is kept readable, anything else stays distinct byte by byte. */
function text(bytes: Uint8Array): string {
  const buffer = asBuffer(bytes)
  const utf8 = buffer.toString('utf8')
  return Buffer.from(utf8, 'utf8').equals(buffer) ? utf8 : buffer.toString('latin1')
}
