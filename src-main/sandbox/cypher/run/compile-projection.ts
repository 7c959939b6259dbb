import { ExpressionCompiler } from '../evaluate/compile-expression.ts'
import type { Compiler, KnownExpressions } from '../evaluate/compiler.ts'
import type { Execution } from '../evaluate/execution.ts'
import { type Evaluate, type Row, Scope } from '../evaluate/scope.ts'
import { aggregatesIn, expressionKey } from '../evaluate/walk-expression.ts'
import { compilePatternExists } from '../match/compile-match.ts'
import type { Operator } from '../match/match-types.ts'
import type { Expression, Projection, ProjectionItem } from '../syntax/syntax-tree.ts'
import { compileAggregate } from './aggregates.ts'
import { groupRows } from './group-rows.ts'
import { distinctRows, type Projected, sortedRows } from './order-rows.ts'
import { type Page, pageOf, pageRows } from './page-rows.ts'

export type CompiledProjection = { readonly run: Operator; readonly columns: readonly string[] }

/** The compiler for a place with these variables. */
export function compilerFor(execution: Execution, scope: Scope, known?: KnownExpressions): Compiler {
  const parts = { execution, scope, patterns: compilePatternExists }
  return new ExpressionCompiler(known === undefined ? parts : { ...parts, known })
}

/** WITH and RETURN but for WHERE: each row that comes out has one slot for each column. */
export function compileProjection(
  projection: Projection,
  compiler: Compiler,
  at: number,
  followsWrite: boolean,
): CompiledProjection {
  const items = itemsOf(projection, compiler, at)
  const sortExpressions = projection.sort.map((item) => item.expression)
  const isAggregating = items.some(({ expression }) => aggregatesIn(expression).length > 0)
  const grouped = isAggregating ? compileGrouping(items, sortExpressions, compiler) : null
  const source = grouped?.compiler ?? compiler
  const project = compileColumns(items, projection, source, grouped?.known ?? (() => null))
  const page = pageOf(projection, compiler)
  const finish = finisher(projection, page, followsWrite)
  return {
    run: (input) => finish(project(grouped === null ? input : grouped.run(input))),
    columns: items.map(({ name }) => name),
  }
}

/** Columns in order: `*` stands for every variable. @throws AppError BAD_REQUEST when a name comes twice */
function itemsOf({ isStar, items }: Projection, { scope, execution }: Compiler, at: number): readonly ProjectionItem[] {
  const variables = isStar ? scope.names() : []
  if (isStar && variables.length === 0) throw execution.error(at, '* stands for all variables, and there are none')
  const starred = variables.map(
    (name): ProjectionItem => ({ expression: { kind: 'variable', name, at }, name, isAliased: false }),
  )
  const all = [...starred, ...items]
  const names = new Set<string>()
  for (const { name, expression } of all) {
    if (names.has(name)) throw execution.error(expression.at, `two columns are named ${name}`)
    names.add(name)
  }
  return all
}

type Grouped = { readonly run: Operator; readonly compiler: Compiler; readonly known: KnownExpressions }

/** What does not aggregate is what is grouped by; the rest of the projection is worked out on grouped rows. */
function compileGrouping(items: readonly ProjectionItem[], sort: readonly Expression[], compiler: Compiler): Grouped {
  const groupBy = items
    .map(({ expression }) => expression)
    .filter((expression) => aggregatesIn(expression).length === 0)
  const slots = new Map<string, number>()
  for (const expression of groupBy) slots.set(expressionKey(expression), slots.size)
  const groups = slots.size
  const calls = [...items.map(({ expression }) => expression), ...sort]
    .flatMap(aggregatesIn)
    .filter((call) => isNew(slots, expressionKey(call)))
  const firstOfKind = groupBy.filter(
    (expression, index) => groupBy.findIndex((other) => expressionKey(other) === expressionKey(expression)) === index,
  )
  const { execution } = compiler
  const known = knownSlots(slots)
  return {
    run: groupRows(
      firstOfKind.map((expression) => compiler.compile(expression)),
      calls.map((call) => compileAggregate(call, compiler)),
      execution,
    ),
    compiler: compilerFor(execution, Scope.after(groups + calls.length), known),
    known,
  }
}

function isNew(slots: Map<string, number>, key: string): boolean {
  if (slots.has(key)) return false
  slots.set(key, slots.size)
  return true
}

function knownSlots(slots: ReadonlyMap<string, number>): KnownExpressions {
  return (expression) => {
    const slot = slots.get(expressionKey(expression))
    return slot === undefined ? null : (row) => row[slot] ?? null
  }
}

type Project = (input: Iterable<Row>) => Iterable<Projected>

/** Works out the columns, and beside them what the rows are sorted by: that may speak of columns and of variables. */
function compileColumns(
  items: readonly ProjectionItem[],
  { sort, isDistinct }: Projection,
  compiler: Compiler,
  known: KnownExpressions,
): Project {
  const columns = items.map(({ expression }) => compiler.compile(expression))
  const scope = isDistinct ? compiler.scope.blank() : compiler.scope.inner()
  const slots = items.map(({ name }) => scope.shadow(name))
  const bySlot = new Map(items.map(({ expression }, index) => [expressionKey(expression), slots[index] ?? 0]))
  const columnKnown = knownSlots(bySlot)
  const sortCompiler = compilerFor(compiler.execution, scope, (expression) =>
    expression.kind === 'variable' ? null : (columnKnown(expression) ?? known(expression)),
  )
  const keys = sort.map(({ expression }) => sortCompiler.compile(expression))
  return (input) => projectRows(input, columns, slots, keys)
}

function* projectRows(
  input: Iterable<Row>,
  columns: readonly Evaluate[],
  slots: readonly number[],
  keys: readonly Evaluate[],
): Generator<Projected> {
  for (const source of input) {
    const row = columns.map((column) => column(source))
    if (keys.length > 0) for (const [index, slot] of slots.entries()) source[slot] = row[index] ?? null
    yield { row, keys: keys.map((key) => key(source)) }
  }
}

/** DISTINCT, ORDER BY, SKIP and LIMIT. */
function finisher(
  { isDistinct, sort }: Projection,
  page: Page,
  mustDrain: boolean,
): (rows: Iterable<Projected>) => Iterable<Row> {
  const isDescending = sort.map((item) => item.isDescending)
  return (projected) => {
    const distinct = isDistinct ? distinctRows(projected) : projected
    const rowsMax = page.skip + page.limit
    const sorted = sort.length === 0 ? distinct : sortedRows(distinct, isDescending, rowsMax)
    return pageRows(rowsOf(sorted), page, mustDrain)
  }
}

function* rowsOf(projected: Iterable<Projected>): Generator<Row> {
  for (const { row } of projected) yield row
}
