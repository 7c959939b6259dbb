import type { ParserMethod } from 'chevrotain'
import { limits } from '#base/limits.ts'
import { OperandParser } from './operand-parser.ts'
import { queryError } from './query-error.ts'
import type {
  Clause,
  Expression,
  MapEntry,
  PatternPart,
  Projection,
  ProjectionItem,
  Query,
  RemoveItem,
  SetItem,
  SingleQuery,
  SortItem,
} from './syntax-tree.ts'
import * as token from './tokens.ts'

/** Whole queries: clauses, UNION, and parameters in front. */
export class QueryParser extends OperandParser {
  constructor() {
    super()
    this.performSelfAnalysis()
  }

  /** The text that `input` was lexed from: errors name places in it. */
  set source(text: string) {
    this.text = text
  }

  readonly query: ParserMethod<[], Query> = this.RULE('query', (): Query => {
    const parameters = this.SUBRULE(this.parameterPrefix)
    const parts = [this.SUBRULE(this.singleQuery)]
    const kinds = new Set<'all' | 'distinct'>()
    this.MANY(() => {
      const at = this.CONSUME(token.Union).startOffset
      let kind: 'all' | 'distinct' = 'distinct'
      this.OPTION(() => {
        this.CONSUME(token.All)
        kind = 'all'
      })
      parts.push(this.SUBRULE2(this.singleQuery))
      this.ACTION(() => {
        if (kinds.add(kind).size > 1) throw queryError(this.text, at, 'UNION and UNION ALL cannot be mixed')
      })
    })
    this.OPTION2(() => this.CONSUME(token.Semicolon))
    return { text: this.text, parameters, parts, union: kinds.has('all') ? 'all' : 'distinct' }
  })

  private readonly parameterPrefix: ParserMethod<[], readonly MapEntry[]> = this.RULE(
    'parameterPrefix',
    (): readonly MapEntry[] => {
      const entries: MapEntry[] = []
      this.OPTION(() => {
        this.CONSUME(token.CypherWord)
        this.MANY(() => {
          const name = this.nameFrom(this.CONSUME(token.VariableName))
          this.CONSUME(token.Equals)
          entries.push({ name, value: this.SUBRULE(this.signed) })
        })
      })
      return entries
    },
  )

  private readonly singleQuery: ParserMethod<[], SingleQuery> = this.RULE('singleQuery', (): SingleQuery => {
    const at = this.LA(1).startOffset
    const clauses: Clause[] = []
    this.AT_LEAST_ONE(() => clauses.push(this.SUBRULE(this.clause)))
    this.ACTION(() => {
      if (clauses.length > limits.queryClausesMax)
        throw queryError(this.text, at, `a query has ${limits.queryClausesMax} clauses at most`)
    })
    return { clauses }
  })

  private readonly clause: ParserMethod<[], Clause> = this.RULE(
    'clause',
    (): Clause =>
      this.OR([
        { ALT: (): Clause => this.SUBRULE(this.matchClause) },
        { ALT: (): Clause => this.SUBRULE(this.unwindClause) },
        { ALT: (): Clause => this.SUBRULE(this.withClause) },
        { ALT: (): Clause => this.SUBRULE(this.returnClause) },
        { ALT: (): Clause => this.SUBRULE(this.createClause) },
        { ALT: (): Clause => this.SUBRULE(this.mergeClause) },
        { ALT: (): Clause => this.SUBRULE(this.setClause) },
        { ALT: (): Clause => this.SUBRULE(this.removeClause) },
        { ALT: (): Clause => this.SUBRULE(this.deleteClause) },
      ]),
  )

  private readonly matchClause: ParserMethod<[], Clause> = this.RULE('matchClause', (): Clause => {
    const at = this.LA(1).startOffset
    let isOptional = false
    let where: Expression | null = null
    this.OPTION(() => {
      this.CONSUME(token.Optional)
      isOptional = true
    })
    this.CONSUME(token.Match)
    const pattern = this.SUBRULE(this.pattern)
    this.OPTION2(() => {
      where = this.SUBRULE(this.whereClause)
    })
    return { kind: 'match', isOptional, pattern, where, at }
  })

  private readonly whereClause: ParserMethod<[], Expression> = this.RULE('whereClause', (): Expression => {
    this.CONSUME(token.Where)
    return this.SUBRULE(this.expression)
  })

  private readonly pattern: ParserMethod<[], readonly PatternPart[]> = this.RULE(
    'pattern',
    (): readonly PatternPart[] => {
      const parts: PatternPart[] = []
      this.AT_LEAST_ONE_SEP({ SEP: token.Comma, DEF: () => parts.push(this.SUBRULE(this.patternPart)) })
      return parts
    },
  )

  private readonly unwindClause: ParserMethod<[], Clause> = this.RULE('unwindClause', (): Clause => {
    const at = this.CONSUME(token.Unwind).startOffset
    const list = this.SUBRULE(this.expression)
    this.CONSUME(token.As)
    const variable = this.nameFrom(this.CONSUME(token.VariableName))
    return { kind: 'unwind', list, variable, at }
  })

  private readonly withClause: ParserMethod<[], Clause> = this.RULE('withClause', (): Clause => {
    const at = this.CONSUME(token.With).startOffset
    const projection = this.SUBRULE(this.projection)
    let where: Expression | null = null
    this.OPTION(() => {
      where = this.SUBRULE(this.whereClause)
    })
    return { kind: 'with', projection, where, at }
  })

  private readonly returnClause: ParserMethod<[], Clause> = this.RULE('returnClause', (): Clause => {
    const at = this.CONSUME(token.Return).startOffset
    return { kind: 'return', projection: this.SUBRULE(this.projection), at }
  })

  private readonly projection: ParserMethod<[], Projection> = this.RULE('projection', (): Projection => {
    let isDistinct = false
    let isStar = false
    const items: ProjectionItem[] = []
    let sort: readonly SortItem[] = []
    let skip: Expression | null = null
    let limit: Expression | null = null
    this.OPTION(() => {
      this.CONSUME(token.Distinct)
      isDistinct = true
    })
    this.OR([
      {
        ALT: () => {
          this.CONSUME(token.Star)
          isStar = true
          this.MANY(() => {
            this.CONSUME(token.Comma)
            items.push(this.SUBRULE(this.projectionItem))
          })
        },
      },
      {
        ALT: () =>
          this.AT_LEAST_ONE_SEP({ SEP: token.Comma, DEF: () => items.push(this.SUBRULE2(this.projectionItem)) }),
      },
    ])
    this.OPTION2(() => {
      sort = this.SUBRULE(this.orderBy)
    })
    this.OPTION3(() => {
      this.CONSUME(token.Skip)
      skip = this.SUBRULE(this.expression)
    })
    this.OPTION4(() => {
      this.CONSUME(token.Limit)
      limit = this.SUBRULE2(this.expression)
    })
    return { isDistinct, isStar, items, sort, skip, limit }
  })

  private readonly projectionItem: ParserMethod<[], ProjectionItem> = this.RULE(
    'projectionItem',
    (): ProjectionItem => {
      const from = this.LA(1).startOffset
      const expression = this.SUBRULE(this.expression)
      const last = this.LA(0)
      let alias: string | null = null
      this.OPTION(() => {
        this.CONSUME(token.As)
        alias = this.nameFrom(this.CONSUME(token.VariableName))
      })
      if (alias !== null) return { expression, name: alias, isAliased: true }
      const written = this.text.slice(from, last.startOffset + last.image.length)
      return { expression, name: expression.kind === 'variable' ? expression.name : written, isAliased: false }
    },
  )

  private readonly orderBy: ParserMethod<[], readonly SortItem[]> = this.RULE('orderBy', (): readonly SortItem[] => {
    const items: SortItem[] = []
    this.CONSUME(token.Order)
    this.CONSUME(token.By)
    this.AT_LEAST_ONE_SEP({
      SEP: token.Comma,
      DEF: () => {
        const expression = this.SUBRULE(this.expression)
        let isDescending = false
        this.OPTION(() =>
          this.OR([
            { ALT: () => this.CONSUME(token.Ascending) },
            {
              ALT: () => {
                this.CONSUME(token.Descending)
                isDescending = true
              },
            },
          ]),
        )
        items.push({ expression, isDescending })
      },
    })
    return items
  })

  private readonly createClause: ParserMethod<[], Clause> = this.RULE('createClause', (): Clause => {
    const at = this.CONSUME(token.Create).startOffset
    return { kind: 'create', pattern: this.SUBRULE(this.pattern), at }
  })

  private readonly mergeClause: ParserMethod<[], Clause> = this.RULE('mergeClause', (): Clause => {
    const at = this.CONSUME(token.Merge).startOffset
    const pattern = this.SUBRULE(this.patternPart)
    const onCreate: SetItem[] = []
    const onMatch: SetItem[] = []
    this.MANY(() => {
      this.CONSUME(token.On)
      const items = this.OR([
        { ALT: () => this.CONSUME(token.Create) && onCreate },
        { ALT: () => this.CONSUME(token.Match) && onMatch },
      ])
      this.CONSUME(token.SetWord)
      const added = this.SUBRULE(this.setItems)
      this.ACTION(() => items.push(...added))
    })
    return { kind: 'merge', pattern, onCreate, onMatch, at }
  })

  private readonly setClause: ParserMethod<[], Clause> = this.RULE('setClause', (): Clause => {
    const at = this.CONSUME(token.SetWord).startOffset
    return { kind: 'set', items: this.SUBRULE(this.setItems), at }
  })

  private readonly setItems: ParserMethod<[], readonly SetItem[]> = this.RULE('setItems', (): readonly SetItem[] => {
    const items: SetItem[] = []
    this.AT_LEAST_ONE_SEP({ SEP: token.Comma, DEF: () => items.push(this.SUBRULE(this.setItem)) })
    return items
  })

  private readonly setItem: ParserMethod<[], SetItem> = this.RULE('setItem', (): SetItem => {
    const source = this.CONSUME(token.VariableName)
    const variable = this.nameFrom(source)
    const at = source.startOffset
    return this.OR([
      {
        ALT: (): SetItem => {
          this.CONSUME(token.Dot)
          const name = this.nameFrom(this.CONSUME(token.AnyName))
          this.CONSUME(token.Equals)
          return { kind: 'property', variable, name, value: this.SUBRULE(this.expression), at }
        },
      },
      {
        ALT: (): SetItem => {
          this.CONSUME2(token.Equals)
          return { kind: 'replace', variable, value: this.SUBRULE2(this.expression), at }
        },
      },
      {
        ALT: (): SetItem => {
          this.CONSUME(token.PlusEquals)
          return { kind: 'merge', variable, value: this.SUBRULE3(this.expression), at }
        },
      },
      { ALT: (): SetItem => ({ kind: 'labels', variable, labels: this.SUBRULE(this.labels), at }) },
    ])
  })

  private readonly removeClause: ParserMethod<[], Clause> = this.RULE('removeClause', (): Clause => {
    const at = this.CONSUME(token.Remove).startOffset
    const items: RemoveItem[] = []
    this.AT_LEAST_ONE_SEP({ SEP: token.Comma, DEF: () => items.push(this.SUBRULE(this.removeItem)) })
    return { kind: 'remove', items, at }
  })

  private readonly removeItem: ParserMethod<[], RemoveItem> = this.RULE('removeItem', (): RemoveItem => {
    const source = this.CONSUME(token.VariableName)
    const variable = this.nameFrom(source)
    const at = source.startOffset
    return this.OR([
      {
        ALT: (): RemoveItem => {
          this.CONSUME(token.Dot)
          return { kind: 'property', variable, name: this.nameFrom(this.CONSUME(token.AnyName)), at }
        },
      },
      { ALT: (): RemoveItem => ({ kind: 'labels', variable, labels: this.SUBRULE(this.labels), at }) },
    ])
  })

  private readonly deleteClause: ParserMethod<[], Clause> = this.RULE('deleteClause', (): Clause => {
    const at = this.LA(1).startOffset
    let isDetach = false
    this.OPTION(() => {
      this.CONSUME(token.Detach)
      isDetach = true
    })
    this.CONSUME(token.Delete)
    const targets: Expression[] = []
    this.AT_LEAST_ONE_SEP({ SEP: token.Comma, DEF: () => targets.push(this.SUBRULE(this.expression)) })
    return { kind: 'delete', isDetach, targets, at }
  })
}
