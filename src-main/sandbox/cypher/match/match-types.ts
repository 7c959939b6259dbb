import type { Evaluate, Row } from '../evaluate/scope.ts'

/** A step of a running query: rows in, rows out, one at a time. The same row may come out many times, written anew. */
export type Operator = (input: Iterable<Row>) => Iterable<Row>

/** A condition on a row, once the variables it needs are bound. */
export type Check = {
  readonly needs: ReadonlySet<string>
  readonly holds: (row: Row) => boolean
  /** `id(variable) = value`: the node need not be searched for */
  readonly nodeId: { readonly variable: string; readonly needs: ReadonlySet<string>; readonly value: Evaluate } | null
}

/** A node or an edge of a pattern with its variable, which may be one that the query did not name. */
export type NodeElement = {
  readonly variable: string
  readonly slot: number
  readonly labels: readonly string[]
}

export type EdgeElement = {
  readonly variable: string
  readonly slot: number
  readonly edgeTypes: readonly string[]
  readonly direction: 'out' | 'in' | 'both'
  /** null: one edge */
  readonly length: { readonly from: number; readonly to: number | null } | null
  /** what each edge of a path of variable length must have; empty for one edge, which has checks */
  readonly properties: readonly { readonly name: string; readonly value: Evaluate }[]
}

export type PartElements = {
  readonly nodes: readonly NodeElement[]
  readonly edges: readonly EdgeElement[]
  readonly pathSlot: number | null
  readonly pathVariable: string | null
}
