import { AppError } from '#base/app-error.ts'
import { printableText, toHex } from '#base/bytes.ts'
import { DamageError } from '#base/damage.ts'
import { parseRowKey } from '../../samyama/keys.ts'
import { decodeStoredRow } from '../../samyama/rows.ts'
import { WRITTEN_GENERATION } from '../graph/entities.ts'
import { MemoryGraph } from '../graph/memory-graph.ts'
import type { Database } from './database.ts'

const ID_MAX = BigInt(Number.MAX_SAFE_INTEGER)

/**
 * Every graph of a database, by name. Each row is read to its last byte: what a query would stumble over later is told now.
 * @throws AppError DAMAGED
 */
export async function loadGraphs(database: Database): Promise<Map<string, MemoryGraph>> {
  const graphs = new Map<string, MemoryGraph>()
  for (const family of ['nodes', 'edges'] as const) {
    for await (const { key, value } of database.rows(family)) loadRow(graphs, family, key, value)
  }
  return graphs
}

function loadRow(
  graphs: Map<string, MemoryGraph>,
  family: 'nodes' | 'edges',
  key: Uint8Array,
  value: Uint8Array,
): void {
  const rowKey = parseRowKey(key)
  if (rowKey === null || (rowKey.type === 'node') !== (family === 'nodes')) {
    throw damaged(family, key, 'not the key of a row', null)
  }
  if (rowKey.id > ID_MAX) throw damaged(family, key, 'an id beyond 2^53', null)
  const row = decoded(family, rowKey, key, value)
  let graph = graphs.get(rowKey.tenant)
  if (graph === undefined) {
    graph = new MemoryGraph()
    graphs.set(rowKey.tenant, graph)
  }
  if (row.type === 'node') graph.loadNode(row, value)
  else if (!graph.loadEdge(row, value)) {
    throw damaged(family, key, `an edge between nodes ${row.source} and ${row.target}, which are not both there`, null)
  }
}

function decoded(
  family: string,
  rowKey: NonNullable<ReturnType<typeof parseRowKey>>,
  key: Uint8Array,
  value: Uint8Array,
): ReturnType<typeof decodeStoredRow> {
  try {
    return decodeStoredRow(rowKey, value, WRITTEN_GENERATION)
  } catch (cause) {
    if (cause instanceof DamageError) throw damaged(family, key, cause.damage.problem, cause)
    throw cause
  }
}

function damaged(family: string, key: Uint8Array, problem: string, cause: DamageError | null): AppError {
  const facts = {
    message: `a row of the column family ${family} cannot be used: ${problem}`,
    subject: printableText(key) ?? `0x${toHex(key)}`,
    unharmed: 'Nothing was changed.',
    nextStep: 'Look into the database with "lifeboat rows", or restore a backup.',
  }
  return new AppError('DAMAGED', facts, cause === null ? undefined : { cause })
}
