import type { Compiler } from '../evaluate/compiler.ts'
import type { Row } from '../evaluate/scope.ts'
import type { Expression, PatternPart } from '../syntax/syntax-tree.ts'
import { bindPath } from './build-path.ts'
import { whereChecks } from './checks.ts'
import { type EdgeStep, expandEdges } from './expand-edges.ts'
import { expandPaths } from './expand-paths.ts'
import type { Check, NodeElement, Operator, PartElements } from './match-types.ts'
import { elementsOf } from './part-elements.ts'
import { checkNode, keepIf, lookUpNode, scanNodes } from './scan-nodes.ts'

export type CompiledMatch = {
  /** every way in which the pattern is found, for every row */
  readonly run: Operator
  readonly parts: readonly PartElements[]
}

/**
 * Plans the search for a pattern: begin at what is known or rare, go on along edges, and ask each condition as soon as
 * its variables are bound. New variables are declared in the compiler's scope.
 * @throws AppError BAD_REQUEST when pattern or condition is wrong
 */
export function compileMatch(
  pattern: readonly PatternPart[],
  where: Expression | null,
  compiler: Compiler,
): CompiledMatch {
  const bound = new Set(compiler.scope.names())
  const { parts, checks } = elementsOf(pattern, compiler)
  const planner = new Planner(compiler, bound, [...checks, ...whereChecks(where, compiler)])
  const stages = planner.plan(parts)
  return { run: (input) => stages.reduce((rows, stage) => stage(rows), input), parts }
}

class Planner {
  readonly #compiler: Compiler
  readonly #bound: Set<string>
  readonly #usedEdges: number[] = []
  readonly #stages: Operator[] = []
  #waiting: readonly Check[]

  constructor(compiler: Compiler, bound: Set<string>, checks: readonly Check[]) {
    this.#compiler = compiler
    this.#bound = bound
    this.#waiting = checks
  }

  plan(parts: readonly PartElements[]): Operator[] {
    this.#ask()
    const left = [...parts]
    while (left.length > 0) {
      const costs = left.map((part) => this.#start(part).cost)
      const [next] = left.splice(costs.indexOf(Math.min(...costs)), 1)
      if (next !== undefined) this.#planPart(next)
    }
    return this.#stages
  }

  #planPart(part: PartElements): void {
    const { index } = this.#start(part)
    const first = part.nodes[index]
    if (first === undefined) return
    this.#planStart(first)
    for (let edge = index; edge < part.edges.length; edge += 1) this.#planEdge(part, edge, false)
    for (let edge = index - 1; edge >= 0; edge -= 1) this.#planEdge(part, edge, true)
    if (part.pathSlot !== null && part.pathVariable !== null)
      this.#add(bindPath(part, part.pathSlot), part.pathVariable)
  }

  /** Where the search of a part begins, and how many nodes that makes it look at. */
  #start(part: PartElements): { readonly index: number; readonly cost: number } {
    const costs = part.nodes.map((node) => this.#startCost(node))
    const cost = Math.min(...costs)
    return { index: costs.indexOf(cost), cost }
  }

  #startCost(node: NodeElement): number {
    if (this.#bound.has(node.variable)) return -1
    if (this.#nodeId(node) !== null) return 0
    const { graph } = this.#compiler.execution
    const counts = node.labels.map((label) => graph.nodeCount(label))
    return Math.min(graph.nodeCount(null), ...counts) + 1
  }

  #nodeId({ variable }: NodeElement): Check['nodeId'] {
    const check = this.#waiting.find(
      ({ nodeId }) => nodeId?.variable === variable && isWithin(nodeId.needs, this.#bound),
    )
    return check?.nodeId ?? null
  }

  #planStart(node: NodeElement): void {
    const { execution } = this.#compiler
    const nodeId = this.#nodeId(node)
    if (this.#bound.has(node.variable)) this.#add(checkNode(node, execution))
    else if (nodeId !== null) this.#add(lookUpNode(node, nodeId.value, execution), node.variable)
    else this.#add(scanNodes(node, execution), node.variable)
  }

  #planEdge(part: PartElements, index: number, isBackwards: boolean): void {
    const [left, edge, right] = [part.nodes[index], part.edges[index], part.nodes[index + 1]]
    if (left === undefined || edge === undefined || right === undefined) return
    const to = isBackwards ? left : right
    const step: EdgeStep = {
      from: isBackwards ? right : left,
      edge,
      to,
      isBackwards,
      isEdgeBound: this.#bound.has(edge.variable),
      isToBound: this.#bound.has(to.variable),
      usedEdges: [...this.#usedEdges],
    }
    const { execution } = this.#compiler
    this.#usedEdges.push(edge.slot)
    this.#add(
      edge.length === null ? expandEdges(step, execution) : expandPaths(step, execution),
      edge.variable,
      to.variable,
    )
  }

  #add(stage: Operator, ...binds: string[]): void {
    this.#stages.push(stage)
    for (const variable of binds) this.#bound.add(variable)
    this.#ask()
  }

  /** Adds the conditions that can be asked now. */
  #ask(): void {
    const ready = this.#waiting.filter(({ needs }) => isWithin(needs, this.#bound))
    if (ready.length === 0) return
    this.#waiting = this.#waiting.filter((check) => !ready.includes(check))
    this.#stages.push(keepIf(ready.map(({ holds }) => holds)))
  }
}

function isWithin(needs: ReadonlySet<string>, bound: ReadonlySet<string>): boolean {
  for (const name of needs) if (!bound.has(name)) return false
  return true
}

/** True for rows in which a pattern of known variables is found: the pattern as a condition. */
export function compilePatternExists(pattern: PatternPart, compiler: Compiler): (row: Row) => boolean {
  for (const { variable, at } of [...pattern.nodes, ...pattern.edges])
    if (variable !== null && compiler.scope.slotOf(variable) === null)
      throw compiler.execution.error(
        at,
        `${variable} is not defined here: a pattern as a condition brings no new names`,
      )
  const { run } = compileMatch([pattern], null, compiler.within(compiler.scope.inner()))
  return (row) => {
    for (const _found of run([row])) return true
    return false
  }
}
