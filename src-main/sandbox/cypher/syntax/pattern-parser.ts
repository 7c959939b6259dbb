import type { ParserMethod } from 'chevrotain'
import { limits } from '#base/limits.ts'
import { ExpressionParser } from './expression-parser.ts'
import { queryError } from './query-error.ts'
import type {
  EdgePattern,
  LengthRange,
  MapEntry,
  MapExpression,
  NodePattern,
  PatternPart,
  PatternProperties,
} from './syntax-tree.ts'
import * as token from './tokens.ts'

type EdgeDetail = Omit<EdgePattern, 'direction' | 'at'>

const emptyDetail: EdgeDetail = { variable: null, edgeTypes: [], length: null, properties: null }

/** Patterns: `p = (a:Label {name: 1})-[r:TYPE*1..3]->(b)`. */
export abstract class PatternParser extends ExpressionParser {
  protected readonly patternPart: ParserMethod<[], PatternPart> = this.RULE('patternPart', (): PatternPart => {
    const at = this.LA(1).startOffset
    let pathVariable: string | null = null
    this.OPTION(() => {
      pathVariable = this.nameFrom(this.CONSUME(token.VariableName))
      this.CONSUME(token.Equals)
    })
    const chain = this.SUBRULE(this.patternChain)
    return { ...chain, pathVariable, at }
  })

  protected readonly patternChain: ParserMethod<[], PatternPart> = this.RULE('patternChain', (): PatternPart => {
    const at = this.LA(1).startOffset
    const nodes = [this.SUBRULE(this.nodePattern)]
    const edges: EdgePattern[] = []
    this.MANY(() => {
      edges.push(this.SUBRULE(this.edgePattern))
      nodes.push(this.SUBRULE2(this.nodePattern))
    })
    return { pathVariable: null, nodes, edges, at }
  })

  private readonly nodePattern: ParserMethod<[], NodePattern> = this.RULE('nodePattern', (): NodePattern => {
    const at = this.CONSUME(token.LeftRound).startOffset
    let variable: string | null = null
    let labels: readonly string[] = []
    let properties: PatternProperties | null = null
    this.OPTION(() => {
      variable = this.nameFrom(this.CONSUME(token.VariableName))
    })
    this.OPTION2(() => {
      labels = this.SUBRULE(this.labels)
    })
    this.OPTION3(() => {
      properties = this.SUBRULE(this.patternProperties)
    })
    this.CONSUME(token.RightRound)
    return { variable, labels, properties, at }
  })

  protected readonly labels: ParserMethod<[], readonly string[]> = this.RULE('labels', (): readonly string[] => {
    const labels: string[] = []
    this.AT_LEAST_ONE(() => {
      this.CONSUME(token.Colon)
      labels.push(this.nameFrom(this.CONSUME(token.AnyName)))
    })
    return [...new Set(labels)]
  })

  private readonly patternProperties: ParserMethod<[], PatternProperties> = this.RULE(
    'patternProperties',
    (): PatternProperties =>
      this.OR([
        { ALT: (): PatternProperties => this.SUBRULE(this.mapLiteral) },
        { ALT: (): PatternProperties => this.SUBRULE(this.parameter) },
      ]),
  )

  protected readonly mapLiteral: ParserMethod<[], MapExpression> = this.RULE('mapLiteral', (): MapExpression => {
    const at = this.CONSUME(token.LeftCurly).startOffset
    const entries: MapEntry[] = []
    this.MANY_SEP({
      SEP: token.Comma,
      DEF: () => {
        const name = this.nameFrom(this.CONSUME(token.AnyName))
        this.CONSUME(token.Colon)
        entries.push({ name, value: this.SUBRULE(this.expression) })
      },
    })
    this.CONSUME(token.RightCurly)
    return { kind: 'map', entries, at }
  })

  protected readonly parameter: ParserMethod<[], Extract<PatternProperties, { kind: 'parameter' }>> = this.RULE(
    'parameter',
    (): Extract<PatternProperties, { kind: 'parameter' }> => {
      const at = this.CONSUME(token.Dollar).startOffset
      const name = this.OR([
        { ALT: () => this.nameFrom(this.CONSUME(token.AnyName)) },
        { ALT: () => this.CONSUME(token.IntegerNumber).image },
      ])
      return { kind: 'parameter', name, at }
    },
  )

  private readonly edgePattern: ParserMethod<[], EdgePattern> = this.RULE('edgePattern', (): EdgePattern => {
    const at = this.LA(1).startOffset
    let toLeft = false
    let toRight = false
    let detail = emptyDetail
    this.OPTION(() => {
      this.CONSUME(token.Less)
      toLeft = true
    })
    this.CONSUME(token.Minus)
    this.OPTION2(() => {
      detail = this.SUBRULE(this.edgeDetail)
    })
    this.CONSUME2(token.Minus)
    this.OPTION3(() => {
      this.CONSUME(token.Greater)
      toRight = true
    })
    return { ...detail, direction: toLeft === toRight ? 'both' : toRight ? 'out' : 'in', at }
  })

  private readonly edgeDetail: ParserMethod<[], EdgeDetail> = this.RULE('edgeDetail', (): EdgeDetail => {
    let detail = emptyDetail
    this.CONSUME(token.LeftSquare)
    this.OPTION(() => {
      const variable = this.nameFrom(this.CONSUME(token.VariableName))
      detail = { ...detail, variable }
    })
    this.OPTION2(() => {
      const edgeTypes = this.SUBRULE(this.edgeTypes)
      detail = { ...detail, edgeTypes }
    })
    this.OPTION3(() => {
      const length = this.SUBRULE(this.lengthRange)
      detail = { ...detail, length }
    })
    this.OPTION4(() => {
      const properties = this.SUBRULE(this.patternProperties)
      detail = { ...detail, properties }
    })
    this.CONSUME(token.RightSquare)
    return detail
  })

  private readonly edgeTypes: ParserMethod<[], readonly string[]> = this.RULE('edgeTypes', (): readonly string[] => {
    this.CONSUME(token.Colon)
    const names = [this.nameFrom(this.CONSUME(token.AnyName))]
    this.MANY(() => {
      this.CONSUME(token.Bar)
      this.OPTION(() => this.CONSUME2(token.Colon))
      names.push(this.nameFrom(this.CONSUME2(token.AnyName)))
    })
    return [...new Set(names)]
  })

  private readonly lengthRange: ParserMethod<[], LengthRange> = this.RULE('lengthRange', (): LengthRange => {
    this.CONSUME(token.Star)
    let from: number | null = null
    let to: number | null = null
    let isRange = false
    this.OPTION(() => {
      from = this.SUBRULE(this.pathLength)
    })
    this.OPTION2(() => {
      this.CONSUME(token.DotDot)
      isRange = true
      this.OPTION3(() => {
        to = this.SUBRULE2(this.pathLength)
      })
    })
    return { from: from ?? 1, to: isRange ? to : from }
  })

  private readonly pathLength: ParserMethod<[], number> = this.RULE('pathLength', (): number => {
    const source = this.CONSUME(token.IntegerNumber)
    return this.ACTION(() => {
      const length = Number(source.image)
      if (length > limits.pathLengthMax)
        throw queryError(this.text, source.startOffset, `a path has ${limits.pathLengthMax} relationships at most`)
      return length
    })
  })
}
