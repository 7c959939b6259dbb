import { unreachable } from '#base/assert.ts'
import { DamageError } from '#base/damage.ts'
import { BincodeReader } from '../bincode-reader.ts'
import { readPropertyMap } from '../property-reader.ts'
import type { PropertyEntry } from '../property-value.ts'
import type { Layout } from '../variants.ts'
import { type LogEntry, logEntryTypes } from './log-entry.ts'

const STRING_LENGTH_BYTES = 8

/**
 * Reads a WalEntry; every byte must belong to it. Its property bytes share the memory of `bytes`.
 * Follows docs/formats/samyama.md §2.2.
 * @param file what damages call the log
 * @param offsetBytes where the entry starts in it
 * @throws DamageError
 */
export function decodeLogEntry(file: string, bytes: Uint8Array, offsetBytes: number): LogEntry {
  const reader = new BincodeReader(file, bytes, offsetBytes)
  const entry = readEntry(reader, bytes)
  reader.expectEnd('log entry')
  return entry
}

/** The properties of an entry; null when the bytes are no map in that layout. */
export function decodeLogProperties(bytes: Uint8Array, layout: Layout): readonly PropertyEntry[] | null {
  const reader = new BincodeReader('properties', bytes)
  try {
    const properties = readPropertyMap(reader, layout)
    reader.expectEnd('properties')
    return properties
  } catch (error) {
    if (error instanceof DamageError) return null
    throw error
  }
}

function readEntry(reader: BincodeReader, bytes: Uint8Array): LogEntry {
  const variant = reader.u32('entry variant')
  const type = logEntryTypes[variant]
  switch (type) {
    case undefined:
      return reader.fail('entry variant', 'unknown', `less than ${logEntryTypes.length}`, String(variant))
    case 'createNode':
      return {
        type,
        tenant: reader.string('tenant'),
        nodeId: reader.u64('node id'),
        labels: readLabels(reader),
        properties: readBytes(reader, bytes),
      }
    case 'createEdge':
      return {
        type,
        tenant: reader.string('tenant'),
        edgeId: reader.u64('edge id'),
        source: reader.u64('source'),
        target: reader.u64('target'),
        edgeType: reader.string('edge type'),
        properties: readBytes(reader, bytes),
      }
    case 'deleteNode':
      return { type, tenant: reader.string('tenant'), nodeId: reader.u64('node id') }
    case 'deleteEdge':
      return { type, tenant: reader.string('tenant'), edgeId: reader.u64('edge id') }
    case 'updateNodeProperties':
      return { type, tenant: reader.string('tenant'), nodeId: reader.u64('node id'), ...readUpdate(reader, bytes) }
    case 'updateEdgeProperties':
      return { type, tenant: reader.string('tenant'), edgeId: reader.u64('edge id'), ...readUpdate(reader, bytes) }
    case 'checkpoint':
      return { type, sequence: reader.u64('checkpoint sequence'), timestampSeconds: reader.i64('timestamp') }
    default:
      return unreachable(type)
  }
}

/** Releases before 1.0.0 ended the entry behind the properties. */
function readUpdate(reader: BincodeReader, bytes: Uint8Array): { properties: Uint8Array; version: bigint | null } {
  const properties = readBytes(reader, bytes)
  return { properties, version: reader.remainingBytes === 0 ? null : reader.u64('version') }
}

function readLabels(reader: BincodeReader): string[] {
  const labels: string[] = []
  const count = reader.count(STRING_LENGTH_BYTES, 'labels')
  for (let index = 0; index < count; index += 1) labels.push(reader.string('label'))
  return labels
}

function readBytes(reader: BincodeReader, bytes: Uint8Array): Uint8Array {
  const sizeBytes = reader.nested('properties').remainingBytes
  const end = bytes.byteLength - reader.remainingBytes
  return bytes.subarray(end - sizeBytes, end)
}
