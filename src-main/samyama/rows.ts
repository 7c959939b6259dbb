import { DamageError } from '#base/damage.ts'
import { BincodeReader } from './bincode-reader.ts'
import type { RowKey } from './keys.ts'
import { readPropertyMap } from './property-reader.ts'
import type { PropertyEntry } from './property-value.ts'
import type { Layout } from './variants.ts'

/** A row of the column family `nodes`. Times are Unix milliseconds; 0 means that nobody recorded them. */
export type StoredNode = {
  readonly type: 'node'
  readonly id: bigint
  readonly labels: readonly string[]
  readonly properties: readonly PropertyEntry[]
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** A row of the column family `edges`, which records no time of change. */
export type StoredEdge = {
  readonly type: 'edge'
  readonly id: bigint
  readonly source: bigint
  readonly target: bigint
  readonly edgeType: string
  readonly properties: readonly PropertyEntry[]
  readonly createdAtMs: number
}

const STRING_LENGTH_BYTES = 8

/**
 * Reads the row that belongs to a key. The engine does not compare the id of the key with that of the value; here
 * they must agree.
 * @throws DamageError
 */
export function decodeStoredRow(key: RowKey, value: Uint8Array, layout: Layout): StoredNode | StoredEdge {
  const row = key.type === 'node' ? decodeStoredNode(value, layout) : decodeStoredEdge(value, layout)
  if (row.id === key.id) return row
  throw new DamageError({
    file: key.type === 'node' ? 'nodes' : 'edges',
    offsetBytes: 0,
    structure: `${key.type} id`,
    problem: 'not the id in the key',
    expected: String(key.id),
    found: String(row.id),
  })
}

/**
 * Reads a StoredNode; every byte must belong to it. Follows docs/formats/samyama.md §1.5.
 * @throws DamageError
 */
export function decodeStoredNode(value: Uint8Array, layout: Layout): StoredNode {
  const reader = new BincodeReader('nodes', value)
  const id = reader.u64('node id')
  const labels = readLabelList(reader)
  const properties = readProperties(reader, layout)
  const createdAtMs = reader.safeI64('created_at')
  const updatedAtMs = reader.safeI64('updated_at')
  reader.expectEnd('node')
  return { type: 'node', id, labels, properties, createdAtMs, updatedAtMs }
}

/**
 * Reads a StoredEdge; every byte must belong to it. Follows docs/formats/samyama.md §1.5.
 * @throws DamageError
 */
export function decodeStoredEdge(value: Uint8Array, layout: Layout): StoredEdge {
  const reader = new BincodeReader('edges', value)
  const id = reader.u64('edge id')
  const source = reader.u64('source')
  const target = reader.u64('target')
  const edgeType = reader.string('edge type')
  const properties = readProperties(reader, layout)
  const createdAtMs = reader.safeI64('created_at')
  reader.expectEnd('edge')
  return { type: 'edge', id, source, target, edgeType, properties, createdAtMs }
}

/** The labels of a StoredNode; what follows them is not looked at. @throws DamageError */
export function readLabels(value: Uint8Array): string[] {
  const reader = new BincodeReader('nodes', value)
  reader.u64('node id')
  return readLabelList(reader)
}

/** The type of a StoredEdge; what follows it is not looked at. @throws DamageError */
export function readEdgeType(value: Uint8Array): string {
  const reader = new BincodeReader('edges', value)
  for (const what of ['edge id', 'source', 'target']) reader.u64(what)
  return reader.string('edge type')
}

function readLabelList(reader: BincodeReader): string[] {
  const labels: string[] = []
  const labelCount = reader.count(STRING_LENGTH_BYTES, 'labels')
  for (let index = 0; index < labelCount; index += 1) labels.push(reader.string('label'))
  return labels
}

function readProperties(reader: BincodeReader, layout: Layout): PropertyEntry[] {
  const nested = reader.nested('properties')
  const properties = readPropertyMap(nested, layout)
  nested.expectEnd('properties')
  return properties
}
