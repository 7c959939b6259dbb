import { EOF, type IToken, type ParserMethod } from 'chevrotain'
import { textOf } from './literals.ts'
import { PatternParser } from './pattern-parser.ts'
import { queryError } from './query-error.ts'
import type { AccessStep, CaseBranch, Expression, QuantifierName } from './syntax-tree.ts'
import * as token from './tokens.ts'
import { unsupportedFunction } from './unsupported.ts'

const quantifiers: ReadonlySet<string> = new Set<QuantifierName>(['all', 'any', 'none', 'single'])

/** The largest number that a minus can make an integer of; without a minus it is refused when the query is compiled. */
const INTEGER_SIZE_MAX = 2n ** 63n

/** What operators join: literals, variables, calls, lists, maps, CASE, patterns, and access to their parts. */
export abstract class OperandParser extends PatternParser {
  protected readonly operand: ParserMethod<[], Expression> = this.RULE('operand', (): Expression => {
    const at = this.LA(1).startOffset
    const base = this.SUBRULE(this.atom)
    const steps: AccessStep[] = []
    this.MANY(() => steps.push(this.SUBRULE(this.accessStep)))
    const operand: Expression = steps.length === 0 ? base : { kind: 'access', base, steps, at }
    let labels: readonly string[] | null = null
    this.OPTION(() => {
      labels = this.SUBRULE(this.labels)
    })
    return labels === null ? operand : { kind: 'hasLabels', operand, labels, at }
  })

  private readonly accessStep: ParserMethod<[], AccessStep> = this.RULE('accessStep', (): AccessStep => {
    const at = this.LA(1).startOffset
    return this.OR([
      {
        ALT: (): AccessStep => {
          this.CONSUME(token.Dot)
          return { kind: 'property', name: this.nameFrom(this.CONSUME(token.AnyName)), at }
        },
      },
      {
        ALT: (): AccessStep => {
          this.CONSUME(token.LeftSquare)
          const step = this.SUBRULE(this.indexOrSlice)
          this.CONSUME(token.RightSquare)
          return step
        },
      },
    ])
  })

  private readonly indexOrSlice: ParserMethod<[], AccessStep> = this.RULE('indexOrSlice', (): AccessStep => {
    const at = this.LA(1).startOffset
    let from: Expression | null = null
    let to: Expression | null = null
    let isSlice = false
    this.OPTION(() => {
      from = this.SUBRULE(this.expression)
    })
    this.OPTION2(() => {
      this.CONSUME(token.DotDot)
      isSlice = true
      this.OPTION3(() => {
        to = this.SUBRULE2(this.expression)
      })
    })
    return this.ACTION((): AccessStep => {
      if (isSlice) return { kind: 'slice', from, to, at }
      if (from === null) throw queryError(this.text, at, 'expected an index')
      return { kind: 'index', index: from, at }
    })
  })

  private readonly atom: ParserMethod<[], Expression> = this.RULE(
    'atom',
    (): Expression =>
      this.OR([
        { ALT: (): Expression => this.SUBRULE(this.literal) },
        { ALT: (): Expression => this.SUBRULE(this.parameter) },
        { ALT: (): Expression => this.SUBRULE(this.mapLiteral) },
        { GATE: () => this.isComprehension(), ALT: (): Expression => this.SUBRULE(this.comprehension) },
        { GATE: () => !this.isComprehension(), ALT: (): Expression => this.SUBRULE(this.listLiteral) },
        { ALT: (): Expression => this.SUBRULE(this.caseExpression) },
        { GATE: () => this.isQuantifier(), ALT: (): Expression => this.SUBRULE(this.quantifier) },
        {
          GATE: () => !this.isQuantifier() && this.isNext(2, token.LeftRound),
          ALT: (): Expression => this.SUBRULE(this.call),
        },
        { GATE: () => this.isPattern(), ALT: (): Expression => this.SUBRULE(this.patternExists) },
        { GATE: () => !this.isPattern(), ALT: (): Expression => this.SUBRULE(this.inBrackets) },
        {
          ALT: (): Expression => {
            const source = this.CONSUME(token.VariableName)
            return { kind: 'variable', name: this.nameFrom(source), at: source.startOffset }
          },
        },
      ]),
  )

  private readonly inBrackets: ParserMethod<[], Expression> = this.RULE('inBrackets', (): Expression => {
    this.CONSUME(token.LeftRound)
    const inner = this.SUBRULE(this.expression)
    this.CONSUME(token.RightRound)
    return inner
  })

  private readonly patternExists: ParserMethod<[], Expression> = this.RULE('patternExists', (): Expression => {
    const pattern = this.SUBRULE(this.patternChain)
    return { kind: 'patternExists', pattern, at: pattern.at }
  })

  private readonly literal: ParserMethod<[], Expression> = this.RULE('literal', (): Expression => {
    const at = this.LA(1).startOffset
    const value = this.OR([
      { ALT: (): null | boolean | bigint | number | string => this.integerFrom(this.CONSUME(token.IntegerNumber)) },
      { ALT: (): null | boolean | bigint | number | string => this.floatFrom(this.CONSUME(token.FloatNumber)) },
      { ALT: (): null | boolean | bigint | number | string => this.textFrom(this.CONSUME(token.Text)) },
      { ALT: (): null | boolean | bigint | number | string => this.CONSUME(token.True) && true },
      { ALT: (): null | boolean | bigint | number | string => this.CONSUME(token.False) && false },
      { ALT: (): null | boolean | bigint | number | string => this.CONSUME(token.Null) && null },
    ])
    return { kind: 'literal', value, at }
  })

  private readonly listLiteral: ParserMethod<[], Expression> = this.RULE('listLiteral', (): Expression => {
    const at = this.CONSUME(token.LeftSquare).startOffset
    const items: Expression[] = []
    this.MANY_SEP({ SEP: token.Comma, DEF: () => items.push(this.SUBRULE(this.expression)) })
    this.CONSUME(token.RightSquare)
    return { kind: 'list', items, at }
  })

  private readonly comprehension: ParserMethod<[], Expression> = this.RULE('comprehension', (): Expression => {
    const at = this.CONSUME(token.LeftSquare).startOffset
    const variable = this.nameFrom(this.CONSUME(token.VariableName))
    this.CONSUME(token.In)
    const list = this.SUBRULE(this.expression)
    let where: Expression | null = null
    let result: Expression | null = null
    this.OPTION(() => {
      this.CONSUME(token.Where)
      where = this.SUBRULE2(this.expression)
    })
    this.OPTION2(() => {
      this.CONSUME(token.Bar)
      result = this.SUBRULE3(this.expression)
    })
    this.CONSUME(token.RightSquare)
    return { kind: 'comprehension', variable, list, where, result, at }
  })

  private readonly quantifier: ParserMethod<[], Expression> = this.RULE('quantifier', (): Expression => {
    const word = this.CONSUME(token.AnyName)
    this.CONSUME(token.LeftRound)
    const variable = this.nameFrom(this.CONSUME(token.VariableName))
    this.CONSUME(token.In)
    const list = this.SUBRULE(this.expression)
    this.CONSUME(token.Where)
    const where = this.SUBRULE2(this.expression)
    this.CONSUME(token.RightRound)
    const quantifier = word.image.toLowerCase() as QuantifierName
    return { kind: 'quantifier', quantifier, variable, list, where, at: word.startOffset }
  })

  private readonly call: ParserMethod<[], Expression> = this.RULE('call', (): Expression => {
    const word = this.CONSUME(token.Identifier)
    const name = word.image.toLowerCase()
    this.ACTION(() => this.refuseUnsupported(name, word))
    const parameters: Expression[] = []
    let isDistinct = false
    let isStar = false
    this.CONSUME(token.LeftRound)
    this.OR([
      {
        ALT: () => {
          this.CONSUME(token.Star)
          isStar = true
        },
      },
      {
        ALT: () => {
          this.OPTION(() => {
            this.CONSUME(token.Distinct)
            isDistinct = true
          })
          this.MANY_SEP({ SEP: token.Comma, DEF: () => parameters.push(this.SUBRULE(this.expression)) })
        },
      },
    ])
    this.CONSUME(token.RightRound)
    return { kind: 'call', name, isDistinct, isStar, parameters, at: word.startOffset }
  })

  private readonly caseExpression: ParserMethod<[], Expression> = this.RULE('caseExpression', (): Expression => {
    const at = this.CONSUME(token.Case).startOffset
    let subject: Expression | null = null
    let otherwise: Expression | null = null
    const branches: CaseBranch[] = []
    this.OPTION(() => {
      subject = this.SUBRULE(this.expression)
    })
    this.AT_LEAST_ONE(() => {
      this.CONSUME(token.When)
      const when = this.SUBRULE2(this.expression)
      this.CONSUME(token.Then)
      branches.push({ when, result: this.SUBRULE3(this.expression) })
    })
    this.OPTION2(() => {
      this.CONSUME(token.Else)
      otherwise = this.SUBRULE4(this.expression)
    })
    this.CONSUME(token.End)
    return { kind: 'case', subject, branches, otherwise, at }
  })

  private isComprehension(): boolean {
    return this.isNext(2, token.VariableName, token.In)
  }

  private isQuantifier(): boolean {
    if (!quantifiers.has(this.LA(1).image.toLowerCase())) return false
    return this.isNext(2, token.LeftRound, token.VariableName, token.In)
  }

  /** `(a:B {…})-[` and the like: an expression in brackets cannot go on so, but for a minus before a list. */
  private isPattern(): boolean {
    if (!this.isNext(1, token.LeftRound)) return false
    const inner = this.isNext(2, token.VariableName) ? 3 : 2
    const begins = [token.RightRound, token.Colon, token.LeftCurly, token.Dollar]
    if (!begins.some((type) => this.isNext(inner, type))) return false
    const after = this.closingBracket() + 1
    const edge = this.isNext(after, token.Less) ? after + 1 : after
    return this.isNext(edge, token.Minus, token.Minus) || this.isNext(edge, token.Minus, token.LeftSquare)
  }

  /** How many tokens ahead the bracket that opens now is closed; the end of the query when it is not. */
  private closingBracket(): number {
    let depth = 0
    for (let ahead = 1; ; ahead += 1) {
      if (this.isNext(ahead, token.LeftRound)) depth += 1
      else if (this.isNext(ahead, token.RightRound)) depth -= 1
      if (depth === 0 || this.isNext(ahead, EOF)) return ahead
    }
  }

  private refuseUnsupported(name: string, word: IToken): void {
    const known = unsupportedFunction(name)
    if (known !== null) throw queryError(this.text, word.startOffset, `${known} is not supported`)
  }

  private integerFrom(source: IToken): bigint {
    return this.ACTION(() => {
      const value = BigInt(source.image.toLowerCase())
      if (value > INTEGER_SIZE_MAX) throw queryError(this.text, source.startOffset, 'an integer has 64 bits')
      return value
    })
  }

  private floatFrom(source: IToken): number {
    return this.ACTION(() => {
      const value = Number(source.image)
      if (!Number.isFinite(value))
        throw queryError(this.text, source.startOffset, 'the number is too large for a float')
      return value
    })
  }

  private textFrom(source: IToken): string {
    return this.ACTION(() => {
      const text = textOf(source)
      if (text === null) throw queryError(this.text, source.startOffset, 'the string holds a wrong \\u escape')
      return text
    })
  }
}
