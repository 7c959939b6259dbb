import { decodeProperties } from './decode-property.ts'
import { failLine, JsonFields, type LinePlace } from './json-fields.ts'
import { isJsonObject, type JsonObject } from './json-line.ts'
import type { DroppedContent, SnapshotHeader, SnapshotRecord } from './snapshot-record.ts'

/**
 * Reads the object of a record line; `text` is the line itself. Follows docs/formats/samyama.md §3.1.
 * @throws DamageError, JsonLineError
 */
export function decodeSnapshotRecord(object: JsonObject, text: string, place: LinePlace): SnapshotRecord {
  const fields = new JsonFields(object, place)
  const kind = fields.string('t')
  if (kind === 'n') {
    return {
      type: 'node',
      id: fields.u64('id'),
      labels: fields.strings('labels'),
      properties: decodeProperties(fields.object('props')),
      createdAtMs: fields.safeInteger('created_at', 0),
      updatedAtMs: fields.safeInteger('updated_at', 0),
    }
  }
  if (kind === 'e') {
    return {
      type: 'edge',
      id: fields.u64('id'),
      source: fields.u64('src'),
      target: fields.u64('tgt'),
      edgeType: fields.string('type'),
      properties: decodeProperties(fields.object('props')),
      createdAtMs: 0,
    }
  }
  return { type: 'other', kind, text }
}

/**
 * Null when the object is the header of another format, or of a version that nobody knows.
 * Follows docs/formats/samyama.md §3.1.
 * @throws DamageError
 */
export function decodeSnapshotHeader(object: JsonObject, place: LinePlace): SnapshotHeader | null {
  const fields = new JsonFields(object, place)
  const version = fields.get('version')
  if (fields.get('format') !== 'sgsnap' || (version !== 1n && version !== 2n)) return null
  return {
    version: version === 1n ? 1 : 2,
    tenant: fields.string('tenant'),
    nodeCount: fields.count('node_count'),
    edgeCount: fields.count('edge_count'),
    labels: fields.strings('labels'),
    edgeTypes: fields.strings('edge_types'),
    createdAt: fields.string('created_at'),
    samyamaVersion: fields.string('samyama_version'),
    dropped: fields.get('dropped') === undefined ? [] : decodeDropped(fields, place),
    queries: decodeQueries(fields, place),
  }
}

function decodeDropped(fields: JsonFields, place: LinePlace): DroppedContent[] {
  return fields.list('dropped').map((item) => {
    if (!isJsonObject(item)) return failLine(place, 'the field dropped is something else', 'a list of objects')
    const entry = new JsonFields(item, place)
    return { what: entry.string('what'), count: entry.count('count'), detail: entry.string('detail') }
  })
}

function decodeQueries(fields: JsonFields, place: LinePlace): SnapshotHeader['queries'] {
  const value = fields.get('queries')
  if (value === undefined || value === null) return null
  const queries = new JsonFields(fields.object('queries'), place)
  return { file: queries.string('file'), sha256: queries.string('sha256') }
}
