import type { Compiler } from '../evaluate/compiler.ts'
import type { Row } from '../evaluate/scope.ts'
import type { Expression, Projection } from '../syntax/syntax-tree.ts'
import { kindText } from '../values/value.ts'

export type Page = { readonly skip: number; readonly limit: number }

/**
 * SKIP and LIMIT of a projection: Infinity where there is no limit.
 * @throws AppError BAD_REQUEST when they are not integers from 0
 */
export function pageOf({ skip, limit }: Projection, compiler: Compiler): Page {
  const constants = compiler.within(compiler.scope.blank())
  return {
    skip: skip === null ? 0 : countOf(skip, 'SKIP', constants),
    limit: limit === null ? Number.POSITIVE_INFINITY : countOf(limit, 'LIMIT', constants),
  }
}

function countOf(expression: Expression, word: string, compiler: Compiler): number {
  const value = compiler.compile(expression)([])
  if (typeof value === 'bigint' && value >= 0n) return Number(value)
  const found = typeof value === 'bigint' ? String(value) : kindText(value)
  throw compiler.execution.error(expression.at, `${word} needs an integer from 0, not ${found}`)
}

/** The rows of a page. After a clause that writes, all rows are drawn, because drawing them is what writes. */
export function* pageRows(input: Iterable<Row>, { skip, limit }: Page, mustDrain: boolean): Generator<Row> {
  if (limit === 0 && !mustDrain) return
  let seen = 0
  for (const row of input) {
    seen += 1
    if (seen > skip && seen <= skip + limit) yield row
    if (seen >= skip + limit && !mustDrain) return
  }
}
