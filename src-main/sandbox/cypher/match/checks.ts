import { truthOf } from '../evaluate/compile-logic.ts'
import type { Compiler } from '../evaluate/compiler.ts'
import type { Evaluate, Row } from '../evaluate/scope.ts'
import { freeVariables } from '../evaluate/walk-expression.ts'
import type { Expression, PatternProperties } from '../syntax/syntax-tree.ts'
import { equals } from '../values/equality.ts'
import { fromProperty } from '../values/property-conversion.ts'
import { type CypherValue, isMap, kindText } from '../values/value.ts'
import type { Check } from './match-types.ts'

export type PropertyTest = { readonly name: string; readonly needs: ReadonlySet<string>; readonly value: Evaluate }

/** The conditions that AND joins, each on its own: one that fails early spares the rest of the search. */
export function whereChecks(where: Expression | null, compiler: Compiler): Check[] {
  return where === null ? [] : conjuncts(where).map((conjunct) => whereCheck(conjunct, compiler))
}

function conjuncts(expression: Expression): Expression[] {
  if (expression.kind !== 'logic' || expression.operator !== 'AND') return [expression]
  return expression.operands.flatMap(conjuncts)
}

function whereCheck(expression: Expression, compiler: Compiler): Check {
  const evaluate = compiler.compile(expression)
  const { execution } = compiler
  return {
    needs: freeVariables(expression),
    holds: (row) => {
      const value = evaluate(row)
      return value === true || execution.located(expression.at, () => truthOf(value, 'WHERE')) === true
    },
    nodeId: nodeIdOf(expression, compiler),
  }
}

/** `id(n) = x` or `x = id(n)` where x does not speak of n. */
function nodeIdOf(expression: Expression, compiler: Compiler): Check['nodeId'] {
  if (expression.kind !== 'comparison' || expression.rest.length !== 1) return null
  const [part] = expression.rest
  if (part?.operator !== '=') return null
  return (
    idComparison(expression.first, part.operand, compiler) ?? idComparison(part.operand, expression.first, compiler)
  )
}

function idComparison(left: Expression, right: Expression, compiler: Compiler): Check['nodeId'] {
  if (left.kind !== 'call' || left.name !== 'id') return null
  const [of] = left.parameters
  const needs = freeVariables(right)
  if (of?.kind !== 'variable' || needs.has(of.name)) return null
  return { variable: of.name, needs, value: compiler.compile(right) }
}

/** What `{name: value}` in a pattern, or a parameter in its place, asks of an entity. */
export function propertyTests(properties: PatternProperties | null, compiler: Compiler): PropertyTest[] {
  if (properties === null) return []
  if (properties.kind === 'map')
    return properties.entries.map(({ name, value }) => ({
      name,
      needs: freeVariables(value),
      value: compiler.compile(value),
    }))
  const value = compiler.compile(properties)([])
  if (!isMap(value)) throw compiler.execution.error(properties.at, `a pattern needs a map, not ${kindText(value)}`)
  return [...value].map(([name, item]) => ({ name, needs: new Set(), value: () => item }))
}

/** The condition that the entity of a variable has such a property. */
export function propertyCheck(variable: string, slot: number, test: PropertyTest, compiler: Compiler): Check {
  return {
    needs: new Set(test.needs).add(variable),
    holds: (row) => equals(propertyIn(row, slot, test.name, compiler), test.value(row)) === true,
    nodeId: null,
  }
}

function propertyIn(row: Row, slot: number, name: string, { execution }: Compiler): CypherValue {
  const entity = row[slot]
  if (entity === null || typeof entity !== 'object' || !('kind' in entity)) return null
  if (entity.kind !== 'node' && entity.kind !== 'edge') return null
  const { properties } = entity.kind === 'node' ? execution.node(entity) : execution.edge(entity)
  const property = properties.get(name)
  return property === undefined ? null : fromProperty(property)
}
