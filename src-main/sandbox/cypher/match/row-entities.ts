import { AppError } from '#base/app-error.ts'
import type { Row } from '../evaluate/scope.ts'
import { type CypherValue, type EdgeValue, isList, isMap, kindText, type NodeValue } from '../values/value.ts'

/** The node that a bound variable holds; null for null. @throws AppError BAD_REQUEST for anything else */
export function nodeIn(row: Row, slot: number, variable: string): NodeValue | null {
  const value = entityIn(row, slot)
  if (value === null || value.kind === 'node') return value
  throw notA('node', variable, value)
}

/** The edge that a bound variable holds; null for null. @throws AppError BAD_REQUEST for anything else */
export function edgeIn(row: Row, slot: number, variable: string): EdgeValue | null {
  const value = entityIn(row, slot)
  if (value === null || value.kind === 'edge') return value
  throw notA('relationship', variable, value)
}

type Tagged = Extract<CypherValue, { kind: string }>

function entityIn(row: Row, slot: number): Tagged | null {
  const value = row[slot] ?? null
  if (value === null || (typeof value === 'object' && !isList(value) && !isMap(value))) return value
  throw new AppError('BAD_REQUEST', { message: `a pattern cannot begin at ${kindText(value)}` })
}

function notA(kind: string, variable: string, value: CypherValue): AppError {
  return new AppError('BAD_REQUEST', { message: `${variable} is ${kindText(value)}, not a ${kind}` })
}
