import { encodeStoredEdge, encodeStoredNode } from '../../src-main/samyama/encode.ts'
import { encodeRowKey } from '../../src-main/samyama/keys.ts'
import { type BackupDirectory, type LdbStep, makeBackupDirectory } from './rocksdb-tools.ts'

const CREATED_AT_MS = Date.UTC(2026, 10, 22, 3, 0, 0)
const names = ['Ada Vos', 'Bo Lind', 'Cy Ito', 'Dee Roy', 'Eve Sato', 'Flo Berg', 'Gus Kim', 'Hal Ruiz', 'Ida Noor']
const countries = ['NL', 'SE', 'JP', 'IN', 'NO', 'KR', 'ES']

/**
 * A small graph as Samyama stores one (docs/formats/samyama.md §1), in a real database made by ldb, with three backups
 * that share files: customers and orders; more orders; some customers deleted.
 */
export function makeGraphBackups(folder: string, customerCount = 300): Promise<BackupDirectory> {
  const customers = Array.from({ length: customerCount }, (_, index) => customer(index + 1))
  const orders = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => order(from + index, customerCount))
  const placed = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => placedEdge(from + index, customerCount))
  const families: LdbStep[] = ['nodes', 'edges', 'indices'].map((name) => ({ kind: 'createFamily', name }))
  return makeBackupDirectory({
    folder,
    compression: 'lz4',
    backups: [
      [
        { kind: 'put', entries: [['samyama', 'demo']] },
        ...families,
        { kind: 'load', family: 'nodes', entries: [...customers, ...orders(0, 400)] },
        { kind: 'load', family: 'edges', entries: placed(0, 400) },
      ],
      [
        { kind: 'load', family: 'nodes', entries: orders(400, 700) },
        { kind: 'load', family: 'edges', entries: placed(400, 700) },
      ],
      [{ kind: 'delete', family: 'nodes', key: customers[2]?.[0] ?? '' }],
    ],
  })
}

type Entry = readonly [Uint8Array, Uint8Array]

function customer(id: number): Entry {
  const name = names[id % names.length] ?? ''
  const node = {
    type: 'node' as const,
    id: BigInt(id),
    labels: ['Customer'],
    properties: [
      { name: 'name', value: { type: 'string' as const, value: `${name} ${id}` } },
      { name: 'country', value: { type: 'string' as const, value: countries[id % countries.length] ?? '' } },
      { name: 'since', value: { type: 'integer' as const, value: BigInt(2010 + (id % 15)) } },
      { name: 'active', value: { type: 'boolean' as const, value: id % 3 !== 0 } },
    ],
    createdAtMs: CREATED_AT_MS + id * 1117,
    updatedAtMs: CREATED_AT_MS + id * 61_117,
  }
  return [encodeRowKey({ tenant: 'default', type: 'node', id: BigInt(id) }), encodeStoredNode(node, 'A1')]
}

const ORDER_IDS_FROM = 100_000

function order(index: number, customerCount: number): Entry {
  const id = BigInt(ORDER_IDS_FROM + index)
  const node = {
    type: 'node' as const,
    id,
    labels: ['Order'],
    properties: [
      { name: 'total', value: { type: 'float' as const, value: ((index * 7919) % 100_000) / 100 } },
      { name: 'customer', value: { type: 'integer' as const, value: BigInt((index % customerCount) + 1) } },
    ],
    createdAtMs: CREATED_AT_MS + index * 7001,
    updatedAtMs: CREATED_AT_MS + index * 7001,
  }
  return [encodeRowKey({ tenant: 'default', type: 'node', id }), encodeStoredNode(node, 'A1')]
}

function placedEdge(index: number, customerCount: number): Entry {
  const edge = {
    type: 'edge' as const,
    id: BigInt(index + 1),
    source: BigInt((index % customerCount) + 1),
    target: BigInt(ORDER_IDS_FROM + index),
    edgeType: 'PLACED',
    properties: [{ name: 'channel', value: { type: 'string' as const, value: index % 2 === 0 ? 'web' : 'shop' } }],
    createdAtMs: CREATED_AT_MS + index * 7001,
  }
  return [encodeRowKey({ tenant: 'default', type: 'edge', id: BigInt(index + 1) }), encodeStoredEdge(edge, 'A1')]
}
