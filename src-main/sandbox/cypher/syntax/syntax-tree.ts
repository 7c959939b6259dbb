/** Where something stands in the query's text: characters from its start. */
export type Offset = number

export type ComparisonOperator = '=' | '<>' | '<' | '>' | '<=' | '>='
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^'
export type QuantifierName = 'all' | 'any' | 'none' | 'single'

/**
 * Chains of operators are one expression with many operands, so that the tree is never deeper than the query's
 * brackets and walking it needs a bounded stack.
 */
export type Expression =
  | { readonly kind: 'literal'; readonly value: null | boolean | bigint | number | string; readonly at: Offset }
  | { readonly kind: 'parameter'; readonly name: string; readonly at: Offset }
  | { readonly kind: 'variable'; readonly name: string; readonly at: Offset }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly at: Offset }
  | MapExpression
  | {
      readonly kind: 'logic'
      readonly operator: 'AND' | 'OR' | 'XOR'
      readonly operands: readonly Expression[]
      readonly at: Offset
    }
  | { readonly kind: 'not'; readonly times: number; readonly operand: Expression; readonly at: Offset }
  | {
      readonly kind: 'comparison'
      readonly first: Expression
      readonly rest: readonly ComparisonPart[]
      readonly at: Offset
    }
  | {
      readonly kind: 'arithmetic'
      readonly first: Expression
      readonly rest: readonly ArithmeticPart[]
      readonly at: Offset
    }
  | { readonly kind: 'negate'; readonly times: number; readonly operand: Expression; readonly at: Offset }
  | { readonly kind: 'test'; readonly operand: Expression; readonly tests: readonly Test[]; readonly at: Offset }
  | { readonly kind: 'access'; readonly base: Expression; readonly steps: readonly AccessStep[]; readonly at: Offset }
  | {
      readonly kind: 'hasLabels'
      readonly operand: Expression
      readonly labels: readonly string[]
      readonly at: Offset
    }
  | CallExpression
  | {
      readonly kind: 'case'
      readonly subject: Expression | null
      readonly branches: readonly CaseBranch[]
      readonly otherwise: Expression | null
      readonly at: Offset
    }
  | {
      readonly kind: 'comprehension'
      readonly variable: string
      readonly list: Expression
      readonly where: Expression | null
      readonly result: Expression | null
      readonly at: Offset
    }
  | {
      readonly kind: 'quantifier'
      readonly quantifier: QuantifierName
      readonly variable: string
      readonly list: Expression
      readonly where: Expression
      readonly at: Offset
    }
  | { readonly kind: 'patternExists'; readonly pattern: PatternPart; readonly at: Offset }

export type MapExpression = { readonly kind: 'map'; readonly entries: readonly MapEntry[]; readonly at: Offset }
export type MapEntry = { readonly name: string; readonly value: Expression }
export type ComparisonPart = { readonly operator: ComparisonOperator; readonly operand: Expression }
export type ArithmeticPart = {
  readonly operator: ArithmeticOperator
  readonly operand: Expression
  readonly at: Offset
}
export type CaseBranch = { readonly when: Expression; readonly result: Expression }

export type CallExpression = {
  readonly kind: 'call'
  /** in lower case: functions have no case */
  readonly name: string
  readonly isDistinct: boolean
  /** count(*) */
  readonly isStar: boolean
  readonly parameters: readonly Expression[]
  readonly at: Offset
}

export type Test =
  | { readonly kind: 'isNull' | 'isNotNull' }
  | { readonly kind: 'in' | 'startsWith' | 'endsWith' | 'contains'; readonly operand: Expression; readonly at: Offset }

export type AccessStep =
  | { readonly kind: 'property'; readonly name: string; readonly at: Offset }
  | { readonly kind: 'index'; readonly index: Expression; readonly at: Offset }
  | { readonly kind: 'slice'; readonly from: Expression | null; readonly to: Expression | null; readonly at: Offset }

/** Properties in a pattern: a map as written, or a parameter that holds one. */
export type PatternProperties = MapExpression | Extract<Expression, { kind: 'parameter' }>

export type NodePattern = {
  readonly variable: string | null
  readonly labels: readonly string[]
  readonly properties: PatternProperties | null
  readonly at: Offset
}

export type LengthRange = { readonly from: number; readonly to: number | null }

export type EdgePattern = {
  readonly variable: string | null
  readonly edgeTypes: readonly string[]
  readonly direction: 'out' | 'in' | 'both'
  /** null: exactly one edge, and the variable is the edge, not a list */
  readonly length: LengthRange | null
  readonly properties: PatternProperties | null
  readonly at: Offset
}

/** A chain: nodes.length is edges.length + 1. */
export type PatternPart = {
  readonly pathVariable: string | null
  readonly nodes: readonly NodePattern[]
  readonly edges: readonly EdgePattern[]
  readonly at: Offset
}

export type ProjectionItem = { readonly expression: Expression; readonly name: string; readonly isAliased: boolean }
export type SortItem = { readonly expression: Expression; readonly isDescending: boolean }

export type Projection = {
  readonly isDistinct: boolean
  /** `*`: every variable, before the items */
  readonly isStar: boolean
  readonly items: readonly ProjectionItem[]
  readonly sort: readonly SortItem[]
  readonly skip: Expression | null
  readonly limit: Expression | null
}

export type SetItem =
  | {
      readonly kind: 'property'
      readonly variable: string
      readonly name: string
      readonly value: Expression
      readonly at: Offset
    }
  | { readonly kind: 'replace' | 'merge'; readonly variable: string; readonly value: Expression; readonly at: Offset }
  | { readonly kind: 'labels'; readonly variable: string; readonly labels: readonly string[]; readonly at: Offset }

export type RemoveItem =
  | { readonly kind: 'property'; readonly variable: string; readonly name: string; readonly at: Offset }
  | { readonly kind: 'labels'; readonly variable: string; readonly labels: readonly string[]; readonly at: Offset }

export type Clause =
  | {
      readonly kind: 'match'
      readonly isOptional: boolean
      readonly pattern: readonly PatternPart[]
      readonly where: Expression | null
      readonly at: Offset
    }
  | { readonly kind: 'unwind'; readonly list: Expression; readonly variable: string; readonly at: Offset }
  | { readonly kind: 'with'; readonly projection: Projection; readonly where: Expression | null; readonly at: Offset }
  | { readonly kind: 'return'; readonly projection: Projection; readonly at: Offset }
  | { readonly kind: 'create'; readonly pattern: readonly PatternPart[]; readonly at: Offset }
  | {
      readonly kind: 'merge'
      readonly pattern: PatternPart
      readonly onCreate: readonly SetItem[]
      readonly onMatch: readonly SetItem[]
      readonly at: Offset
    }
  | { readonly kind: 'set'; readonly items: readonly SetItem[]; readonly at: Offset }
  | { readonly kind: 'remove'; readonly items: readonly RemoveItem[]; readonly at: Offset }
  | {
      readonly kind: 'delete'
      readonly isDetach: boolean
      readonly targets: readonly Expression[]
      readonly at: Offset
    }

export type SingleQuery = { readonly clauses: readonly Clause[] }

export type Query = {
  /** what was parsed: errors at run time name their place in it */
  readonly text: string
  /** `CYPHER name=value` in front of the query */
  readonly parameters: readonly MapEntry[]
  readonly parts: readonly SingleQuery[]
  /** how parts are put together: UNION drops rows seen before */
  readonly union: 'all' | 'distinct'
}
