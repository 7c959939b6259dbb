import type { Execution } from '../evaluate/execution.ts'
import { Scope } from '../evaluate/scope.ts'
import type { Operator } from '../match/match-types.ts'
import { isWritingClause } from '../syntax/check-clauses.ts'
import type { Clause, SingleQuery } from '../syntax/syntax-tree.ts'
import { compileCreate } from '../write/compile-create.ts'
import { compileMerge } from '../write/compile-merge.ts'
import { compileRemove, compileSet } from '../write/compile-set.ts'
import { compileDelete } from '../write/delete-entities.ts'
import { compileProjection, compilerFor } from './compile-projection.ts'
import { compileFilter, compileMatchClause, compileUnwind } from './reading-operators.ts'
import { deletingOperator, mergingOperator, type WritingPlace, writingOperator } from './writing-operators.ts'

export type CompiledQuery = { readonly operators: readonly Operator[]; readonly columns: readonly string[] }

/** Clauses that never look at the graph: what follows them may write while they still give rows. */
const blindKinds: ReadonlySet<Clause['kind']> = new Set(['unwind', 'create'])

/**
 * Makes operators of all clauses before the first of them runs, so that a wrong query changes nothing.
 * @throws AppError BAD_REQUEST
 */
export function compileClauses({ clauses }: SingleQuery, execution: Execution): CompiledQuery {
  let scope = Scope.of([])
  let columns: readonly string[] = []
  const operators: Operator[] = []
  for (const [index, clause] of clauses.entries()) {
    const before = clauses.slice(0, index)
    const place: WritingPlace = {
      followsReading: before.some(({ kind }) => !blindKinds.has(kind)),
      isLast: index === clauses.length - 1,
    }
    if (clause.kind === 'with' || clause.kind === 'return') {
      const compiler = compilerFor(execution, scope)
      const projected = compileProjection(clause.projection, compiler, clause.at, before.some(isWritingClause))
      operators.push(projected.run)
      scope = Scope.of(projected.columns)
      if (clause.kind === 'return') columns = projected.columns
      else if (clause.where !== null) operators.push(compileFilter(clause.where, compilerFor(execution, scope)))
    } else operators.push(compileClause(clause, execution, scope, place))
  }
  return { operators, columns }
}

type PlainClause = Exclude<Clause, { kind: 'with' | 'return' }>

function compileClause(clause: PlainClause, execution: Execution, scope: Scope, place: WritingPlace): Operator {
  const compiler = compilerFor(execution, scope)
  switch (clause.kind) {
    case 'match':
      return compileMatchClause(clause, compiler)
    case 'unwind':
      return compileUnwind(clause, compiler)
    case 'create':
      return writingOperator(compileCreate(clause.pattern, compiler), place)
    case 'merge':
      return mergingOperator(compileMerge(clause, compiler), place)
    case 'set':
      return writingOperator(compileSet(clause.items, compiler), place)
    case 'remove':
      return writingOperator(compileRemove(clause.items, compiler), place)
    case 'delete':
      return deletingOperator(compileDelete(clause, compiler), place)
  }
}
