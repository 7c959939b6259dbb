import type { Row } from '../evaluate/scope.ts'
import type { CypherValue } from '../values/value.ts'

/**
 * A row that is kept while the graph changes: what was read of its entities is left behind, for it would be out of date
 * and hold memory.
 */
export function keptRow(row: Row): Row {
  return row.map(withoutSnapshot)
}

function withoutSnapshot(value: CypherValue): CypherValue {
  if (value === null || typeof value !== 'object' || !('kind' in value)) return value
  if (value.kind !== 'node' && value.kind !== 'edge') return value
  return value.snapshot === null ? value : { ...value, snapshot: null }
}
