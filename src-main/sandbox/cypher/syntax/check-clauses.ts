import { limits } from '#base/limits.ts'
import { queryError } from './query-error.ts'
import type { Clause, PatternPart, Query } from './syntax-tree.ts'

const writingKinds: ReadonlySet<Clause['kind']> = new Set(['create', 'merge', 'set', 'remove', 'delete'])

export function isWritingClause(clause: Clause): boolean {
  return writingKinds.has(clause.kind)
}

/** True when the query has a clause that can change the graph; what it finds when it runs does not matter. */
export function isWriting(query: Query): boolean {
  return query.parts.some(({ clauses }) => clauses.some(isWritingClause))
}

/** Rules about clauses that the grammar leaves open. */
export function checkClauses(query: Query): void {
  checkSteps(query)
  for (const { clauses } of query.parts) {
    for (const [index, clause] of clauses.entries()) {
      const isLast = index === clauses.length - 1
      if (clause.kind === 'return' && !isLast) throw queryError(query.text, clause.at, 'RETURN must be the last clause')
      if (isLast && clause.kind !== 'return' && !isWritingClause(clause))
        throw queryError(
          query.text,
          clause.at,
          'the query must end with RETURN or with a clause that changes the graph',
        )
      checkAliases(query.text, clause)
    }
    if (query.parts.length > 1 && clauses.at(-1)?.kind !== 'return')
      throw queryError(query.text, clauses.at(-1)?.at ?? 0, 'each part of a UNION must end with RETURN')
  }
}

function checkAliases(text: string, clause: Clause): void {
  if (clause.kind !== 'with') return
  for (const { expression, name, isAliased } of clause.projection.items) {
    if (!isAliased && expression.kind !== 'variable')
      throw queryError(text, expression.at, `WITH needs a name for ${name}: add AS and a name`)
  }
}

/** Each step of a pattern that is searched for is a generator above the one before it: their stack is bounded. */
function checkSteps(query: Query): void {
  for (const { clauses } of query.parts) {
    let steps = 0
    for (const clause of clauses) {
      if (clause.kind === 'match') steps += stepsOf(clause.pattern)
      if (clause.kind === 'merge') steps += stepsOf([clause.pattern])
      if (steps > limits.patternStepsMax)
        throw queryError(
          query.text,
          clause.at,
          `a query searches for ${limits.patternStepsMax} nodes and relationships at most`,
        )
    }
  }
}

function stepsOf(pattern: readonly PatternPart[]): number {
  return pattern.reduce((sum, { nodes, edges }) => sum + nodes.length + edges.length, 0)
}
