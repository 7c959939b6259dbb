import type { InternalKey } from '../../../src-main/rocksdb/internal-key.ts'
import type { EditField, NewTableFile, VersionEdit } from '../../../src-main/rocksdb/manifest/version-edit.ts'
import { upperHex } from './rows.ts'

const MAX_SEQUENCE = (1n << 56n) - 1n

/** RocksDB prints an edit in an order of its own; what ldb 7.8 does not print is left out. */
const ORDER: readonly EditField['kind'][] = [
  'database-id',
  'comparator',
  'log-number',
  'previous-log-number',
  'next-file-number',
  'max-column-family',
  'min-log-number-to-keep',
  'last-sequence',
  'compact-cursor',
  'deleted-file',
  'new-file',
  'new-blob-file',
  'blob-file-garbage',
  'wal-addition',
  'wal-deletion',
  'column-family',
  'column-family-add',
  'column-family-drop',
  'in-atomic-group',
]

/** An edit as `ldb manifest_dump --verbose --hex` prints it (RocksDB: db/version_edit.cc, DebugString), trimmed. */
export function editLines(edit: VersionEdit): string[] {
  const family: VersionEdit = edit.some(({ kind }) => kind === 'column-family')
    ? []
    : [{ kind: 'column-family', id: 0 }]
  const fields = [...edit, ...family]
  return ['VersionEdit {', ...ORDER.flatMap((kind) => fields.filter((field) => field.kind === kind).map(fieldText))]
}

function fieldText(field: EditField): string {
  switch (field.kind) {
    case 'database-id':
      return `DB ID: ${field.databaseId}`
    case 'comparator':
      return `Comparator: ${field.name}`
    case 'log-number':
      return `LogNumber: ${field.logNumber}`
    case 'previous-log-number':
      return `PrevLogNumber: ${field.logNumber}`
    case 'next-file-number':
      return `NextFileNumber: ${field.fileNumber}`
    case 'max-column-family':
      return `MaxColumnFamily: ${field.id}`
    case 'min-log-number-to-keep':
      return `MinLogNumberToKeep: ${field.logNumber}`
    case 'last-sequence':
      return `LastSeq: ${field.sequence}`
    case 'compact-cursor':
      return `CompactCursor: ${field.level} ${keyText(field.key)}`
    case 'deleted-file':
      return `DeleteFile: ${field.level} ${field.fileNumber}`
    case 'new-file':
      return `AddFile: ${tableText(field.file)}`
    case 'new-blob-file': {
      const { fileNumber, blobCount, totalBytes, checksumMethod, checksumValue } = field.file
      const checksum = `checksum_method: ${checksumMethod} checksum_value: ${upperHex(checksumValue)}`
      const counts = `total_blob_count: ${blobCount} total_blob_bytes: ${totalBytes}`
      return `BlobFileAddition: blob_file_number: ${fileNumber} ${counts} ${checksum}`.trim()
    }
    case 'blob-file-garbage': {
      const counts = `garbage_blob_count: ${field.garbageCount} garbage_blob_bytes: ${field.garbageBytes}`
      return `BlobFileGarbage: blob_file_number: ${field.fileNumber} ${counts}`
    }
    case 'wal-addition': {
      const size = field.syncedSizeBytes === null ? '' : ` synced_size_in_bytes: ${field.syncedSizeBytes}`
      return `WalAddition: log_number: ${field.logNumber}${size}`
    }
    case 'wal-deletion':
      return `WalDeletion: log_number: ${field.logNumber}`
    case 'column-family':
      return `ColumnFamily: ${field.id}`
    case 'column-family-add':
      return `ColumnFamilyAdd: ${field.name}`
    case 'column-family-drop':
      return 'ColumnFamilyDrop'
    case 'in-atomic-group':
      return `AtomicGroup: ${field.remaining} entries remains`
    default:
      return field.kind
  }
}

/** What stands for a range deletion's end is kept as the largest safe integer. */
function keyText({ userKey, sequence, type }: InternalKey): string {
  const stored = sequence === Number.MAX_SAFE_INTEGER ? MAX_SEQUENCE : sequence
  return `'${upperHex(userKey)}' seq:${stored}, type:${type}`
}

function tableText(file: NewTableFile): string {
  const { level, fileNumber, sizeBytes, oldestBlobFileNumber, fileChecksum, uniqueId } = file
  return [
    `${level} ${fileNumber} ${sizeBytes} ${keyText(file.smallest)} .. ${keyText(file.largest)}`,
    oldestBlobFileNumber === null ? '' : ` blob_file:${oldestBlobFileNumber}`,
    ` oldest_ancester_time:${file.oldestAncestorTimeS ?? 0} file_creation_time:${file.creationTimeS ?? 0}`,
    ` file_checksum:${fileChecksum === null ? '' : upperHex(fileChecksum)}`,
    ` file_checksum_func_name: ${file.fileChecksumFunction ?? 'Unknown'}`,
    uniqueId === null ? '' : ` unique_id(internal): {${numbersOf(uniqueId).join(',')}}`,
  ].join('')
}

function numbersOf(uniqueId: Uint8Array): bigint[] {
  const bytes = Buffer.from(uniqueId)
  return [bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8)]
}
