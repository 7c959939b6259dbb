import { parseDatabaseFileName } from './database-file-name.ts'
import type { BackupMeta, BackupMetaField, BackupMetaFile } from './meta/backup-meta-types.ts'
import { parseDecimal } from './meta/decimal.ts'
import { parseFileLine } from './meta/file-line.ts'
import { MetaLines } from './meta/meta-lines.ts'

export type { BackupMeta, BackupMetaFile }

const SCHEMA_PREFIX = 'schema_version '
const SCHEMA_2 = /^2(\.[0-9]{1,9})?$/
const FOOTER = '// FOOTER'
const MUST_BE_KNOWN_PREFIX = 'ni::'
const HEX = /^(?:[0-9A-Fa-f]{2})*$/

/**
 * Parses the meta file of one backup, schema 1 or 2 (RocksDB: utilities/backup/backup_engine.cc;
 * docs/formats/rocksdb.md §7.2 and §7.3). Every path is checked; no two files get the same name in a database.
 * @param bytes the whole file
 * @param backupId the number that is the meta file's name
 * @param file what damages call the file
 * @throws DamageError naming the line
 */
export function parseBackupMeta(bytes: Uint8Array, backupId: number, file: string): BackupMeta {
  const lines = new MetaLines(bytes, file)
  const firstLine = lines.need('the time')
  const schemaVersion = readSchema(firstLine, lines)
  const createdAtS = readNumber(schemaVersion === 1 ? firstLine : lines.need('the time'), 'a time', lines)
  const sequence = readNumber(lines.need('the sequence number'), 'a sequence number', lines)
  const header = readHeader(lines, schemaVersion)
  const { files, hasFooter } = readFiles(lines, backupId, schemaVersion)
  const footerFields = hasFooter ? readFooter(lines) : []
  const counted = files.filter((entry) => !entry.excluded).length
  if (counted !== header.fileCount) lines.fail('wrong number of files', `${header.fileCount}`, `${counted}`)
  return {
    backupId,
    schemaVersion,
    createdAtS,
    sequence,
    appMetadata: header.appMetadata,
    files,
    headerFields: header.fields,
    footerFields,
  }
}

function readSchema(firstLine: string, lines: MetaLines): 1 | string {
  if (!firstLine.startsWith(SCHEMA_PREFIX)) return 1
  const version = firstLine.slice(SCHEMA_PREFIX.length)
  if (!SCHEMA_2.test(version)) lines.fail('unknown schema version', '2 or 2.x', version)
  return version
}

type Header = {
  readonly appMetadata: Uint8Array | null
  readonly fields: readonly BackupMetaField[]
  readonly fileCount: number
}

/** Fields up to the number of files. */
function readHeader(lines: MetaLines, schemaVersion: 1 | string): Header {
  let appMetadata: Uint8Array | null = null
  const fields: BackupMetaField[] = []
  for (;;) {
    const line = lines.need('the number of files')
    if (/^[0-9]/.test(line)) {
      return { appMetadata, fields, fileCount: readNumber(line, 'a number of files', lines) }
    }
    const field = readField(line, lines)
    if (field.name === 'metadata') {
      if (!HEX.test(field.data)) lines.fail('app metadata is not hexadecimal')
      appMetadata = new Uint8Array(Buffer.from(field.data, 'hex'))
    } else if (schemaVersion === 1) {
      lines.fail('neither a number of files nor app metadata', undefined, line)
    } else {
      fields.push(known(field, lines))
    }
  }
}

function readFiles(
  lines: MetaLines,
  backupId: number,
  schemaVersion: 1 | string,
): { files: BackupMetaFile[]; hasFooter: boolean } {
  const files: BackupMetaFile[] = []
  const seen = new Set<string>()
  for (let line = lines.next(); line !== null; line = lines.next()) {
    if (schemaVersion !== 1 && line === FOOTER) return { files, hasFooter: true }
    const entry = parseFileLine(line, backupId, schemaVersion, lines)
    const identity = fileIdentity(entry.databaseName)
    if (seen.has(identity)) lines.fail('two files would be the same file of the database', undefined, entry.path)
    seen.add(identity)
    files.push(entry)
  }
  return { files, hasFooter: false }
}

/** 000008.sst, 8.sst and 000008.ldb would be one file to the engine. */
function fileIdentity(databaseName: string): string {
  const name = parseDatabaseFileName(databaseName)
  return `${name?.kind}-${name?.fileNumber}`
}

function readFooter(lines: MetaLines): BackupMetaField[] {
  const fields: BackupMetaField[] = []
  for (let line = lines.next(); line !== null; line = lines.next()) fields.push(known(readField(line, lines), lines))
  return fields
}

function readField(line: string, lines: MetaLines): BackupMetaField {
  const space = line.indexOf(' ')
  if (space <= 0) lines.fail('not a field with a name and data', undefined, line)
  return { name: line.slice(0, space), data: line.slice(space + 1) }
}

function known(field: BackupMetaField, lines: MetaLines): BackupMetaField {
  if (field.name.startsWith(MUST_BE_KNOWN_PREFIX)) {
    lines.fail('a field that must be understood', undefined, field.name)
  }
  return field
}

function readNumber(line: string, what: string, lines: MetaLines): number {
  return parseDecimal(line, Number.MAX_SAFE_INTEGER) ?? lines.fail('not a number', what, line)
}
