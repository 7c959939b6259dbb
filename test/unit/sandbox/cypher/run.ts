import { AppError } from '../../../../src-main/base/app-error.ts'
import type { QueryLimits } from '../../../../src-main/sandbox/cypher/evaluate/execution.ts'
import { type QueryResult, runQuery } from '../../../../src-main/sandbox/cypher/run-query.ts'
import { parseQuery } from '../../../../src-main/sandbox/cypher/syntax/parse-query.ts'
import type { CypherValue } from '../../../../src-main/sandbox/cypher/values/value.ts'
import { MemoryGraph } from './memory-graph.ts'

/** 2024-02-29T12:30:00.123456Z */
const NOW_US = 1_709_209_800_123_456

const wide: QueryLimits = { rowsMax: 100_000, expansionsMax: 10_000_000, checkpoint: () => {} }

export type Given = {
  readonly graph?: MemoryGraph
  readonly parameters?: Readonly<Record<string, CypherValue>>
  readonly limits?: Partial<QueryLimits>
}

export function run(text: string, given: Given = {}): QueryResult {
  return runQuery(parseQuery(text), {
    graph: given.graph ?? new MemoryGraph(),
    parameters: new Map(Object.entries(given.parameters ?? {})),
    nowUs: NOW_US,
    random: () => 0.25,
    limits: { ...wide, ...given.limits },
  })
}

/** Rows with nodes as `n0`, relationships as `r0`, paths as `n0-r0-n1`: everything else as it is. */
export function rows(text: string, given: Given = {}): unknown[][] {
  return run(text, given).rows.map((row) => row.map(plain))
}

/** The only cell of the only row. */
export function value(text: string, given: Given = {}): unknown {
  const found = rows(text, given)
  if (found.length !== 1 || found[0]!.length !== 1)
    throw new Error(`not one cell: ${JSON.stringify(found, textOfBigint)}`)
  return found[0]![0]
}

function textOfBigint(_name: string, field: unknown): unknown {
  return typeof field === 'bigint' ? `${field}n` : field
}

function plain(cell: CypherValue): unknown {
  if (cell === null || typeof cell !== 'object') return cell
  if (Array.isArray(cell)) return cell.map(plain)
  if (cell instanceof Map) return Object.fromEntries([...cell].map(([name, item]) => [name, plain(item)]))
  if (!('kind' in cell)) throw new Error('no such value')
  if (cell.kind === 'node') return `n${cell.id}`
  if (cell.kind === 'edge') return `r${cell.id}`
  if (cell.kind === 'stored') return cell.value
  return cell.nodes
    .map((node, index) => (index === 0 ? `n${node.id}` : `r${cell.edges[index - 1]!.id}-n${node.id}`))
    .join('-')
}

/** Code and message of the AppError that a query must end in. */
export function failure(text: string, given: Given = {}): string {
  try {
    run(text, given)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return `${error.code} ${error.message}`
  }
  throw new Error(`no error: ${text}`)
}

/** A graph made by queries. */
export function graphOf(...queries: readonly string[]): MemoryGraph {
  const graph = new MemoryGraph()
  for (const query of queries) run(query, { graph })
  return graph
}
