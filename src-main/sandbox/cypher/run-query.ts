import { AppError } from '#base/app-error.ts'
import { type ChangeCounts, Execution, type QueryOptions } from './evaluate/execution.ts'
import { type Row, Scope } from './evaluate/scope.ts'
import { compileClauses } from './run/compile-clauses.ts'
import { compilerFor } from './run/compile-projection.ts'
import { countedNodes } from './run/count-nodes.ts'
import { settled } from './run/settled-value.ts'
import { queryError } from './syntax/query-error.ts'
import type { Query, SingleQuery } from './syntax/syntax-tree.ts'
import { groupKeyOf } from './values/group-key.ts'
import type { CypherValue } from './values/value.ts'
import { ValueProblem } from './values/value-problem.ts'

export type QueryResult = {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly CypherValue[])[]
  readonly counts: Readonly<ChangeCounts>
}

/**
 * Runs a query on a graph. When it fails part-way, what it changed stays changed: the caller undoes it.
 * @throws AppError BAD_REQUEST (with the place in the query), LIMIT_EXCEEDED, or what checkpoint and graph throw
 */
export function runQuery(query: Query, options: QueryOptions): QueryResult {
  try {
    const execution = new Execution(query.text, { ...options, parameters: parametersOf(query, options) })
    const compiled = query.parts.map((part) => compilePart(part, execution))
    const columns = commonColumns(query, compiled)
    const answer = new Answer(execution, query.parts.length > 1 && query.union === 'distinct')
    for (const part of compiled) for (const row of part.run()) if (part.columns.length > 0) answer.add(row)
    return { columns, rows: answer.rows, counts: execution.counts }
  } catch (error) {
    if (error instanceof ValueProblem) throw new AppError('BAD_REQUEST', { message: error.message }, { cause: error })
    throw error
  }
}

type CompiledPart = { readonly columns: readonly string[]; readonly run: () => Iterable<Row> }

function compilePart(part: SingleQuery, execution: Execution): CompiledPart {
  const counted = countedNodes(part, execution.graph)
  if (counted !== null) return { columns: [counted.column], run: () => [[counted.count]] }
  const { operators, columns } = compileClauses(part, execution)
  const start: Iterable<Row> = [[]]
  return { columns, run: () => operators.reduce((rows, operator) => operator(rows), start) }
}

/** Parameters given beside the query win over those in front of it. */
function parametersOf(query: Query, options: QueryOptions): ReadonlyMap<string, CypherValue> {
  const compiler = compilerFor(new Execution(query.text, options), Scope.of([]))
  const parameters = new Map<string, CypherValue>()
  for (const { name, value } of query.parameters) parameters.set(name, compiler.compile(value)([]))
  for (const [name, value] of options.parameters) parameters.set(name, value)
  return parameters
}

function commonColumns({ text, parts }: Query, compiled: readonly CompiledPart[]): readonly string[] {
  const columns = compiled[0]?.columns ?? []
  for (const [index, part] of compiled.entries())
    if (part.columns.length !== columns.length || part.columns.some((column, place) => column !== columns[place]))
      throw queryError(text, parts[index]?.clauses.at(-1)?.at ?? 0, 'all parts of a UNION must have the same columns')
  return columns
}

/** Collects the rows of the answer, up to the limit. */
class Answer {
  readonly rows: CypherValue[][] = []
  readonly #execution: Execution
  readonly #seen: Set<string> | null

  constructor(execution: Execution, isDistinct: boolean) {
    this.#execution = execution
    this.#seen = isDistinct ? new Set() : null
  }

  add(row: Row): void {
    if (this.#seen !== null) {
      const key = groupKeyOf(row)
      if (this.#seen.has(key)) return
      this.#seen.add(key)
    }
    const { rowsMax } = this.#execution.options.limits
    if (this.rows.length >= rowsMax)
      throw new AppError('LIMIT_EXCEEDED', {
        message: `the answer has more than ${rowsMax} rows`,
        nextStep: 'Add LIMIT to the query, or ask for a count.',
      })
    this.rows.push(row.map((value) => settled(value, this.#execution)))
  }
}
