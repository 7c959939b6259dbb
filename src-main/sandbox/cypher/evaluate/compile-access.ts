import type { AccessStep, Expression } from '../syntax/syntax-tree.ts'
import { fromProperty } from '../values/property-conversion.ts'
import { type CypherList, type CypherValue, isList, isMap, kindText } from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'
import type { Compiler } from './compiler.ts'
import type { Execution } from './execution.ts'
import type { Evaluate, Row } from './scope.ts'
import { temporalPart } from './temporal-part.ts'

type Step = (value: CypherValue, row: Row) => CypherValue

export function compileAccess({ base, steps }: Extract<Expression, { kind: 'access' }>, compiler: Compiler): Evaluate {
  const start = compiler.compile(base)
  const run = steps.map((step) => compileStep(step, compiler))
  const [only] = run
  if (only !== undefined && run.length === 1) return (row) => only(start(row), row)
  return (row) => run.reduce((value, step) => step(value, row), start(row))
}

export function compileHasLabels(
  { operand, labels, at }: Extract<Expression, { kind: 'hasLabels' }>,
  compiler: Compiler,
): Evaluate {
  const { execution } = compiler
  const inner = compiler.compile(operand)
  return (row) => {
    const value = inner(row)
    return value === null ? null : execution.located(at, () => hasLabels(execution, value, labels))
  }
}

function hasLabels(execution: Execution, value: CypherValue, labels: readonly string[]): boolean {
  if (value !== null && typeof value === 'object' && 'kind' in value) {
    if (value.kind === 'node') {
      const own = execution.node(value).labels
      return labels.every((label) => own.includes(label))
    }
    if (value.kind === 'edge') return labels.every((label) => label === value.edgeType)
  }
  throw new ValueProblem(`a label is asked of ${kindText(value)}`)
}

function compileStep(step: AccessStep, compiler: Compiler): Step {
  const { execution } = compiler
  if (step.kind === 'property') {
    const { name, at } = step
    return (value) => (value === null ? null : execution.located(at, () => propertyOf(execution, value, name)))
  }
  if (step.kind === 'index') {
    const index = compiler.compile(step.index)
    return (value, row) => {
      const key = index(row)
      return execution.located(step.at, () => itemOf(execution, value, key))
    }
  }
  const from = step.from === null ? null : compiler.compile(step.from)
  const to = step.to === null ? null : compiler.compile(step.to)
  return (value, row) => {
    const bounds = [from === null ? 0n : from(row), to === null ? undefined : to(row)] as const
    return execution.located(step.at, () => sliceOf(value, ...bounds))
  }
}

/** The value of a property, null where it is absent. @throws ValueProblem on what has no properties */
function propertyOf(execution: Execution, value: CypherValue, name: string): CypherValue {
  if (isMap(value)) return value.get(name) ?? null
  if (value !== null && typeof value === 'object' && 'kind' in value) {
    if (value.kind === 'node' || value.kind === 'edge') {
      const { properties } = value.kind === 'node' ? execution.node(value) : execution.edge(value)
      const property = properties.get(name)
      return property === undefined ? null : fromProperty(property)
    }
    if (value.kind === 'stored') return temporalPart(value, name)
  }
  throw new ValueProblem(`${kindText(value)} has no properties`)
}

function itemOf(execution: Execution, value: CypherValue, key: CypherValue): CypherValue {
  if (value === null || key === null) return null
  if (typeof key === 'string') return propertyOf(execution, value, key)
  if (!isList(value)) throw new ValueProblem(`${kindText(value)} cannot be indexed by ${kindText(key)}`)
  if (typeof key !== 'bigint') throw new ValueProblem(`a list is indexed by an integer, not ${kindText(key)}`)
  return value.at(safeIndex(key)) ?? null
}

function sliceOf(value: CypherValue, from: CypherValue, to: CypherValue | undefined): CypherValue {
  if (value === null || from === null || to === null) return null
  if (!isList(value)) throw new ValueProblem(`a slice is taken of ${kindText(value)}`)
  const end = to === undefined ? undefined : sliceBound(to)
  return sliced(value, sliceBound(from), end)
}

function sliced(list: CypherList, from: number, to: number | undefined): CypherList {
  return list.slice(from, to)
}

function sliceBound(value: CypherValue): number {
  if (typeof value !== 'bigint') throw new ValueProblem(`a slice is bounded by integers, not ${kindText(value)}`)
  return safeIndex(value)
}

/** Beyond what a list can be long all indexes are alike: nothing is there. */
function safeIndex(index: bigint): number {
  return Number(
    BigInt.asIntN(53, index) === index ? index : index < 0n ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER,
  )
}
