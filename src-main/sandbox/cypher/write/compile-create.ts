import type { Compiler } from '../evaluate/compiler.ts'
import type { Row } from '../evaluate/scope.ts'
import { pathOf } from '../match/build-path.ts'
import type { EdgeElement, NodeElement, PartElements } from '../match/match-types.ts'
import { nodeIn } from '../match/row-entities.ts'
import type { EdgePattern, NodePattern, PatternPart, PatternProperties } from '../syntax/syntax-tree.ts'
import { edgeValue, isMap, kindText, nodeValue } from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'
import type { Write } from './compile-set.ts'
import { propertiesFrom } from './entity-changes.ts'

/** CREATE: nodes first, then edges, so that edges may stand between nodes of other parts. */
export function compileCreate(pattern: readonly PatternPart[], compiler: Compiler): Write {
  const outside = new Set(compiler.scope.names())
  const parts = pattern.map((part) => elementsOfPart(part, compiler, outside))
  const writes = pattern.map((part, index) => compilePart(part, parts[index], compiler, outside))
  return (row) => {
    for (const { nodes } of writes) for (const write of nodes) write(row)
    for (const { edges } of writes) for (const write of edges) write(row)
  }
}

type PartWrites = { readonly nodes: readonly Write[]; readonly edges: readonly Write[] }

/**
 * What creates the elements of a pattern that are not bound yet. `bound` grows by what is created.
 * @throws AppError BAD_REQUEST when the pattern leaves open what to create
 */
export function compilePart(
  pattern: PatternPart,
  elements: PartElements | undefined,
  compiler: Compiler,
  bound: Set<string>,
): PartWrites {
  const nodes: Write[] = []
  const edges: Write[] = []
  if (elements === undefined) return { nodes, edges }
  for (const [index, node] of pattern.nodes.entries()) {
    const element = elements.nodes[index]
    if (element === undefined) continue
    if (!bound.has(element.variable)) nodes.push(createNode(node, element, compiler))
    else if (node.labels.length > 0 || node.properties !== null)
      throw compiler.execution.error(node.at, `${node.variable} is already defined: name it alone to use it here`)
    bound.add(element.variable)
  }
  for (const [index, edge] of pattern.edges.entries()) {
    const [left, element, right] = [elements.nodes[index], elements.edges[index], elements.nodes[index + 1]]
    if (left !== undefined && element !== undefined && right !== undefined)
      edges.push(createEdge(edge, { left, edge: element, right }, compiler))
  }
  const { pathSlot } = elements
  if (pathSlot !== null)
    edges.push((row) => {
      row[pathSlot] = pathOf(elements, row)
    })
  return { nodes, edges }
}

function createNode({ labels, properties, at }: NodePattern, { slot }: NodeElement, compiler: Compiler): Write {
  const { execution } = compiler
  const evaluate = compileProperties(properties, compiler)
  return (row) => {
    execution.located(at, () => {
      const stored = evaluate(row)
      execution.expand()
      row[slot] = nodeValue(execution.graph.createNode(labels, stored))
      execution.markChanged()
      execution.counts.nodesCreated += 1
      execution.counts.labelsAdded += labels.length
      execution.counts.propertiesSet += stored.size
    })
  }
}

type Ends = { readonly left: NodeElement; readonly edge: EdgeElement; readonly right: NodeElement }

function createEdge(pattern: EdgePattern, ends: Ends, compiler: Compiler): Write {
  const { execution } = compiler
  const [edgeType] = pattern.edgeTypes
  if (edgeType === undefined || pattern.edgeTypes.length > 1)
    throw execution.error(pattern.at, 'a relationship is created with exactly one type')
  const evaluate = compileProperties(pattern.properties, compiler)
  const [source, target] = pattern.direction === 'in' ? [ends.right, ends.left] : [ends.left, ends.right]
  return (row) => {
    execution.located(pattern.at, () => {
      const stored = evaluate(row)
      execution.expand()
      const created = execution.graph.createEdge(edgeType, existing(row, source), existing(row, target), stored)
      row[ends.edge.slot] = edgeValue(created)
      execution.markChanged()
      execution.counts.edgesCreated += 1
      execution.counts.propertiesSet += stored.size
    })
  }
  function existing(row: Row, { slot, variable }: NodeElement): number {
    const node = nodeIn(row, slot, variable)
    if (node === null) throw new ValueProblem('a relationship cannot be created at null')
    return execution.node(node).id
  }
}

function compileProperties(properties: PatternProperties | null, compiler: Compiler) {
  if (properties === null) return () => propertiesFrom(new Map())
  const evaluate = compiler.compile(properties)
  return (row: Row) => {
    const map = evaluate(row)
    if (map === null || !isMap(map)) throw new ValueProblem(`properties are given as a map, not ${kindText(map)}`)
    return propertiesFrom(map)
  }
}

/** Slots for a part that is created. @throws AppError BAD_REQUEST for what only a search can have */
function elementsOfPart(part: PatternPart, compiler: Compiler, outside: ReadonlySet<string>): PartElements {
  const { execution, scope } = compiler
  for (const { variable, length, direction, at } of part.edges) {
    if (length !== null) throw execution.error(at, 'a relationship of variable length cannot be created')
    if (direction === 'both') throw execution.error(at, 'a relationship is created with a direction')
    if (variable !== null && scope.slotOf(variable) !== null)
      throw execution.error(at, `${variable} is already defined`)
    if (variable !== null) scope.declare(variable)
  }
  const { pathVariable } = part
  if (pathVariable !== null && outside.has(pathVariable))
    throw execution.error(part.at, `${pathVariable} is already defined`)
  return {
    nodes: part.nodes.map(({ variable, labels }) => ({ ...named(variable, compiler), labels })),
    edges: part.edges.map(({ variable, edgeTypes, direction }) => ({
      ...named(variable, compiler),
      edgeTypes,
      direction,
      length: null,
      properties: [],
    })),
    pathSlot: pathVariable === null ? null : scope.declare(pathVariable),
    pathVariable,
  }
}

function named(variable: string | null, { scope }: Compiler): { readonly variable: string; readonly slot: number } {
  if (variable !== null) return { variable, slot: scope.declare(variable) }
  const slot = scope.unnamed()
  return { variable: `\0${slot}`, slot }
}
