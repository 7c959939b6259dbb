import { toHex } from '#base/bytes.ts'
import type { StoredEdge, StoredNode } from '../../samyama/rows.ts'
import type { LostRow } from '../lost.ts'
import { contentJson } from './content-json.ts'
import { LineFields } from './line-fields.ts'
import { propertiesFromJson } from './property-from-json.ts'
import { propertiesJson } from './property-json.ts'

/** A row as one line of JSON, from which all of it can be read again. */
export function lostLine(row: LostRow): string {
  const change = row.after === null ? 'removed' : 'changed'
  if (row.kind === 'other') {
    const { columnFamilyName, key, before, after } = row
    const contents = { before: contentJson(before), after: after === null ? null : contentJson(after) }
    return `${JSON.stringify({ kind: row.kind, change, columnFamily: columnFamilyName, key: toHex(key), ...contents })}\n`
  }
  const { kind, tenant, before, after } = row
  const id = String(before.id)
  const states = { before: stateJson(before), after: after === null ? null : stateJson(after) }
  return `${JSON.stringify({ kind, change, tenant, id, ...states })}\n`
}

function stateJson(row: StoredNode | StoredEdge): object {
  const { createdAtMs } = row
  const properties = propertiesJson(row.properties)
  if (row.type === 'node') return { labels: row.labels, properties, createdAtMs, updatedAtMs: row.updatedAtMs }
  return { edgeType: row.edgeType, source: String(row.source), target: String(row.target), properties, createdAtMs }
}

/** The node or edge that a line holds; null for a line of another kind. @throws BadLine */
export function lostRowOf(line: string): Exclude<LostRow, { kind: 'other' }> | null {
  const fields = new LineFields(JSON.parse(line))
  const kind = fields.string('kind')
  if (kind !== 'node' && kind !== 'edge') return null
  const [tenant, id] = [fields.string('tenant'), fields.bigint('id')]
  const [before, after] = [fields.value('before'), fields.value('after')]
  if (kind === 'node')
    return { kind, tenant, before: nodeOf(id, before), after: after === null ? null : nodeOf(id, after) }
  return { kind, tenant, before: edgeOf(id, before), after: after === null ? null : edgeOf(id, after) }
}

function nodeOf(id: bigint, json: unknown): StoredNode {
  const fields = new LineFields(json)
  return {
    type: 'node',
    id,
    labels: fields.list('labels').map(LineFields.text),
    properties: propertiesFromJson(fields.list('properties')),
    createdAtMs: fields.number('createdAtMs'),
    updatedAtMs: fields.number('updatedAtMs'),
  }
}

function edgeOf(id: bigint, json: unknown): StoredEdge {
  const fields = new LineFields(json)
  return {
    type: 'edge',
    id,
    source: fields.bigint('source'),
    target: fields.bigint('target'),
    edgeType: fields.string('edgeType'),
    properties: propertiesFromJson(fields.list('properties')),
    createdAtMs: fields.number('createdAtMs'),
  }
}
