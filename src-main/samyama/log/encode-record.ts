import { unreachable } from '#base/assert.ts'
import { BincodeWriter } from '../bincode-writer.ts'
import { type LogEntry, logEntryTypes, type RecordForm } from './log-entry.ts'
import {
  CHECKSUM_BYTES,
  CRC32_FORM,
  entryAt,
  FORM_BIT,
  LENGTH_BYTES,
  recordChecksum,
  sequenceAt,
} from './record-frame.ts'

/** The bytes of a whole record, as an engine writes it. Follows docs/formats/samyama.md §2.2 and §2.4. */
export function encodeLogicalRecord(entry: LogEntry, sequence: bigint, form: RecordForm): Uint8Array {
  const entryBytes = encodeEntry(entry)
  const bodyBytes = entryAt(form) + entryBytes.byteLength + CHECKSUM_BYTES
  const frame = new Uint8Array(LENGTH_BYTES + bodyBytes)
  const view = new DataView(frame.buffer)
  view.setUint32(0, form === 'crc32' ? bodyBytes + FORM_BIT : bodyBytes, true)
  if (form === 'crc32') view.setUint8(LENGTH_BYTES, CRC32_FORM)
  view.setBigUint64(LENGTH_BYTES + sequenceAt(form), sequence, true)
  frame.set(entryBytes, LENGTH_BYTES + entryAt(form))
  const checksumAt = frame.byteLength - CHECKSUM_BYTES
  view.setUint32(checksumAt, recordChecksum(form, frame.subarray(LENGTH_BYTES, checksumAt)), true)
  return frame
}

function encodeEntry(entry: LogEntry): Uint8Array {
  const writer = new BincodeWriter().u32(logEntryTypes.indexOf(entry.type))
  switch (entry.type) {
    case 'createNode':
      writer.string(entry.tenant).u64(entry.nodeId).count(entry.labels.length)
      for (const label of entry.labels) writer.string(label)
      return writer.bytes(entry.properties).finish()
    case 'createEdge':
      writer.string(entry.tenant).u64(entry.edgeId).u64(entry.source).u64(entry.target)
      return writer.string(entry.edgeType).bytes(entry.properties).finish()
    case 'deleteNode':
      return writer.string(entry.tenant).u64(entry.nodeId).finish()
    case 'deleteEdge':
      return writer.string(entry.tenant).u64(entry.edgeId).finish()
    case 'updateNodeProperties':
      writer.string(entry.tenant).u64(entry.nodeId).bytes(entry.properties)
      return withVersion(writer, entry.version).finish()
    case 'updateEdgeProperties':
      writer.string(entry.tenant).u64(entry.edgeId).bytes(entry.properties)
      return withVersion(writer, entry.version).finish()
    case 'checkpoint':
      return writer.u64(entry.sequence).i64(entry.timestampSeconds).finish()
    default:
      return unreachable(entry)
  }
}

function withVersion(writer: BincodeWriter, version: bigint | null): BincodeWriter {
  return version === null ? writer : writer.u64(version)
}
