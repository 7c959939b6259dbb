import type { Row } from '../evaluate/scope.ts'
import { type CypherValue, isList } from '../values/value.ts'

/** True when the edge lies in one of the slots: a pattern goes over no relationship twice. */
export function isEdgeUsed(row: Row, slots: readonly number[], edgeId: number): boolean {
  for (const slot of slots) if (holdsEdge(row[slot] ?? null, edgeId)) return true
  return false
}

function holdsEdge(value: CypherValue, edgeId: number): boolean {
  if (value === null || typeof value !== 'object') return false
  if (isList(value)) return value.some((item) => holdsEdge(item, edgeId))
  return 'kind' in value && value.kind === 'edge' && value.id === edgeId
}
