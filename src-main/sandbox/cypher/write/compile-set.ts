import type { Compiler } from '../evaluate/compiler.ts'
import type { Execution } from '../evaluate/execution.ts'
import type { Row } from '../evaluate/scope.ts'
import type { RemoveItem, SetItem } from '../syntax/syntax-tree.ts'
import { propertyMap } from '../values/property-conversion.ts'
import {
  type CypherMap,
  type CypherValue,
  type EdgeValue,
  isList,
  isMap,
  kindText,
  type NodeValue,
} from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'
import {
  addLabels,
  mergeProperties,
  propertiesOf,
  removeLabels,
  replaceProperties,
  setProperty,
} from './entity-changes.ts'

export type Write = (row: Row) => void

/** SET, one item after the other; nothing happens to a null. */
export function compileSet(items: readonly SetItem[], compiler: Compiler): Write {
  return inOrder(items.map((item) => compileSetItem(item, compiler)))
}

/** REMOVE, one item after the other; nothing happens to a null. */
export function compileRemove(items: readonly RemoveItem[], compiler: Compiler): Write {
  return inOrder(
    items.map((item) => {
      const { execution } = compiler
      if (item.kind === 'labels')
        return onTarget(item, compiler, (target) => removeLabels(execution, nodeOnly(target), item.labels))
      return onTarget(item, compiler, (target) => setProperty(execution, target, item.name, null))
    }),
  )
}

function inOrder(writes: readonly Write[]): Write {
  return (row) => {
    for (const write of writes) write(row)
  }
}

function compileSetItem(item: SetItem, compiler: Compiler): Write {
  const { execution } = compiler
  if (item.kind === 'labels')
    return onTarget(item, compiler, (target) => addLabels(execution, nodeOnly(target), item.labels))
  const value = compiler.compile(item.value)
  if (item.kind === 'property')
    return onTarget(item, compiler, (target, row) => setProperty(execution, target, item.name, value(row)))
  const change = item.kind === 'merge' ? mergeProperties : replaceProperties
  return onTarget(item, compiler, (target, row) => change(execution, target, mapFrom(execution, value(row))))
}

type Item = { readonly variable: string; readonly at: number }

function onTarget(
  { variable, at }: Item,
  compiler: Compiler,
  change: (target: NodeValue | EdgeValue, row: Row) => void,
): Write {
  const evaluate = compiler.compile({ kind: 'variable', name: variable, at })
  return (row) => {
    compiler.execution.located(at, () => {
      const target = entityOf(evaluate(row), variable)
      if (target !== null) change(target, row)
    })
  }
}

function entityOf(value: CypherValue, variable: string): NodeValue | EdgeValue | null {
  if (value === null) return null
  if (typeof value === 'object' && !isList(value) && !isMap(value) && (value.kind === 'node' || value.kind === 'edge'))
    return value
  throw new ValueProblem(`${variable} is ${kindText(value)}: only nodes and relationships can be changed`)
}

function nodeOnly(target: NodeValue | EdgeValue): NodeValue {
  if (target.kind === 'node') return target
  throw new ValueProblem('a relationship has no labels that could be changed')
}

function mapFrom(execution: Execution, value: CypherValue): CypherMap {
  if (value !== null && isMap(value)) return value
  if (value !== null && typeof value === 'object' && !isList(value) && (value.kind === 'node' || value.kind === 'edge'))
    return propertyMap(propertiesOf(execution, value))
  throw new ValueProblem(`properties are set from a map, not ${kindText(value)}`)
}
