import type { ByteReader } from '../byte-reader.ts'
import { type InternalKey, readInternalKey } from '../internal-key.ts'
import { FIELD_MUST_BE_KNOWN_BIT, fileField } from './edit-tag.ts'
import type { NewTableFile } from './version-edit.ts'

/** the engine's own default is 7 levels; nobody runs with more than a few dozen */
const LEVEL_MAX = 255
const PATH_ID_MAX = 3
const KNOWN_FIELDS: ReadonlySet<number> = new Set(Object.values(fileField))
const NO_FIELDS: ReadonlyMap<number, Uint8Array> = new Map()

/** @throws DamageError for a level no database has */
export function readLevel(reader: ByteReader): number {
  const start = reader.position
  const level = reader.varint32()
  if (level > LEVEL_MAX) {
    reader.position = start
    reader.fail('impossible level', `at most ${LEVEL_MAX}`, `${level}`)
  }
  return level
}

/**
 * The body of NewFile (1), NewFile2, NewFile3 and NewFile4 (RocksDB: db/version_edit.cc; docs/formats/rocksdb.md
 * §4.1 and §4.2).
 * @throws DamageError
 */
export function readNewFile(reader: ByteReader, version: 1 | 2 | 3 | 4): NewTableFile {
  const level = readLevel(reader)
  const fileNumber = reader.varint64()
  const plainPathId = version === 3 ? reader.varint32() : 0
  const sizeBytes = reader.varint64()
  const smallest = readInternalKey(reader)
  const largest = readInternalKey(reader)
  const [smallestSequence, largestSequence] = version === 1 ? [0, 0] : readSequences(reader)
  const customFields = version === 4 ? readCustomFields(reader) : NO_FIELDS
  const file = { level, fileNumber, sizeBytes, smallest, largest, smallestSequence, largestSequence }
  return withCustomFields(file, plainPathId, customFields, reader)
}

function readSequences(reader: ByteReader): [number, number] {
  return [reader.varint64(), reader.varint64()]
}

/** The fields of the format, by tag; unknown ones are left out, unless they must be understood. */
function readCustomFields(reader: ByteReader): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>()
  for (let tag = reader.varint32(); tag !== fileField.terminate; tag = reader.varint32()) {
    const body = reader.lengthPrefixed()
    if (KNOWN_FIELDS.has(tag)) fields.set(tag, body)
    else if ((tag & FIELD_MUST_BE_KNOWN_BIT) !== 0) {
      reader.fail('a file entry has a field that must be understood', undefined, `field ${tag}`)
    }
  }
  return fields
}

type PlainFile = {
  readonly level: number
  readonly fileNumber: number
  readonly sizeBytes: number
  readonly smallest: InternalKey
  readonly largest: InternalKey
  readonly smallestSequence: number
  readonly largestSequence: number
}

function withCustomFields(
  file: PlainFile,
  plainPathId: number,
  customFields: ReadonlyMap<number, Uint8Array>,
  reader: ByteReader,
): NewTableFile {
  const number = (tag: number): number | null => varintField(customFields.get(tag), reader)
  const byte = (tag: number): number | null => byteField(customFields.get(tag), reader)
  const checksumFunction = customFields.get(fileField.fileChecksumFunction)
  const pathId = byte(fileField.pathId) ?? plainPathId
  if (pathId > PATH_ID_MAX) reader.fail('impossible path id', `at most ${PATH_ID_MAX}`, `${pathId}`)
  return {
    ...file,
    pathId,
    minLogNumberToKeep: fixedField(customFields.get(fileField.minLogNumberToKeep), reader),
    oldestBlobFileNumber: number(fileField.oldestBlobFileNumber),
    oldestAncestorTimeS: number(fileField.oldestAncestorTime),
    creationTimeS: number(fileField.fileCreationTime),
    fileChecksum: customFields.get(fileField.fileChecksum) ?? null,
    fileChecksumFunction: checksumFunction === undefined ? null : Buffer.from(checksumFunction).toString('latin1'),
    temperature: byte(fileField.temperature),
    uniqueId: customFields.get(fileField.uniqueId) ?? null,
    epochNumber: number(fileField.epochNumber),
    tailSizeBytes: number(fileField.tailSize),
    timestampsPersisted: byte(fileField.userDefinedTimestampsPersisted) !== 0,
    customFields,
  }
}

function varintField(body: Uint8Array | undefined, owner: ByteReader): number | null {
  return body === undefined ? null : owner.within(body).varint64()
}

function fixedField(body: Uint8Array | undefined, owner: ByteReader): number | null {
  return body === undefined ? null : owner.within(body).fixed64()
}

function byteField(body: Uint8Array | undefined, owner: ByteReader): number | null {
  if (body === undefined) return null
  if (body.length !== 1) owner.fail('a field of one byte has another length', '1 byte', `${body.length} bytes`)
  return body[0] ?? 0
}
