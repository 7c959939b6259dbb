import type { ByteSource } from '#base/byte-source.ts'
import { walkLog } from '../../../src-main/rocksdb/log/walk-log.ts'
import type { EditField } from '../../../src-main/rocksdb/manifest/version-edit.ts'
import { decodeWriteBatch } from '../../../src-main/rocksdb/wal/write-batch.ts'

const OPERATION_NAMES = new Map([
  [0x00, 'Del'],
  [0x01, 'Put'],
  [0x02, 'Merge'],
  [0x07, 'SDel'],
  [0x0f, 'RangeDel'],
  [0x11, 'BlobIndex'],
  [0x16, 'Entity'],
  [0x18, 'TimedPut'],
])
const MARKER_NAMES = new Map([
  [0x09, 'BeginPrepare'],
  [0x0a, 'EndPrepare'],
  [0x0b, 'Commit'],
  [0x0c, 'Rollback'],
  [0x0d, 'Noop'],
  [0x12, 'BeginPersistedPrepare'],
])

/** A WAL as expected_wal.txt shows it. */
export function walText(source: ByteSource, logNumber: number | null): string[] {
  const lines: string[] = []
  let records = 0
  walkLog(
    source,
    { logNumber },
    {
      record(payload, offsetBytes) {
        records += 1
        if (lines.length < 25) lines.push(batchText(payload, offsetBytes))
      },
      compression: (isCompressed, offsetBytes) => lines.push(`@${offsetBytes} SetCompression ${isCompressed ? 7 : 0}`),
      timestampSizes: (sizes, offsetBytes) =>
        lines.push(
          `@${offsetBytes} UDT [${sizes.map(({ columnFamilyId, sizeBytes }) => `(${columnFamilyId}, ${sizeBytes})`).join(', ')}]`,
        ),
      predecessor: ({ logNumber: number, sizeBytes, sequence }, offsetBytes) =>
        lines.push(`@${offsetBytes} PredWAL (${number}, ${sizeBytes}, ${sequence})`),
    },
  )
  return [...lines, `   total logical records: ${records}`]
}

function batchText(payload: Uint8Array, offsetBytes: number): string {
  const parts: string[] = []
  const place = { file: 'golden', structure: 'write batch', offsetBytes: null }
  const header = decodeWriteBatch(payload, place, {
    operation(type, columnFamilyId, _sequence, key, value) {
      const name = `${columnFamilyId === 0 ? '' : 'CF'}${OPERATION_NAMES.get(type)} ${columnFamilyId}`
      const hasValue = type !== 0x00 && type !== 0x07
      parts.push(hasValue ? `${name} ${shortText(key)} ${shortText(value)}` : `${name} ${shortText(key)}`)
    },
    marker(type, transactionId) {
      const name = MARKER_NAMES.get(type) ?? `marker ${type}`
      parts.push(transactionId.length === 0 ? name : `${name} ${shortText(transactionId)}`)
    },
    logData: (data) => parts.push(`LogData ${shortText(data)}`),
  })
  return `@${offsetBytes} seq=${header.sequence} count=${header.count}: ${parts.join(' | ')}`
}

function shortText(bytes: Uint8Array): string {
  const text = [...bytes.subarray(0, 100)].map(escapeByte).join('')
  const shown = bytes.length > 60 ? `${text.slice(0, 40)}...(${bytes.length} bytes)` : text
  return `'${shown.replaceAll('\\', '\\\\')}'`
}

function escapeByte(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`
}

/** An edit as expected_manifest.txt shows it. */
export function editText(fields: readonly EditField[], offsetBytes: number): string {
  return `@${offsetBytes} [${fields.map(fieldText).join(', ')}]`
}

function fieldText(field: EditField): string {
  switch (field.kind) {
    case 'comparator':
      return tuple('comparator', python(field.name))
    case 'log-number':
      return tuple('log', field.logNumber)
    case 'previous-log-number':
      return tuple('prevlog', field.logNumber)
    case 'next-file-number':
      return tuple('next', field.fileNumber)
    case 'last-sequence':
      return tuple('lastseq', field.sequence)
    case 'deleted-file':
      return tuple('del', field.level, field.fileNumber)
    case 'min-log-number-to-keep':
      return tuple('minlog', field.logNumber)
    case 'column-family':
      return tuple('cf', field.id)
    case 'column-family-add':
      return tuple('cfadd', python(field.name))
    case 'column-family-drop':
      return "('cfdrop',)"
    case 'max-column-family':
      return tuple('maxcf', field.id)
    case 'in-atomic-group':
      return tuple('atomic', field.remaining)
    case 'database-id':
      return tuple('dbid', python(field.databaseId))
    case 'wal-addition':
      return tuple('waladd', field.logNumber, field.syncedSizeBytes ?? 'None')
    case 'wal-deletion':
      return tuple('waldel', field.logNumber)
    case 'persist-user-defined-timestamps':
      return tuple('persist_udt', python(field.isPersisted ? '\x01' : '\x00'))
    case 'last-compacted-manifest-file-size':
      return tuple('compacted_size', field.sizeBytes)
    case 'new-blob-file': {
      const { fileNumber, blobCount, totalBytes, checksumMethod, checksumValue } = field.file
      return tuple('blobadd', fileNumber, blobCount, totalBytes, python(checksumMethod), python(checksumValue))
    }
    case 'blob-file-garbage':
      return tuple('blobgarbage', field.fileNumber, field.garbageCount, field.garbageBytes)
    case 'new-file': {
      const { file } = field
      const custom = [...file.customFields].map(([tag, body]) => `${tag}: ${python(body)}`).join(', ')
      const bounds = [file.smallest, file.largest].map(
        ({ userKey, sequence, type }) => `(${python(userKey)}, ${sequence}, ${type})`,
      )
      const sequences = [file.smallestSequence, file.largestSequence]
      return tuple('new4', file.level, file.fileNumber, file.sizeBytes, ...bounds, ...sequences, `{${custom}}`)
    }
    default:
      return `unexpected ${field.kind}`
  }
}

function tuple(name: string, ...parts: readonly (string | number)[]): string {
  return `('${name}', ${parts.join(', ')})`
}

/** The repr of Python bytes. */
function python(bytes: Uint8Array | string): string {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes)
  const quote = buffer.includes("'") && !buffer.includes('"') ? '"' : "'"
  const named = new Map([
    [0x09, '\\t'],
    [0x0a, '\\n'],
    [0x0d, '\\r'],
    [0x5c, '\\\\'],
  ])
  const escaped = (byte: number): string =>
    named.get(byte) ?? (String.fromCharCode(byte) === quote ? `\\${quote}` : escapeByte(byte))
  return `b${quote}${[...buffer].map(escaped).join('')}${quote}`
}
