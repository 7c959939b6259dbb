import { EmbeddedActionsParser, type IToken, type ParserMethod, tokenMatcher } from 'chevrotain'
import { expectedMessages } from './expected.ts'
import { nameOf } from './literals.ts'
import { queryError } from './query-error.ts'
import type {
  ArithmeticOperator,
  ArithmeticPart,
  ComparisonOperator,
  ComparisonPart,
  Expression,
  Test,
} from './syntax-tree.ts'
import * as token from './tokens.ts'

type Logic = Extract<Expression, { kind: 'logic' }>['operator']

/** Operators, from the loosest to the tightest; what they join is in the classes built on this one. */
export abstract class ExpressionParser extends EmbeddedActionsParser {
  /** the query that is read now */
  protected text = ''

  protected abstract readonly operand: ParserMethod<[], Expression>

  constructor() {
    super(token.allTokens, { recoveryEnabled: false, errorMessageProvider: expectedMessages })
  }

  protected readonly expression: ParserMethod<[], Expression> = this.RULE('expression', (): Expression => {
    const at = this.LA(1).startOffset
    const operands = [this.SUBRULE(this.exclusive)]
    this.MANY(() => {
      this.CONSUME(token.Or)
      operands.push(this.SUBRULE2(this.exclusive))
    })
    return this.joined('OR', operands, at)
  })

  private readonly exclusive: ParserMethod<[], Expression> = this.RULE('exclusive', (): Expression => {
    const at = this.LA(1).startOffset
    const operands = [this.SUBRULE(this.conjunction)]
    this.MANY(() => {
      this.CONSUME(token.Xor)
      operands.push(this.SUBRULE2(this.conjunction))
    })
    return this.joined('XOR', operands, at)
  })

  private readonly conjunction: ParserMethod<[], Expression> = this.RULE('conjunction', (): Expression => {
    const at = this.LA(1).startOffset
    const operands = [this.SUBRULE(this.negation)]
    this.MANY(() => {
      this.CONSUME(token.And)
      operands.push(this.SUBRULE2(this.negation))
    })
    return this.joined('AND', operands, at)
  })

  private readonly negation: ParserMethod<[], Expression> = this.RULE('negation', (): Expression => {
    const at = this.LA(1).startOffset
    let times = 0
    this.MANY(() => {
      this.CONSUME(token.Not)
      times += 1
    })
    const operand = this.SUBRULE(this.comparison)
    return times === 0 ? operand : { kind: 'not', times, operand, at }
  })

  private readonly comparison: ParserMethod<[], Expression> = this.RULE('comparison', (): Expression => {
    const at = this.LA(1).startOffset
    const first = this.SUBRULE(this.tested)
    const rest: ComparisonPart[] = []
    this.MANY(() => {
      const operator = this.SUBRULE(this.comparisonOperator)
      rest.push({ operator, operand: this.SUBRULE2(this.tested) })
    })
    return rest.length === 0 ? first : { kind: 'comparison', first, rest, at }
  })

  private readonly comparisonOperator: ParserMethod<[], ComparisonOperator> = this.RULE(
    'comparisonOperator',
    (): ComparisonOperator => {
      const { image } = this.OR([
        { ALT: () => this.CONSUME(token.Equals) },
        { ALT: () => this.CONSUME(token.NotEquals) },
        { ALT: () => this.CONSUME(token.Less) },
        { ALT: () => this.CONSUME(token.Greater) },
        { ALT: () => this.CONSUME(token.LessOrEquals) },
        { ALT: () => this.CONSUME(token.GreaterOrEquals) },
      ])
      return image as ComparisonOperator
    },
  )

  private readonly tested: ParserMethod<[], Expression> = this.RULE('tested', (): Expression => {
    const at = this.LA(1).startOffset
    const operand = this.SUBRULE(this.sum)
    const tests: Test[] = []
    this.MANY(() => tests.push(this.SUBRULE(this.test)))
    return tests.length === 0 ? operand : { kind: 'test', operand, tests, at }
  })

  private readonly test: ParserMethod<[], Test> = this.RULE('test', (): Test => {
    const at = this.LA(1).startOffset
    return this.OR([
      { ALT: (): Test => this.SUBRULE(this.nullTest) },
      {
        ALT: (): Test => {
          this.CONSUME(token.In)
          return { kind: 'in', operand: this.SUBRULE(this.sum), at }
        },
      },
      {
        ALT: (): Test => {
          this.CONSUME(token.Starts)
          this.CONSUME(token.With)
          return { kind: 'startsWith', operand: this.SUBRULE2(this.sum), at }
        },
      },
      {
        ALT: (): Test => {
          this.CONSUME(token.Ends)
          this.CONSUME2(token.With)
          return { kind: 'endsWith', operand: this.SUBRULE3(this.sum), at }
        },
      },
      {
        ALT: (): Test => {
          this.CONSUME(token.Contains)
          return { kind: 'contains', operand: this.SUBRULE4(this.sum), at }
        },
      },
    ])
  })

  private readonly nullTest: ParserMethod<[], Test> = this.RULE('nullTest', (): Test => {
    let kind: 'isNull' | 'isNotNull' = 'isNull'
    this.CONSUME(token.Is)
    this.OPTION(() => {
      this.CONSUME(token.Not)
      kind = 'isNotNull'
    })
    this.CONSUME(token.Null)
    return { kind }
  })

  protected readonly sum: ParserMethod<[], Expression> = this.RULE('sum', (): Expression => {
    const at = this.LA(1).startOffset
    const first = this.SUBRULE(this.product)
    const rest: ArithmeticPart[] = []
    this.MANY(() => {
      const operator = this.OR([{ ALT: () => this.CONSUME(token.Plus) }, { ALT: () => this.CONSUME(token.Minus) }])
      rest.push(arithmeticPart(operator, this.SUBRULE2(this.product)))
    })
    return rest.length === 0 ? first : { kind: 'arithmetic', first, rest, at }
  })

  private readonly product: ParserMethod<[], Expression> = this.RULE('product', (): Expression => {
    const at = this.LA(1).startOffset
    const first = this.SUBRULE(this.power)
    const rest: ArithmeticPart[] = []
    this.MANY(() => {
      const operator = this.OR([
        { ALT: () => this.CONSUME(token.Star) },
        { ALT: () => this.CONSUME(token.Slash) },
        { ALT: () => this.CONSUME(token.Percent) },
      ])
      rest.push(arithmeticPart(operator, this.SUBRULE2(this.power)))
    })
    return rest.length === 0 ? first : { kind: 'arithmetic', first, rest, at }
  })

  private readonly power: ParserMethod<[], Expression> = this.RULE('power', (): Expression => {
    const at = this.LA(1).startOffset
    const first = this.SUBRULE(this.signed)
    const rest: ArithmeticPart[] = []
    this.MANY(() => {
      const operator = this.CONSUME(token.Caret)
      rest.push(arithmeticPart(operator, this.SUBRULE2(this.signed)))
    })
    return rest.length === 0 ? first : { kind: 'arithmetic', first, rest, at }
  })

  protected readonly signed: ParserMethod<[], Expression> = this.RULE('signed', (): Expression => {
    const at = this.LA(1).startOffset
    let times = 0
    let signs = 0
    this.MANY(() => {
      signs += 1
      this.OR([
        { ALT: () => this.CONSUME(token.Plus) },
        {
          ALT: () => {
            this.CONSUME(token.Minus)
            times += 1
          },
        },
      ])
    })
    const operand = this.SUBRULE(this.operand)
    return signs === 0 ? operand : this.ACTION(() => signedOperand(operand, times, at))
  })

  /** The name that a token stands for; anything while the grammar is recorded. */
  protected nameFrom(source: IToken): string {
    return this.ACTION(() => {
      const name = nameOf(source)
      if (name === '') throw queryError(this.text, source.startOffset, 'a name must not be empty')
      return name
    })
  }

  /** True when the token `ahead` tokens away is of a type; 1 is the next. */
  protected isNext(ahead: number, ...types: (typeof token.Comma)[]): boolean {
    return types.every((type, index) => tokenMatcher(this.LA(ahead + index), type))
  }

  private joined(operator: Logic, operands: readonly Expression[], at: number): Expression {
    const [only] = operands
    return only !== undefined && operands.length === 1 ? only : { kind: 'logic', operator, operands, at }
  }
}

function arithmeticPart(operator: IToken, operand: Expression): ArithmeticPart {
  return { operator: operator.image as ArithmeticOperator, operand, at: operator.startOffset }
}

/** A minus belongs to an integer itself: the smallest integer has no positive counterpart. */
function signedOperand(operand: Expression, times: number, at: number): Expression {
  if (operand.kind === 'literal' && typeof operand.value === 'bigint')
    return { ...operand, value: times % 2 === 0 ? operand.value : -operand.value, at }
  return { kind: 'negate', times, operand, at }
}
