import type { Expression, PatternPart } from '../syntax/syntax-tree.ts'
import type { Execution } from './execution.ts'
import type { Evaluate, Row, Scope } from './scope.ts'

/** Makes functions on rows of expressions, for one place in the query. */
export interface Compiler {
  readonly execution: Execution
  readonly scope: Scope
  compile(expression: Expression): Evaluate
  /** The same with other variables. */
  within(scope: Scope): Compiler
}

/** Searching for a pattern is built on expressions, and expressions can hold patterns: the search is passed in. */
export type PatternCompiler = (pattern: PatternPart, compiler: Compiler) => (row: Row) => boolean

/** What an expression has been worked out to already: an aggregate, a column. Null: it has not. */
export type KnownExpressions = (expression: Expression) => Evaluate | null
