import type { Compiler } from '../evaluate/compiler.ts'
import type { Scope } from '../evaluate/scope.ts'
import type { EdgePattern, NodePattern, PatternPart } from '../syntax/syntax-tree.ts'
import { propertyCheck, propertyTests } from './checks.ts'
import type { Check, EdgeElement, NodeElement, PartElements } from './match-types.ts'

/** No query can write this: a name is never empty. What follows tells unnamed elements apart. */
const UNNAMED = '\0'

export type Elements = { readonly parts: readonly PartElements[]; readonly checks: readonly Check[] }

/**
 * Gives every node and edge of a pattern a variable and a slot, and makes checks of its property maps.
 * @throws AppError BAD_REQUEST when a name stands for two kinds of things
 */
export function elementsOf(pattern: readonly PatternPart[], compiler: Compiler): Elements {
  const builder = new ElementsBuilder(compiler, pattern)
  return builder.build()
}

class ElementsBuilder {
  readonly #compiler: Compiler
  readonly #scope: Scope
  readonly #pattern: readonly PatternPart[]
  readonly #kinds = new Map<string, 'node' | 'relationship' | 'path'>()
  readonly #checks: Check[] = []

  constructor(compiler: Compiler, pattern: readonly PatternPart[]) {
    this.#compiler = compiler
    this.#scope = compiler.scope
    this.#pattern = pattern
  }

  build(): Elements {
    const outside = new Set(this.#scope.names())
    for (const part of this.#pattern) this.#declare(part, outside)
    const parts = this.#pattern.map((part) => this.#part(part))
    return { parts, checks: this.#checks }
  }

  /** All names first: a property map may speak of a variable that stands to its right. */
  #declare(part: PatternPart, outside: ReadonlySet<string>): void {
    for (const { variable, at } of part.nodes) this.#claim(variable, 'node', at)
    for (const { variable, length, at } of part.edges) {
      this.#claim(variable, 'relationship', at)
      if (variable !== null && length !== null && outside.has(variable))
        throw this.#compiler.execution.error(
          at,
          `${variable} is already defined: a path of variable length needs a new name`,
        )
    }
    const { pathVariable, at } = part
    if (pathVariable !== null && outside.has(pathVariable))
      throw this.#compiler.execution.error(at, `${pathVariable} is already defined: a path needs a new name`)
    this.#claim(pathVariable, 'path', at)
  }

  #claim(variable: string | null, kind: 'node' | 'relationship' | 'path', at: number): void {
    if (variable === null) return
    const known = this.#kinds.get(variable)
    if (known !== undefined && (known !== kind || kind !== 'node'))
      throw this.#compiler.execution.error(at, `${variable} already stands for a ${known} of this pattern`)
    this.#kinds.set(variable, kind)
    this.#scope.declare(variable)
  }

  #part(part: PatternPart): PartElements {
    return {
      nodes: part.nodes.map((node) => this.#node(node)),
      edges: part.edges.map((edge) => this.#edge(edge)),
      pathSlot: part.pathVariable === null ? null : this.#scope.declare(part.pathVariable),
      pathVariable: part.pathVariable,
    }
  }

  #node(node: NodePattern): NodeElement {
    const { variable, slot } = this.#named(node.variable)
    for (const test of propertyTests(node.properties, this.#compiler))
      this.#checks.push(propertyCheck(variable, slot, test, this.#compiler))
    return { variable, slot, labels: node.labels }
  }

  #edge(edge: EdgePattern): EdgeElement {
    const { variable, slot } = this.#named(edge.variable)
    const { edgeTypes, direction, length } = edge
    const tests = propertyTests(edge.properties, this.#compiler)
    if (length === null)
      for (const test of tests) this.#checks.push(propertyCheck(variable, slot, test, this.#compiler))
    return { variable, slot, edgeTypes, direction, length, properties: length === null ? [] : tests }
  }

  #named(variable: string | null): { readonly variable: string; readonly slot: number } {
    if (variable !== null) return { variable, slot: this.#scope.declare(variable) }
    const slot = this.#scope.unnamed()
    return { variable: `${UNNAMED}${slot}`, slot }
  }
}
