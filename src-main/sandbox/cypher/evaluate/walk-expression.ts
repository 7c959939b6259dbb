import type { AccessStep, EdgePattern, Expression, NodePattern, PatternPart, Test } from '../syntax/syntax-tree.ts'

export const aggregateNames: ReadonlySet<string> = new Set(['count', 'sum', 'avg', 'min', 'max', 'collect'])

type AggregateCall = Extract<Expression, { kind: 'call' }>

function isAggregate(expression: Expression): expression is AggregateCall {
  return expression.kind === 'call' && aggregateNames.has(expression.name)
}

/** Calls of aggregates, outermost ones only. */
export function aggregatesIn(expression: Expression): AggregateCall[] {
  return isAggregate(expression) ? [expression] : childrenOf(expression).flatMap(aggregatesIn)
}

/** Names of variables that an expression takes from its surroundings. */
export function freeVariables(expression: Expression): Set<string> {
  const names = new Set<string>()
  collectFree(expression, new Set(), names)
  return names
}

/** The same for expressions that are written alike, wherever they stand. */
export function expressionKey(expression: Expression): string {
  return JSON.stringify(expression, (name, field: unknown) => {
    if (name === 'at') return undefined
    if (typeof field === 'bigint') return { integer: String(field) }
    return typeof field === 'number' ? { float: String(field) } : field
  })
}

function collectFree(expression: Expression, own: ReadonlySet<string>, names: Set<string>): void {
  switch (expression.kind) {
    case 'variable':
      if (!own.has(expression.name)) names.add(expression.name)
      return
    case 'comprehension':
    case 'quantifier': {
      const inner = new Set(own).add(expression.variable)
      collectFree(expression.list, own, names)
      for (const part of partsOverItems(expression)) collectFree(part, inner, names)
      return
    }
    case 'patternExists':
      for (const name of patternVariables(expression.pattern)) if (!own.has(name)) names.add(name)
      break
    default:
  }
  for (const child of childrenOf(expression)) collectFree(child, own, names)
}

function patternVariables({ nodes, edges }: PatternPart): string[] {
  return [...nodes, ...edges].flatMap(({ variable }) => (variable === null ? [] : [variable]))
}

type OverItems = Extract<Expression, { kind: 'comprehension' | 'quantifier' }>

function partsOverItems(expression: OverItems): Expression[] {
  const parts = expression.kind === 'quantifier' ? [expression.where] : [expression.where, expression.result]
  return parts.filter((part) => part !== null)
}

function childrenOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'parameter':
    case 'variable':
      return []
    case 'list':
      return [...expression.items]
    case 'map':
      return expression.entries.map((entry) => entry.value)
    case 'logic':
      return [...expression.operands]
    case 'not':
    case 'negate':
    case 'hasLabels':
      return [expression.operand]
    case 'comparison':
    case 'arithmetic':
      return [expression.first, ...expression.rest.map((part) => part.operand)]
    case 'test':
      return [expression.operand, ...expression.tests.flatMap(testOperands)]
    case 'access':
      return [expression.base, ...expression.steps.flatMap(stepOperands)]
    case 'call':
      return [...expression.parameters]
    case 'case':
      return [
        expression.subject,
        ...expression.branches.flatMap(({ when, result }) => [when, result]),
        expression.otherwise,
      ].filter((part) => part !== null)
    case 'comprehension':
    case 'quantifier':
      return [expression.list, ...partsOverItems(expression)]
    case 'patternExists':
      return [...expression.pattern.nodes, ...expression.pattern.edges].flatMap(patternOperands)
  }
}

function testOperands(test: Test): Expression[] {
  return 'operand' in test ? [test.operand] : []
}

function stepOperands(step: AccessStep): Expression[] {
  if (step.kind === 'property') return []
  return step.kind === 'index' ? [step.index] : [step.from, step.to].filter((bound) => bound !== null)
}

function patternOperands({ properties }: NodePattern | EdgePattern): Expression[] {
  return properties === null ? [] : [properties]
}
