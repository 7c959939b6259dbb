import type { PropertyValue } from '../../../samyama/property-value.ts'
import type { Properties } from '../../graph/graph.ts'
import type { Execution } from '../evaluate/execution.ts'
import { toProperty } from '../values/property-conversion.ts'
import { type CypherMap, type CypherValue, type EdgeValue, kindText, type NodeValue } from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'

type Target = NodeValue | EdgeValue

/** What is stored for a value; null: nothing is. @throws ValueProblem for what no property can hold */
function storable(name: string, value: CypherValue): PropertyValue | null {
  if (value === null) return null
  const property = toProperty(value)
  if (property === null) throw new ValueProblem(`the property ${name} cannot hold ${kindText(value)}`)
  return property
}

/** Properties of a new entity from a map: nulls are left out. @throws ValueProblem */
export function propertiesFrom(map: CypherMap): Map<string, PropertyValue> {
  const properties = new Map<string, PropertyValue>()
  for (const [name, value] of map) {
    const property = storable(name, value)
    if (property !== null) properties.set(name, property)
  }
  return properties
}

/** Sets one property, or removes it when the value is null. */
export function setProperty(execution: Execution, target: Target, name: string, value: CypherValue): void {
  const before = propertiesOf(execution, target)
  const property = storable(name, value)
  if (property === null && !before.has(name)) return
  const after = new Map(before)
  if (property === null) after.delete(name)
  else after.set(name, property)
  execution.counts.propertiesSet += 1
  update(execution, target, after)
}

/** `+=`: sets what the map names; nulls remove. */
export function mergeProperties(execution: Execution, target: Target, map: CypherMap): void {
  const after = new Map(propertiesOf(execution, target))
  for (const [name, value] of map) {
    const property = storable(name, value)
    if (property !== null) after.set(name, property)
    if (property !== null || after.delete(name)) execution.counts.propertiesSet += 1
  }
  update(execution, target, after)
}

/** `=`: the map takes the place of all properties. */
export function replaceProperties(execution: Execution, target: Target, map: CypherMap): void {
  const before = propertiesOf(execution, target)
  const after = propertiesFrom(map)
  const removed = [...before.keys()].filter((name) => !after.has(name))
  execution.counts.propertiesSet += after.size + removed.length
  update(execution, target, after)
}

export function addLabels(execution: Execution, target: NodeValue, labels: readonly string[]): void {
  const node = execution.node(target)
  const added = labels.filter((label) => !node.labels.includes(label))
  if (added.length === 0) return
  execution.counts.labelsAdded += added.length
  execution.markChanged()
  execution.graph.updateNode(node.id, [...node.labels, ...added], node.properties)
}

export function removeLabels(execution: Execution, target: NodeValue, labels: readonly string[]): void {
  const node = execution.node(target)
  const kept = node.labels.filter((label) => !labels.includes(label))
  if (kept.length === node.labels.length) return
  execution.counts.labelsRemoved += node.labels.length - kept.length
  execution.markChanged()
  execution.graph.updateNode(node.id, kept, node.properties)
}

export function propertiesOf(execution: Execution, target: Target): Properties {
  return (target.kind === 'node' ? execution.node(target) : execution.edge(target)).properties
}

function update(execution: Execution, target: Target, properties: Properties): void {
  if (target.kind === 'edge') execution.graph.updateEdge(target.id, properties)
  else execution.graph.updateNode(target.id, execution.node(target).labels, properties)
  execution.markChanged()
}
